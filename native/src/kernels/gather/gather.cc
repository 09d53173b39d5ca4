// SPDX-License-Identifier: Apache-2.0
//
// y[b.., o.., i.., r..] = x[b.., o.., indices[b.., i..], r..]
// b: the first batch_dims axes of x, which indices has too; o: the axes of x up to `axis`; i: the
// other axes of indices; r: the axes of x behind `axis`. x and y are of one type, whatever it is;
// indices are int16, int32 or int64, and each is tested against the length of `axis`:
// OCTET_INDEX_OUT_OF_RANGE. All are dense and unflipped.
#include <cstring>

#include "program/indices.h"

namespace octet {
namespace {

#define GATHER_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                      \
  VALUE(indices)                                \
  VALUE(y)                                      \
  I32(axis)                                     \
  I32(batch_dims)
OCTET_FIELDS(GatherFields, GATHER_FIELDS);

constexpr int64_t kBytesPerTask = 1 << 16;

struct State;
using Rows = void (*)(const State& s, int64_t first, int64_t last);

struct State {
  Value indices;
  const std::byte* x;
  std::byte* y;
  int64_t groups;  // batches times outer positions
  int64_t outer;
  int64_t length;  // of the axis
  int64_t picks;   // indices of a batch
  int64_t row;     // bytes behind an index; 0 when y is empty
  int64_t rows_per_task;
  Rows rows;
};

// Rows [first, last) of y, each of kRow bytes, or of s.row when kRow is 0.
template <typename Index, int kRow>
void copy_rows(const State& s, int64_t first, int64_t last) {
  const int64_t row = kRow == 0 ? s.row : kRow;
  const auto* indices = s.indices.as<const Index>();
  for (int64_t at = first; at < last;) {
    const int64_t group = at / s.picks, pick = at % s.picks;
    const int64_t n = s.picks - pick < last - at ? s.picks - pick : last - at;
    const Index* index = indices + group / s.outer * s.picks + pick;
    const std::byte* from = s.x + group * s.length * row;
    std::byte* to = s.y + at * row;
    for (int64_t i = 0; i < n; ++i) std::memcpy(to + i * row, from + index[i] * row, row);
    at += n;
  }
}

template <typename Index>
Rows rows_of(int64_t bytes) {
  switch (bytes) {
    case 1:
      return copy_rows<Index, 1>;
    case 2:
      return copy_rows<Index, 2>;
    case 4:
      return copy_rows<Index, 4>;
    case 8:
      return copy_rows<Index, 8>;
    default:
      return copy_rows<Index, 0>;
  }
}

bool shapes_match(const Value& x, const Value& indices, const Value& y, int32_t axis,
                  int32_t batch) {
  if (y.rank != x.rank + indices.rank - 1 - batch) return false;
  int32_t at = 0;
  for (int32_t i = 0; i < axis; ++i) {
    if (i < batch && indices.dim(i) != x.dim(i)) return false;
    if (y.dim(at++) != x.dim(i)) return false;
  }
  for (int32_t i = batch; i < indices.rank; ++i) {
    if (y.dim(at++) != indices.dim(i)) return false;
  }
  for (int32_t i = axis + 1; i < x.rank; ++i) {
    if (y.dim(at++) != x.dim(i)) return false;
  }
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<GatherFields>();
  const Value* x = prepare.value(fields.x);
  const Value* indices = x == nullptr ? nullptr : prepare.value(fields.indices);
  const Value* y = indices == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const int32_t axis = fields.axis, batch = fields.batch_dims;
  if (!prepare.check(x->type == y->type, "x and y are not of one type") ||
      !prepare.check(is_index(*indices), "indices are not integers") ||
      !prepare.check(x->dense && y->dense && x->flip == 0 && y->flip == 0 && !y->constant,
                     "x and y are dense and unflipped, y no constant") ||
      !prepare.check(axis >= 0 && axis < x->rank, "no such axis") ||
      !prepare.check(batch >= 0 && batch <= axis && batch <= indices->rank,
                     "no such batch dimensions") ||
      !prepare.check(shapes_match(*x, *indices, *y, axis, batch), "shapes do not go together")) {
    return false;
  }
  s->indices = *indices;
  s->x = x->data;
  s->y = y->data;
  s->length = x->dim(axis);
  if (y->elements == 0) return true;
  s->row = type_bytes(x->type);
  s->groups = s->outer = s->picks = 1;
  for (int32_t i = 0; i < axis; ++i) s->groups *= x->dim(i);
  for (int32_t i = batch; i < axis; ++i) s->outer *= x->dim(i);
  for (int32_t i = axis + 1; i < x->rank; ++i) s->row *= x->dim(i);
  for (int32_t i = batch; i < indices->rank; ++i) s->picks *= indices->dim(i);
  s->rows_per_task = kBytesPerTask / s->row + 1;
  with_indices(*indices, [s](const auto* index) {
    s->rows = rows_of<std::remove_const_t<std::remove_pointer_t<decltype(index)>>>(s->row);
  });
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  bool sound = true;
  with_indices(s->indices, [&](const auto* index) {
    for (int64_t i = 0; i < s->indices.elements; ++i) {
      if (inside(index[i], s->length)) continue;
      run.fail(OCTET_INDEX_OUT_OF_RANGE, "index %lld is outside 0 to %lld",
               static_cast<long long>(index[i]), static_cast<long long>(s->length) - 1);
      sound = false;
      return;
    }
  });
  if (!sound || s->row == 0) return;
  const int64_t rows = s->groups * s->picks;
  run.parallel_for(
      static_cast<int32_t>((rows - 1) / s->rows_per_task + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * s.rows_per_task, left = s.groups * s.picks - first;
        s.rows(s, first, first + (left < s.rows_per_task ? left : s.rows_per_task));
      },
      const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_gather;
const Kernel kernel_gather = {"gather", GatherFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
