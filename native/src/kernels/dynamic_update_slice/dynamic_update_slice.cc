// SPDX-License-Identifier: Apache-2.0
//
// y = x, but the box of update's shape that begins at `starts` is update. A start is brought into 0
// to (length of x's axis - length of update's), so the box always fits. x, update and y are of one
// type, whatever it is; y may be x. starts: int32 or int64, one for each axis. All are dense and
// unflipped.
#include <cstring>

#include "program/indices.h"

namespace octet {
namespace {

#define DYNAMIC_UPDATE_SLICE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                                    \
  VALUE(update)                                               \
  VALUE(starts)                                               \
  VALUE(y)
OCTET_FIELDS(DynamicUpdateSliceFields, DYNAMIC_UPDATE_SLICE_FIELDS);

constexpr int64_t kBytesPerTask = 1 << 18;

struct State {
  Value x, update, starts, y;
  int32_t size;  // bytes of an element
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<DynamicUpdateSliceFields>();
  const Value* x = prepare.value(fields.x);
  const Value* update = x == nullptr ? nullptr : prepare.value(fields.update);
  const Value* starts = update == nullptr ? nullptr : prepare.value(fields.starts);
  const Value* y = starts == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  bool match = x->rank == y->rank && update->rank == y->rank && starts->elements == y->rank;
  for (int32_t i = 0; match && i < y->rank; ++i) {
    match = x->dim(i) == y->dim(i) && update->dim(i) <= y->dim(i);
  }
  s->x = *x;
  s->update = *update;
  s->starts = *starts;
  s->y = *y;
  s->size = type_bytes(y->type);
  return prepare.check(x->type == y->type && update->type == y->type, "types differ") &&
         prepare.check(is_index(*starts), "starts are not integers") &&
         prepare.check(x->dense && update->dense && y->dense && !y->constant && x->flip == 0 &&
                           update->flip == 0 && y->flip == 0,
                       "all are dense and unflipped, y no constant") &&
         prepare.check(match, "shapes do not go together");
}

void copy(const State& s, Run& run) {
  if (s.x.data == s.y.data || s.y.elements == 0) return;
  run.parallel_for(
      static_cast<int32_t>((s.y.bytes - 1) / kBytesPerTask + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * kBytesPerTask, left = s.y.bytes - first;
        std::memcpy(s.y.data + first, s.x.data + first,
                    left < kBytesPerTask ? left : kBytesPerTask);
      },
      const_cast<State*>(&s));
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  copy(s, run);
  if (s.update.elements == 0) return;
  const int32_t last = s.y.rank - 1;
  int64_t corner = 0;
  for (int32_t i = 0; i <= last; ++i) {
    const int64_t most = s.y.dim(i) - s.update.dim(i), start = index_at(s.starts, i);
    corner += (start < 0 ? 0 : start < most ? start : most) * s.y.strides[i];
  }
  // whole axes at the end of the box are one line
  int32_t axis = last;
  while (axis > 0 && s.update.dim(axis) == s.y.dim(axis)) --axis;
  const int64_t line = axis < 0 ? 1 : s.update.dim(axis) * s.y.strides[axis];
  int32_t at[kMaxRank] = {};
  const std::byte* from = s.update.data;
  for (int64_t done = 0; done < s.update.elements; done += line, from += line * s.size) {
    int64_t to = corner;
    for (int32_t i = 0; i < axis; ++i) to += at[i] * s.y.strides[i];
    std::memmove(s.y.data + to * s.size, from, line * s.size);
    for (int32_t i = axis - 1; i >= 0 && ++at[i] == s.update.dim(i); --i) at[i] = 0;
  }
}

}  // namespace

extern const Kernel kernel_dynamic_update_slice;
const Kernel kernel_dynamic_update_slice = {
    "dynamic_update_slice", DynamicUpdateSliceFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
