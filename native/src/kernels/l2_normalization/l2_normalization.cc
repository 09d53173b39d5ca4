// SPDX-License-Identifier: Apache-2.0
//
// Over the last axis: y = x / max(sqrt(sum of x^2), 1e-6) for f32.
// int8, uint8, in TensorFlow Lite's integers: with d = x - x_zero and (multiplier, shift) a
// fixed-point inverse root of the sum of d^2 (int32, wrapping; 0 and 1 are one):
//   int8   y = clamp(half_away(d, multiplier, shift + 7)), zero point 0
//   uint8  y = clamp(128 + half_away(high(128 * d * multiplier), shift)), zero point 128
// x and y are of one type and shape, dense; int8 values may be flipped; y may be x's memory.
#include <cmath>

#include "base/fixed_point.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define L2_NORMALIZATION_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                                \
  VALUE(y)                                                \
  I32(x_zero)
OCTET_FIELDS(L2NormalizationFields, L2_NORMALIZATION_FIELDS);

struct State {
  const std::byte* x;
  std::byte* y;
  bool quantized, is_signed;
  Quant8 x_code, y_code;
  int32_t x_zero;
  int64_t row, rows, rows_per_task;
};

struct Factor {
  int32_t multiplier, shift;
};

int32_t product(int32_t a, int32_t b) { return saturating_rounding_doubling_high_mul(a, b); }

// v * 2^n, saturating.
int32_t raised(int32_t v, int32_t n) {
  const int64_t wide = int64_t{v} * (int64_t{1} << n);
  return static_cast<int32_t>(wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : wide);
}

// 1 / sqrt(v) as multiplier * 2^(shift - 31) by five steps of Newton's method in Q3.28.
Factor inverse_root(int32_t v) {
  if (v <= 1) return {INT32_MAX, 0};
  int32_t right = 11;
  for (; v >= 1 << 29; v /= 4) ++right;
  const int32_t left = (__builtin_clz(static_cast<uint32_t>(v)) - 1) / 2 - 1;
  right -= left;
  v <<= 2 * left;
  const int32_t half = rounding_divide_half_away(v >> 1, 1);
  constexpr int32_t kThreeHalves = (1 << 28) + (1 << 27), kOne = 1 << 28;
  constexpr int32_t kHalfRootOfTwo = 1518500250;
  int32_t x = kOne;
  for (int32_t i = 0; i < 5; ++i) {
    const int32_t cube = raised(product(product(x, x), x), 6);
    const auto difference = static_cast<int32_t>(static_cast<uint32_t>(product(kThreeHalves, x)) -
                                                 static_cast<uint32_t>(product(half, cube)));
    x = raised(difference, 3);
  }
  x = product(x, kHalfRootOfTwo);
  if (right >= 0) return {x, -right};
  return {static_cast<int32_t>(static_cast<uint32_t>(x) << -right), 0};
}

void row_f32(const State& s, const float* x, float* y) {
  constexpr int32_t kLanes = 16;
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= s.row; i += kLanes) {
    for (int32_t l = 0; l < kLanes; ++l) lanes[l] += x[i + l] * x[i + l];
  }
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  for (; i < s.row; ++i) sum += x[i] * x[i];
  const float root = std::sqrt(sum);
  const float norm = root > 1e-6f ? root : 1e-6f;
  for (i = 0; i < s.row; ++i) y[i] = x[i] / norm;
}

// The factor decides y by the byte of x: rows longer than a table are looked up.
void row_quant(const State& s, const uint8_t* x, uint8_t* y) {
  const int32_t zero = s.x_code.offset + s.x_zero;
  const uint8_t mask = s.x_code.mask;
  uint32_t sum = 0;
  for (int64_t i = 0; i < s.row; ++i) {
    const int32_t d = (x[i] ^ mask) - zero;
    sum += static_cast<uint32_t>(d * d);
  }
  const Factor f = inverse_root(static_cast<int32_t>(sum));
  const auto normalized = [&](uint8_t byte) {
    const int32_t d = (byte ^ mask) - zero;
    const int32_t q =
        s.is_signed ? multiply_half_away(d, f.multiplier, f.shift + 7)
                    : 128 + rounding_divide_half_away(product(128 * d, f.multiplier), -f.shift);
    const int32_t low = s.y_code.min(), high = s.y_code.max();
    return s.y_code.encode(q < low ? low : q > high ? high : q);
  };
  if (s.row <= 256) {
    for (int64_t i = 0; i < s.row; ++i) y[i] = normalized(x[i]);
    return;
  }
  uint8_t table[256];
  for (int32_t i = 0; i < 256; ++i) table[i] = normalized(static_cast<uint8_t>(i));
  for (int64_t i = 0; i < s.row; ++i) y[i] = table[x[i]];
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kElementsPerTask = 32768;
  const auto& fields = prepare.as<L2NormalizationFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type && (x->type == Type::kF32 || is_quant8(*x)),
                     "types not supported") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->rank >= 1 && x->elements == y->elements, "shapes differ")) {
    return false;
  }
  s->x = x->data;
  s->y = y->data;
  s->row = x->dim(x->rank - 1);
  s->rows = x->elements == 0 ? 0 : x->elements / s->row;
  s->rows_per_task = s->row >= kElementsPerTask || s->rows == 0 ? 1 : kElementsPerTask / s->row;
  if (x->type == Type::kF32) return true;
  s->quantized = true;
  s->is_signed = x->type == Type::kI8;
  s->x_code = quant8(*x);
  s->y_code = quant8(*y);
  s->x_zero = fields.x_zero;
  return prepare.check(s->x_code.contains(fields.x_zero), "zero point outside its type");
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t first = task * s.rows_per_task, left = s.rows - first;
  const int64_t last = first + (left < s.rows_per_task ? left : s.rows_per_task);
  for (int64_t at = first * s.row; at < last * s.row; at += s.row) {
    if (s.quantized) {
      row_quant(s, reinterpret_cast<const uint8_t*>(s.x) + at,
                reinterpret_cast<uint8_t*>(s.y) + at);
    } else {
      row_f32(s, reinterpret_cast<const float*>(s.x) + at, reinterpret_cast<float*>(s.y) + at);
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

extern const Kernel kernel_l2_normalization;
const Kernel kernel_l2_normalization = {
    "l2_normalization", L2NormalizationFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
