// SPDX-License-Identifier: Apache-2.0
#include "program/pool.h"

namespace octet {

bool Pool::prepare(Prepare& prepare, bool floats) {
  constexpr int64_t kReadsPerTask = 200000;
  const auto& fields = prepare.as<PoolFields>();
  const Value* x_value = prepare.value(fields.x);
  const Value* y_value = x_value == nullptr ? nullptr : prepare.value(fields.y);
  if (y_value == nullptr) return false;
  x = *x_value;
  y = *y_value;
  if (!prepare.check(x.rank == 4 && y.rank == 4 && x.dim(0) == y.dim(0) && x.dim(3) == y.dim(3),
                     "x and y do not go together") ||
      !prepare.check(x.type == y.type && (x.type == Type::kF32 ||
                                          (!floats && (is_quant8(x) || x.type == Type::kI16))),
                     "types not supported") ||
      !prepare.check(y.dense && !y.constant, "y is dense and no constant")) {
    return false;
  }
  h = {x.dim(1), y.dim(1), fields.kh, fields.stride_h, 1, fields.pad_top};
  w = {x.dim(2), y.dim(2), fields.kw, fields.stride_w, 1, fields.pad_left};
  if (!prepare.check(h.valid() && w.valid(), "filter, stride or padding out of range") ||
      !prepare.check(y.elements == 0 || (h.covered() && w.covered()),
                     "a window lies outside the input")) {
    return false;
  }
  const int64_t taps = int64_t{h.taps < h.in ? h.taps : h.in} * (w.taps < w.in ? w.taps : w.in);
  y_min = fields.y_min;
  y_max = fields.y_max;
  act_min = fields.act_min;
  act_max = fields.act_max;
  if (x.type == Type::kF32) {
    if (!prepare.check(act_min <= act_max, "empty output range")) return false;
  } else {
    const bool wide = x.type == Type::kI16;
    const int32_t low = wide ? INT16_MIN : quant8(y).min();
    const int32_t high = wide ? INT16_MAX : quant8(y).max();
    if (!prepare.check(low <= y_min && y_min <= y_max && y_max <= high,
                       "output range outside its type")) {
      return false;
    }
  }
  const int64_t all_rows = int64_t{y.dim(0)} * y.dim(1);
  if (!prepare.check(all_rows <= INT32_MAX, "too many rows")) return false;
  rows = y.elements == 0 ? 0 : static_cast<int32_t>(all_rows);
  const int64_t reads = int64_t{y.dim(2)} * y.dim(3) * taps + 1;
  rows_per_task = static_cast<int32_t>(reads > kReadsPerTask ? 1 : kReadsPerTask / reads);
  return true;
}

void Pool::run(Run& run, void (*row)(const Pool& pool, int32_t row)) const {
  struct Job {
    const Pool* pool;
    void (*row)(const Pool& pool, int32_t row);
  } job{this, row};
  if (rows == 0) return;
  run.parallel_for((rows - 1) / rows_per_task + 1,
                   [](void* context, int32_t task, int32_t) {
                     const auto& job = *static_cast<const Job*>(context);
                     const Pool& pool = *job.pool;
                     const int32_t first = task * pool.rows_per_task;
                     const int32_t left = pool.rows - first;
                     const int32_t last =
                         first + (left < pool.rows_per_task ? left : pool.rows_per_task);
                     for (int32_t i = first; i < last; ++i) job.row(pool, i);
                   },
                   &job);
}

}  // namespace octet
