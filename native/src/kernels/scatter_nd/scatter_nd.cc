// SPDX-License-Identifier: Apache-2.0
//
// y = 0, then y[indices[i.., 0], .., indices[i.., nd - 1], r..] += updates[i.., r..] in the order
// of i, nd the last dimension of indices. updates and y are f32, int8, uint8, int32, int64 (sums
// wrap) or bool (sums are or); indices are int32, and each is tested against its axis:
// OCTET_INDEX_OUT_OF_RANGE. All are dense and unflipped.
#include <cstring>

#include "program/indices.h"

namespace octet {
namespace {

#define SCATTER_ND_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(indices)                                    \
  VALUE(updates)                                    \
  VALUE(y)
OCTET_FIELDS(ScatterNdFields, SCATTER_ND_FIELDS);

constexpr int64_t kElementsPerPause = 1 << 16;

struct State {
  Value indices, updates, y;
  int32_t nd;
  int64_t slices, slice;
};

bool is_addable(Type type) {
  return type == Type::kF32 || type == Type::kI8 || type == Type::kU8 || type == Type::kI32 ||
         type == Type::kI64 || type == Type::kBool;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<ScatterNdFields>();
  const Value* indices = prepare.value(fields.indices);
  const Value* updates = indices == nullptr ? nullptr : prepare.value(fields.updates);
  const Value* y = updates == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(updates->type == y->type && is_addable(y->type), "types not supported") ||
      !prepare.check(indices->type == Type::kI32 && indices->dense, "indices are not int32") ||
      !prepare.check(updates->dense && y->dense && updates->flip == 0 && y->flip == 0,
                     "updates and y are dense and unflipped") ||
      !prepare.check(!y->constant, "y is a constant") ||
      !prepare.check(indices->rank >= 1 && indices->dim(indices->rank - 1) <= y->rank,
                     "more indices than axes")) {
    return false;
  }
  const int32_t outer = indices->rank - 1, nd = indices->dim(outer);
  bool match = updates->rank == outer + y->rank - nd;
  for (int32_t i = 0; match && i < outer; ++i) match = updates->dim(i) == indices->dim(i);
  for (int32_t i = nd; match && i < y->rank; ++i) match = updates->dim(outer + i - nd) == y->dim(i);
  s->indices = *indices;
  s->updates = *updates;
  s->y = *y;
  s->nd = nd;
  if (!prepare.check(match, "shapes do not go together")) return false;
  s->slices = nd == 0 ? 0 : indices->elements / nd;
  if (updates->elements == 0) return true;
  s->slice = 1;
  for (int32_t i = nd; i < y->rank; ++i) s->slice *= y->dim(i);
  s->slices = updates->elements / s->slice;
  return true;
}

template <typename T>
struct Sum {
  static T of(T a, T b) { return static_cast<T>(a + b); }
};
struct Or {
  static uint8_t of(uint8_t a, uint8_t b) { return (a | b) != 0; }
};

template <typename T, typename Add = Sum<T>>
void scatter(const State& s, Run& run) {
  const auto* index = s.indices.as<const int32_t>();
  const auto* from = s.updates.as<const T>();
  const int64_t slice = s.slice;  // through s it would be read anew after every byte written
  int64_t elements = 0;
  for (int64_t i = 0; i < s.slices; ++i, index += s.nd, from += slice) {
    int64_t to = 0;
    for (int32_t axis = 0; axis < s.nd; ++axis) {
      if (!inside(index[axis], s.y.dim(axis))) {
        run.fail(OCTET_INDEX_OUT_OF_RANGE, "index %d of axis %d is outside 0 to %d", index[axis],
                 axis, s.y.dim(axis) - 1);
        return;
      }
      to += index[axis] * s.y.strides[axis];
    }
    T* y = s.y.as<T>() + to;
    for (int64_t j = 0; j < slice; ++j) y[j] = Add::of(y[j], from[j]);
    elements += slice + 16;
    if (elements < kElementsPerPause) continue;
    if (run.stopped()) return;
    elements = 0;
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  std::memset(s.y.data, 0, s.y.elements * type_bytes(s.y.type));
  switch (s.y.type) {
    case Type::kF32:
      return scatter<float>(s, run);
    case Type::kI32:
      return scatter<uint32_t>(s, run);
    case Type::kI64:
      return scatter<uint64_t>(s, run);
    case Type::kBool:
      return scatter<uint8_t, Or>(s, run);
    default:
      return scatter<uint8_t>(s, run);
  }
}

}  // namespace

extern const Kernel kernel_scatter_nd;
const Kernel kernel_scatter_nd = {
    "scatter_nd", ScatterNdFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
