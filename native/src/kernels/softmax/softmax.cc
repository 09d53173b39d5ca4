// SPDX-License-Identifier: Apache-2.0
//
// Over the last axis, m the largest of the row:
// f32: y = e / (sum of e), e = exp(beta * (x - m)). table: -1.
// int8, uint8: e = table[255 + x - m], a constant of 256 f32 with table[255 - d] =
//   exp(-d * beta * x_scale), so that TensorFlow Lite's order of float operations is kept:
//   y = clamp(round(e * (1 / (sum of e * y_scale))) + y_zero), halves up.
// x and y are of one type and shape, dense; int8 values may be flipped; y may be x's memory.
#include <cmath>

#include "program/quant8.h"

namespace octet {
namespace {

#define SOFTMAX_FIELDS(VALUE, WEIGHTS, SEGMENT, I32, F32) \
  VALUE(x)                                                \
  VALUE(table)                                            \
  VALUE(y)                                                \
  F32(beta)                                               \
  F32(y_scale)                                            \
  I32(y_zero)
OCTET_FIELDS(SoftmaxFields, SOFTMAX_FIELDS);

struct State {
  const std::byte* x;
  std::byte* y;
  const float* table;
  Quant8 x_code, y_code;
  float beta, y_scale;
  int32_t y_zero;
  bool half_up_by_sum;  // uint8: TensorFlow Lite adds 0.5 in float and truncates
  int64_t row;
  int64_t rows, rows_per_task;
};

void row_f32(const State& s, const float* x, float* y) {
  float largest = x[0];
  for (int64_t i = 1; i < s.row; ++i) largest = x[i] > largest ? x[i] : largest;
  float sum = 0;
  for (int64_t i = 0; i < s.row; ++i) {
    y[i] = std::exp((x[i] - largest) * s.beta);
    sum += y[i];
  }
  const float factor = 1.0f / sum;
  for (int64_t i = 0; i < s.row; ++i) y[i] *= factor;
}

// Nearest integer of p, halves up; p outside 0 to 512, or no number, becomes the nearer end.
int32_t nearest(float p, bool by_sum) {
  p = p < 512.0f ? p : 512.0f;
  p = p > 0.0f ? p : 0.0f;
  if (by_sum) return static_cast<int32_t>(p + 0.5f);
  const auto whole = static_cast<int32_t>(p);
  return whole + (p - static_cast<float>(whole) >= 0.5f ? 1 : 0);
}

void row_quant(const State& s, const uint8_t* x, uint8_t* y) {
  const uint8_t mask = s.x_code.mask;
  int32_t largest = 0;
  for (int64_t i = 0; i < s.row; ++i) {
    const int32_t v = x[i] ^ mask;
    largest = v > largest ? v : largest;
  }
  const float* table = s.table + 255 - largest;
  float sum = 0;
  for (int64_t i = 0; i < s.row; ++i) sum += table[x[i] ^ mask];
  const float factor = 1.0f / (sum * s.y_scale);
  for (int64_t i = 0; i < s.row; ++i) {
    const int32_t q = nearest(table[x[i] ^ mask] * factor, s.half_up_by_sum) + s.y_zero;
    y[i] = s.y_code.encode(q < s.y_code.min()   ? s.y_code.min()
                           : q > s.y_code.max() ? s.y_code.max()
                                                : q);
  }
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kElementsPerTask = 8192;
  const auto& fields = prepare.as<SoftmaxFields>();
  const Value *x = prepare.value(fields.x), *table;
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !prepare.optional_value(fields.table, &table)) return false;
  if (!prepare.check(x->type == y->type && (x->type == Type::kF32 || is_quant8(*x)),
                     "types not supported") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->rank >= 1 && x->elements == y->elements, "shapes differ")) {
    return false;
  }
  s->x = x->data;
  s->y = y->data;
  s->beta = fields.beta;
  s->row = x->dim(x->rank - 1);
  s->rows = x->elements == 0 ? 0 : x->elements / s->row;
  s->rows_per_task = s->row >= kElementsPerTask || s->rows == 0 ? 1 : kElementsPerTask / s->row;
  if (x->type == Type::kF32) return true;
  s->x_code = quant8(*x);
  s->y_code = quant8(*y);
  s->y_scale = fields.y_scale;
  s->y_zero = fields.y_zero;
  s->half_up_by_sum = y->type == Type::kU8;
  if (!prepare.check(
          table != nullptr && table->type == Type::kF32 && table->elements == 256 && table->dense,
          "the table is 256 f32") ||
      !prepare.check(s->y_code.contains(fields.y_zero), "zero point outside its type")) {
    return false;
  }
  s->table = table->as<float>();
  return true;
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t first = task * s.rows_per_task;
  const int64_t left = s.rows - first;
  const int64_t last = first + (left < s.rows_per_task ? left : s.rows_per_task);
  for (int64_t row = first; row < last; ++row) {
    if (s.table == nullptr) {
      row_f32(s, reinterpret_cast<const float*>(s.x) + row * s.row,
              reinterpret_cast<float*>(s.y) + row * s.row);
    } else {
      row_quant(s, reinterpret_cast<const uint8_t*>(s.x) + row * s.row,
                reinterpret_cast<uint8_t*>(s.y) + row * s.row);
    }
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->rows == 0) return;
  run.parallel_for(static_cast<int32_t>((s->rows - 1) / s->rows_per_task + 1), run_task,
                   const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_softmax;
const Kernel kernel_softmax = {"softmax", SoftmaxFields::kSignature, "", 0, false, nullptr, prepare,
                               run};

}  // namespace octet
