// SPDX-License-Identifier: Apache-2.0
//
// y[o.., j, r..] = indices[o.., r..] == j ? on : off, j along `axis` of y. An index outside y's
// axis gives off everywhere. on, off and y are of one type of 1, 4 or 8 bytes; on and off have one
// element; indices are int32 or int64. All are dense and unflipped.
#include <cstring>

#include "program/indices.h"

namespace octet {
namespace {

#define ONE_HOT_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(indices)                                 \
  VALUE(on)                                      \
  VALUE(off)                                     \
  VALUE(y)                                       \
  I32(axis)
OCTET_FIELDS(OneHotFields, ONE_HOT_FIELDS);

constexpr int64_t kElementsPerPause = 1 << 17;

struct State {
  Value indices, on, off, y;
  int64_t outer, depth, inner;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<OneHotFields>();
  const Value* indices = prepare.value(fields.indices);
  const Value* on = indices == nullptr ? nullptr : prepare.value(fields.on);
  const Value* off = on == nullptr ? nullptr : prepare.value(fields.off);
  const Value* y = off == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const int32_t size = type_bytes(y->type), axis = fields.axis;
  if (!prepare.check(is_index(*indices) && indices->type != Type::kI16,
                     "indices are not int32 or int64") ||
      !prepare.check(on->type == y->type && off->type == y->type, "types differ") ||
      !prepare.check(size == 1 || size == 4 || size == 8, "type not supported") ||
      !prepare.check(on->elements == 1 && off->elements == 1, "on and off are not scalars") ||
      !prepare.check(y->dense && !y->constant && on->flip == 0 && off->flip == 0 && y->flip == 0,
                     "all are dense and unflipped, y no constant") ||
      !prepare.check(y->rank == indices->rank + 1 && axis >= 0 && axis < y->rank, "no such axis")) {
    return false;
  }
  bool match = true;
  for (int32_t i = 0; match && i < indices->rank; ++i) {
    match = y->dim(i < axis ? i : i + 1) == indices->dim(i);
  }
  if (!prepare.check(match, "shapes do not go together")) return false;
  s->indices = *indices;
  s->on = *on;
  s->off = *off;
  s->y = *y;
  s->depth = y->dim(axis);
  if (y->elements == 0) return true;
  s->outer = s->inner = 1;
  for (int32_t i = 0; i < indices->rank; ++i) (i < axis ? s->outer : s->inner) *= indices->dim(i);
  return true;
}

template <typename T, typename Index>
void fill(const State& s, const Index* index, Run& run) {
  const T on = *s.on.as<const T>(), off = *s.off.as<const T>();
  T* y = s.y.as<T>();
  for (int64_t start = 0; start < s.y.elements; start += kElementsPerPause) {
    if (run.stopped()) return;
    const int64_t left = s.y.elements - start;
    const int64_t end = start + (left < kElementsPerPause ? left : kElementsPerPause);
    for (int64_t i = start; i < end; ++i) y[i] = off;
  }
  for (int64_t o = 0; o < s.outer; ++o) {
    for (int64_t i = 0; i < s.inner; ++i) {
      const Index j = index[o * s.inner + i];
      if (inside(j, s.depth)) y[(o * s.depth + j) * s.inner + i] = on;
    }
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  with_indices(s.indices, [&](const auto* index) {
    switch (type_bytes(s.y.type)) {
      case 1:
        return fill<uint8_t>(s, index, run);
      case 4:
        return fill<uint32_t>(s, index, run);
      default:
        return fill<uint64_t>(s, index, run);
    }
  });
}

}  // namespace

extern const Kernel kernel_one_hot;
const Kernel kernel_one_hot = {"one_hot", OneHotFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
