// SPDX-License-Identifier: Apache-2.0
//
// y[i.., r..] = x[indices[i.., 0], .., indices[i.., nd - 1], r..], nd the last dimension of
// indices. x and y are of one type, whatever it is; indices are int16, int32 or int64, and each is
// tested against its axis: OCTET_INDEX_OUT_OF_RANGE. All are dense and unflipped.
#include <cstring>

#include "program/indices.h"

namespace octet {
namespace {

#define GATHER_ND_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                         \
  VALUE(indices)                                   \
  VALUE(y)
OCTET_FIELDS(GatherNdFields, GATHER_ND_FIELDS);

constexpr int64_t kBytesPerPause = 1 << 18;

struct State {
  Value x, indices;
  std::byte* y;
  int32_t nd;
  int64_t slices;
  int64_t strides[kMaxRank];  // bytes
  int64_t slice;              // bytes; 0 when y is empty
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<GatherNdFields>();
  const Value* x = prepare.value(fields.x);
  const Value* indices = x == nullptr ? nullptr : prepare.value(fields.indices);
  const Value* y = indices == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type, "x and y are not of one type") ||
      !prepare.check(is_index(*indices), "indices are not integers") ||
      !prepare.check(x->dense && y->dense && x->flip == 0 && y->flip == 0 && !y->constant,
                     "x and y are dense and unflipped, y no constant") ||
      !prepare.check(indices->rank >= 1 && indices->dim(indices->rank - 1) <= x->rank,
                     "more indices than axes")) {
    return false;
  }
  const int32_t outer = indices->rank - 1, nd = indices->dim(outer);
  bool match = y->rank == outer + x->rank - nd;
  for (int32_t i = 0; match && i < outer; ++i) match = y->dim(i) == indices->dim(i);
  for (int32_t i = nd; match && i < x->rank; ++i) match = y->dim(outer + i - nd) == x->dim(i);
  if (!prepare.check(match, "shapes do not go together")) return false;
  s->x = *x;
  s->indices = *indices;
  s->y = y->data;
  s->nd = nd;
  for (int32_t i = 0; i < x->rank; ++i) s->strides[i] = x->strides[i] * type_bytes(x->type);
  s->slices = nd == 0 ? 0 : indices->elements / nd;
  if (y->elements == 0) return true;
  s->slice = type_bytes(x->type);
  for (int32_t i = nd; i < x->rank; ++i) s->slice *= x->dim(i);
  s->slices = y->bytes / s->slice;
  return true;
}

template <typename Index>
void gather(const State& s, const Index* index, Run& run) {
  int64_t bytes = 0;
  for (int64_t i = 0; i < s.slices; ++i, index += s.nd) {
    int64_t from = 0;
    for (int32_t axis = 0; axis < s.nd; ++axis) {
      if (!inside(index[axis], s.x.dim(axis))) {
        run.fail(OCTET_INDEX_OUT_OF_RANGE, "index %lld of axis %d is outside 0 to %d",
                 static_cast<long long>(index[axis]), axis, s.x.dim(axis) - 1);
        return;
      }
      from += index[axis] * s.strides[axis];
    }
    std::memcpy(s.y + i * s.slice, s.x.data + from, s.slice);
    bytes += s.slice + 64;
    if (bytes < kBytesPerPause) continue;
    if (run.stopped()) return;
    bytes = 0;
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  with_indices(s.indices, [&](const auto* index) { gather(s, index, run); });
}

}  // namespace

extern const Kernel kernel_gather_nd;
const Kernel kernel_gather_nd = {"gather_nd", GatherNdFields::kSignature, "", 0, nullptr, prepare,
                                 run};

}  // namespace octet
