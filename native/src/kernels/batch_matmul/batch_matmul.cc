// SPDX-License-Identifier: Apache-2.0
//
// The plain product of two values for every type; shares no arithmetic with the fast ones.
//   y[b,i,j] = f(bias[j] + sum over k of (x[b,i,k] - x_zero) * (w[b,k,j] - w_zero))
// Shapes: batch_matmul.h. By `form`:
//   0 FLOAT, 1 HALF_UP, 2 HALF_AWAY   x, w int8, uint8 or (x) int16; bias i32; y int8, uint8 or
//     int16; the sum wraps in int32 and is requantized by scale or by multiplier and shift
//   3 WIDE   the same with a 64-bit sum, bias i64 and a 16-bit multiplier, q = (multiplier + 2^15)
//     >> 16, at most 32767: (sum * q + 2^(14 - shift)) >> (15 - shift); w may be int16
//   4 RAW    x, w int8; y i32 is the sum, wrapped, of the stored numbers
//   5 REAL   y f32; x int8, w int8; y = bias[j] + float(sum) * (x_scale[i] * scale[j]), where the
//     zero point of row i of x is x_zeros[i]; clamped to [act_min, act_max]
//   6 F32    x, w, bias and y f32; clamped to [act_min, act_max]
//   7 DOUBLE as 0 to 2 with a 64-bit sum, bias i64 and scale f64: round(double(sum) * scale),
//     halves away from zero
// multiplier, shift and scale are constants of 1 or n elements; operands that the form does not use
// are -1. x_scale and x_zeros have an element for each row of x. adj_x with REAL is refused. y is
// apart from the rest; int8 may be flipped in x and y.
#include <cmath>

#include "base/fixed_point.h"
#include "kernels/batch_matmul/operands.h"
#include "program/quant8.h"

namespace octet {
namespace {

constexpr int64_t kMacsPerTask = 200000;

struct State : MatmulOperands {
  int64_t rows_per_task;
};

// One element as a number.
struct AsF32 {
  using Stored = float;
  using Number = float;
  float operator()(float v) const { return v; }
};
struct AsInteger8 {
  using Stored = uint8_t;
  using Number = int32_t;
  uint8_t mask;
  int32_t zero;
  int32_t operator()(uint8_t v) const { return (v ^ mask) - zero; }
};
struct AsInteger16 {
  using Stored = int16_t;
  using Number = int32_t;
  int32_t operator()(int16_t v) const { return v; }
};

// A row of sums, columns side by side.
template <typename Sum, typename X, typename W>
void multiply(const MatmulShape& shape, const typename X::Stored* x, X x_number,
              const typename W::Stored* w, W w_number, Sum* __restrict sums) {
  if (shape.w_k == 1) {
    for (int64_t j = 0; j < shape.n; ++j) {
      const typename W::Stored* column = w + j * shape.w_n;
      Sum sum = 0;
      for (int64_t k = 0; k < shape.k; ++k) {
        sum += static_cast<Sum>(x_number(x[k * shape.x_k])) * w_number(column[k]);
      }
      sums[j] = sum;
    }
    return;
  }
  for (int64_t j = 0; j < shape.n; ++j) sums[j] = 0;
  for (int64_t k = 0; k < shape.k; ++k) {
    const auto factor = static_cast<Sum>(x_number(x[k * shape.x_k]));
    const typename W::Stored* line = w + k * shape.w_k;
    for (int64_t j = 0; j < shape.n; ++j) sums[j] += factor * w_number(line[j]);
  }
}

AsInteger8 integer8(const Value& value, int32_t zero) {
  const Quant8 code = quant8(value);
  return {code.mask, code.offset + zero};
}

float clamped(const State& s, float v) {
  return v < s.act_min ? s.act_min : v > s.act_max ? s.act_max : v;
}

// The requantized sum, before the zero point of y.
int64_t requantized(const State& s, int64_t sum, int64_t c) {
  const auto narrow = static_cast<int32_t>(static_cast<uint64_t>(sum));
  switch (s.form) {
    case MatmulForm::kHalfUp:
      return multiply_half_up(narrow, s.multiplier[c], s.shift[c]);
    case MatmulForm::kHalfAway:
      return multiply_half_away(narrow, s.multiplier[c], s.shift[c]);
    case MatmulForm::kWide:
      return static_cast<int32_t>(multiply_wide(sum, s.multiplier[c], s.shift[c]));
    case MatmulForm::kDouble: {
      const double v = std::round(static_cast<double>(sum) * s.factor[c]);
      return v < s.y_min ? s.y_min : v > s.y_max ? s.y_max : static_cast<int64_t>(v);
    }
    default: {
      const auto low = static_cast<float>(s.y_min - s.y_zero);
      const auto high = static_cast<float>(s.y_max - s.y_zero);
      const float v = static_cast<float>(narrow) * s.scale[c];
      return std::lrintf(v < low ? low : v > high ? high : v);
    }
  }
}

void store_integer(const State& s, int64_t sum, int64_t j, int64_t at) {
  if (s.form == MatmulForm::kRaw) {
    s.y.as<int32_t>()[at] = static_cast<int32_t>(static_cast<uint64_t>(sum));
    return;
  }
  const int64_t v = requantized(s, sum, j * s.step) + s.y_zero;
  const auto q = static_cast<int32_t>(v < s.y_min ? s.y_min : v > s.y_max ? s.y_max : v);
  if (s.y.type == Type::kI16) {
    s.y.as<int16_t>()[at] = static_cast<int16_t>(q);
  } else {
    s.y.as<uint8_t>()[at] = quant8(s.y).encode(q);
  }
}

void integer_row(const State& s, int64_t x_at, int64_t w_at, int64_t y_at, int32_t x_zero,
                 int64_t* sums) {
  const MatmulShape& shape = s.shape;
  const bool raw = s.form == MatmulForm::kRaw;
  if (s.w.type == Type::kI16) {
    multiply(shape, s.x.as<int16_t>() + x_at, AsInteger16(), s.w.as<int16_t>() + w_at,
             AsInteger16(), sums);
  } else if (s.x.type == Type::kI16) {
    multiply(shape, s.x.as<int16_t>() + x_at, AsInteger16(), s.w.as<uint8_t>() + w_at,
             integer8(s.w, s.w_zero), sums);
  } else {
    multiply(shape, s.x.as<uint8_t>() + x_at, integer8(s.x, raw ? 0 : x_zero),
             s.w.as<uint8_t>() + w_at, integer8(s.w, raw ? 0 : s.w_zero), sums);
  }
  for (int64_t j = 0; j < shape.n; ++j) {
    if (s.form == MatmulForm::kWide || s.form == MatmulForm::kDouble) {
      const int64_t bias = s.bias == nullptr ? 0 : static_cast<const int64_t*>(s.bias)[j];
      store_integer(s, static_cast<int64_t>(static_cast<uint64_t>(sums[j]) + bias), j, y_at + j);
    } else if (s.form != MatmulForm::kReal) {
      const int64_t bias = s.bias == nullptr ? 0 : static_cast<const int32_t*>(s.bias)[j];
      store_integer(s, sums[j] + bias, j, y_at + j);
    }
  }
}

void real_row(const State& s, int64_t row, int64_t y_at, const int64_t* sums) {
  const auto* bias = static_cast<const float*>(s.bias);
  for (int64_t j = 0; j < s.shape.n; ++j) {
    const float product =
        static_cast<float>(static_cast<int32_t>(sums[j])) * (s.x_scale[row] * s.scale[j * s.step]);
    s.y.as<float>()[y_at + j] = clamped(s, (bias == nullptr ? 0 : bias[j]) + product);
  }
}

void f32_row(const State& s, int64_t x_at, int64_t w_at, int64_t y_at) {
  float* y = s.y.as<float>() + y_at;
  multiply(s.shape, s.x.as<float>() + x_at, AsF32(), s.w.as<float>() + w_at, AsF32(), y);
  const auto* bias = static_cast<const float*>(s.bias);
  for (int64_t j = 0; j < s.shape.n; ++j) y[j] = clamped(s, y[j] + (bias == nullptr ? 0 : bias[j]));
}

void run_row(const State& s, int64_t row, int64_t* sums) {
  const MatmulShape& shape = s.shape;
  int64_t x_at, w_at;
  shape.offsets(row / shape.m, &x_at, &w_at);
  x_at += row % shape.m * shape.x_m;
  const int64_t y_at = row * shape.n;
  if (s.form == MatmulForm::kF32) {
    f32_row(s, x_at, w_at, y_at);
  } else if (s.form == MatmulForm::kReal) {
    const int64_t x_row = shape.k == 0 ? 0 : x_at / shape.k;
    integer_row(s, x_at, w_at, y_at, s.x_zeros == nullptr ? 0 : s.x_zeros[x_row], sums);
    real_row(s, x_row, y_at, sums);
  } else {
    integer_row(s, x_at, w_at, y_at, s.x_zero, sums);
  }
}

struct Context {
  const State* state;
  Run* run;
};

void run_task(void* opaque, int32_t task, int32_t thread) {
  const auto& context = *static_cast<const Context*>(opaque);
  const State& s = *context.state;
  auto* sums = reinterpret_cast<int64_t*>(context.run->scratch(thread));
  const int64_t rows = s.shape.batches * s.shape.m;
  const int64_t first = task * s.rows_per_task;
  const int64_t last = rows - first < s.rows_per_task ? rows : first + s.rows_per_task;
  for (int64_t row = first; row < last; ++row) run_row(s, row, sums);
}

void run(const void* state, Run& run) {
  Context context = {static_cast<const State*>(state), &run};
  const State& s = *context.state;
  const int64_t rows = s.shape.batches * s.shape.m;
  if (s.y.elements == 0) return;
  run.parallel_for(static_cast<int32_t>((rows - 1) / s.rows_per_task + 1), run_task, &context);
}

bool prepare(Prepare& prepare) {
  auto* s = prepare.state<State>();
  if (s == nullptr || !s->prepare(prepare, prepare.as<BatchMatmulFields>())) return false;
  const int64_t macs = s->shape.n * s->shape.k + s->shape.n + 1;
  s->rows_per_task = macs > kMacsPerTask ? 1 : kMacsPerTask / macs;
  prepare.scratch(s->form == MatmulForm::kF32 ? 0
                                              : s->shape.n * static_cast<int64_t>(sizeof(int64_t)));
  return prepare.check(s->shape.batches * s->shape.m / s->rows_per_task < INT32_MAX,
                       "too many rows");
}

}  // namespace

extern const Kernel kernel_batch_matmul;
const Kernel kernel_batch_matmul = {
    "batch_matmul", BatchMatmulFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
