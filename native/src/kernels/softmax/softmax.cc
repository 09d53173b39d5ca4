// SPDX-License-Identifier: Apache-2.0
//
// Over the last axis, m the largest of the row, operation 0 SOFTMAX, 1 LOG_SOFTMAX.
// f32: y = e / (sum of e), e = exp(beta * (x - m)); LOG_SOFTMAX: y = x - m - log(sum of exp(x -
// m)).
//   table: -1.
// x int8, uint8: e = table[255 + x - m], a constant of 256 f32 with table[255 - d] =
//   exp(-d * beta * x_scale), so that TensorFlow Lite's order of float operations is kept:
//   y = clamp(round(e * (1 / (sum of e * y_scale))) + y_zero), halves up; y is of x's type or
//   int16. LOG_SOFTMAX, y of x's type: y = clamp(half_even(x * (x_scale / y_scale) - (x_scale * m +
//   log(sum of e)) / y_scale) + y_zero).
// x, y int16, SOFTMAX: with d = clamp(half_away(x - m, multiplier, shift) + 32767) and two tables
//   of 513 int16 that are read with straight lines between their points (first exp on [-10, 0],
//   then 1 / (1 + v) on [0, 1]): e = exp(d), all in 2^-15; r = reciprocal of the sum, scaled to [1,
//   2); y = e * r, rounded half up. Rows have at most 65535 elements.
// x and y are of one shape, dense; int8 values may be flipped; y may be x's memory when of its
// type.
#include "kernels/softmax/softmax.h"

#include <cmath>

#include "base/fixed_point.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define SOFTMAX_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                       \
  VALUE(table)                                   \
  VALUE(y)                                       \
  I32(operation)                                 \
  F32(beta)                                      \
  F32(x_scale)                                   \
  F32(y_scale)                                   \
  I32(y_zero)                                    \
  I32(multiplier)                                \
  I32(shift)
OCTET_FIELDS(SoftmaxFields, SOFTMAX_FIELDS);

constexpr int32_t kPoints = 513;

struct State {
  const std::byte* x;
  std::byte* y;
  const float* table;
  const int16_t* points;
  Quant8 x_code, y_code;
  float beta, x_scale, y_scale;
  int32_t y_zero, multiplier, shift;
  bool log, to_i16;
  bool half_up_by_sum;  // uint8: TensorFlow Lite adds 0.5 in float and truncates
  int64_t row, rows, rows_per_task;
  const SoftmaxIsa* isa;
};

const SoftmaxIsa& choose(Isa have) {
#define OCTET_SOFTMAX(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/softmax/kernels.inc"
#undef OCTET_SOFTMAX
  return softmax__scalar;
}

int32_t clamped(int32_t v, int32_t low, int32_t high) {
  return v < low ? low : v > high ? high : v;
}

// The largest number of a row as a byte, and the sum of the exponentials in order.
struct Exponentials {
  const float* table;
  int32_t largest;
  float sum;

  Exponentials(const State& s, const uint8_t* x) : largest(0), sum(0) {
    const uint8_t mask = s.x_code.mask;
    uint8_t top = 0;
    for (int64_t i = 0; i < s.row; ++i) {
      const auto v = static_cast<uint8_t>(x[i] ^ mask);
      top = v > top ? v : top;
    }
    largest = top;
    table = s.table + 255 - largest;
    for (int64_t i = 0; i < s.row; ++i) sum += table[x[i] ^ mask];
  }
};

// y = clamp(round(e) + zero), halves up, for e of shares; far outside the types, or no number,
// becomes the nearer end. `by_sum`: TensorFlow Lite's sum with 0.5 is rounded to float first.
template <typename T>
void store_shares(const State& s, const float* __restrict e, int64_t n, bool by_sum,
                  T* __restrict y) {
  const int32_t zero = s.y_zero, offset = s.y_code.offset;
  const uint8_t mask = s.y_code.mask;
  const int32_t low = sizeof(T) == 1 ? -offset : INT16_MIN;
  const int32_t high = sizeof(T) == 1 ? 255 - offset : INT16_MAX;
  const auto store = [=](int32_t q) {
    q = clamped(q + zero, low, high);
    if constexpr (sizeof(T) == 1) return static_cast<T>(static_cast<uint8_t>(q + offset) ^ mask);
    return static_cast<T>(q);
  };
  constexpr float kFar = 262144.0f;
  if (by_sum) {
    for (int64_t i = 0; i < n; ++i) {
      const float p = e[i] < kFar ? e[i] : kFar;
      y[i] = store(static_cast<int32_t>((p > 0.0f ? p : 0.0f) + 0.5f));
    }
  } else {
    for (int64_t i = 0; i < n; ++i) {
      float p = e[i] < kFar ? e[i] : kFar;
      p = p > 0.0f ? p : 0.0f;
      const auto whole = static_cast<int32_t>(p);
      y[i] = store(whole + (p - static_cast<float>(whole) >= 0.5f));
    }
  }
}

// As many rows at a time as make a long loop of the rounding; long rows part by part.
template <typename T>
void rows_of_shares(const State& s, const uint8_t* x, int64_t rows, T* y) {
  constexpr int64_t kPart = 256;
  const uint8_t mask = s.x_code.mask;
  float shares[kPart];
  int64_t held = 0;
  for (int64_t row = 0; row < rows; ++row, x += s.row) {
    const Exponentials e(s, x);
    const float factor = 1.0f / (e.sum * s.y_scale);
    for (int64_t at = 0; at < s.row;) {
      const int64_t left = s.row - at, room = kPart - held;
      const int64_t n = left < room ? left : room;
      for (int64_t i = 0; i < n; ++i) shares[held + i] = e.table[x[at + i] ^ mask] * factor;
      at += n;
      held += n;
      if (held < kPart) continue;
      store_shares(s, shares, held, s.half_up_by_sum, y);
      y += held;
      held = 0;
    }
  }
  store_shares(s, shares, held, s.half_up_by_sum, y);
}

void row_log(const State& s, const uint8_t* x, uint8_t* y) {
  const Exponentials e(s, x);
  const float scale = s.x_scale / s.y_scale;
  const auto m = static_cast<float>(e.largest - s.x_code.offset);
  const float start = (s.x_scale * m + std::log(e.sum)) / s.y_scale;
  for (int64_t i = 0; i < s.row; ++i) {
    float v = scale * static_cast<float>(s.x_code.decode(x[i])) - start;
    v = v > -1024.0f ? v : -1024.0f;
    v = v < 1024.0f ? v : 1024.0f;
    const int32_t q = static_cast<int32_t>(std::nearbyint(v)) + s.y_zero;
    y[i] = s.y_code.encode(clamped(q, s.y_code.min(), s.y_code.max()));
  }
}

// A function of -32768 .. 32767 by its points every 128.
int32_t between(const int16_t* points, int32_t v) {
  const int32_t index = 256 + (v >> 7), offset = v & 127;
  const auto slope = static_cast<int16_t>(points[index + 1] - points[index]);
  return static_cast<int16_t>(points[index] + ((slope * offset + 64) >> 7));
}

void row_i16(const State& s, const int16_t* x, int16_t* y) {
  int32_t largest = INT16_MIN;
  for (int64_t i = 0; i < s.row; ++i) largest = x[i] > largest ? x[i] : largest;
  uint32_t sum = 0;
  for (int64_t i = 0; i < s.row; ++i) {
    const int64_t d = multiply_half_away(x[i] - largest, s.multiplier, s.shift) + int64_t{32767};
    const auto v = static_cast<int32_t>(d < INT16_MIN ? INT16_MIN : d > INT16_MAX ? INT16_MAX : d);
    y[i] = static_cast<int16_t>(between(s.points, v));
    sum += static_cast<uint32_t>(y[i]);
  }
  // the table's contents are not known: a sum of 0 or beyond int32 must not shift too far
  const int32_t zeros = sum == 0 ? 31 : __builtin_clz(sum);
  const int32_t headroom = zeros < 1 ? 1 : zeros > 30 ? 30 : zeros;
  const int64_t shifted = ((int64_t{sum} << (headroom - 1)) + (1 << 13)) >> 14;
  const int64_t at = shifted - (1 << 15) - (1 << 16);
  const auto v = static_cast<int32_t>(at < INT16_MIN ? INT16_MIN : at > INT16_MAX ? INT16_MAX : at);
  const int64_t reciprocal = between(s.points + kPoints, v);
  const int32_t right = 31 - headroom;
  for (int64_t i = 0; i < s.row; ++i) {
    const int64_t p = (y[i] * reciprocal + (int64_t{1} << (right - 1))) >> right;
    y[i] = static_cast<int16_t>(p < 0 ? 0 : p > INT16_MAX ? INT16_MAX : p);
  }
}

bool prepare_i16(Prepare& prepare, const SoftmaxFields& fields, const Value* table, State* s) {
  s->multiplier = fields.multiplier;
  s->shift = fields.shift;
  if (!prepare.check(!s->log && s->row <= 65535, "no such operation, or rows too long") ||
      !prepare.check(table != nullptr && table->type == Type::kI16 &&
                         table->elements == 2 * kPoints && table->dense,
                     "the table is 1026 int16") ||
      !prepare.check(s->multiplier >= 0 && s->shift >= kMinShift && s->shift <= kMaxShift,
                     "multiplier or shift out of range")) {
    return false;
  }
  s->points = table->as<int16_t>();
  return true;
}

bool prepare_quant(Prepare& prepare, const Value& x, const Value& y, const Value* table, State* s) {
  s->to_i16 = y.type == Type::kI16;
  s->x_code = quant8(x);
  if (!s->to_i16) s->y_code = quant8(y);
  s->half_up_by_sum = y.type == Type::kU8;
  const bool fits = s->to_i16 ? !s->log && s->y_zero >= INT16_MIN && s->y_zero <= INT16_MAX
                              : s->y_code.contains(s->y_zero);
  if (!prepare.check(
          table != nullptr && table->type == Type::kF32 && table->elements == 256 && table->dense,
          "the table is 256 f32") ||
      !prepare.check(fits, "zero point outside its type")) {
    return false;
  }
  s->table = table->as<float>();
  return true;
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kElementsPerTask = 8192;
  const auto& fields = prepare.as<SoftmaxFields>();
  const Value *x = prepare.value(fields.x), *table;
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !prepare.optional_value(fields.table, &table)) return false;
  const bool same =
      x->type == y->type && (x->type == Type::kF32 || x->type == Type::kI16 || is_quant8(*x));
  if (!prepare.check(same || (is_quant8(*x) && y->type == Type::kI16), "types not supported") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->rank >= 1 && x->elements == y->elements, "shapes differ") ||
      !prepare.check(fields.operation == 0 || fields.operation == 1, "no such operation")) {
    return false;
  }
  s->x = x->data;
  s->y = y->data;
  s->log = fields.operation == 1;
  s->beta = fields.beta;
  s->x_scale = fields.x_scale;
  s->y_scale = fields.y_scale;
  s->y_zero = fields.y_zero;
  s->row = x->dim(x->rank - 1);
  s->rows = x->elements == 0 ? 0 : x->elements / s->row;
  s->rows_per_task = s->row >= kElementsPerTask || s->rows == 0 ? 1 : kElementsPerTask / s->row;
  s->isa = &choose(prepare.isa());
  if (x->type == Type::kF32) return true;
  if (x->type == Type::kI16) return prepare_i16(prepare, fields, table, s);
  return prepare_quant(prepare, *x, *y, table, s);
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t first = task * s.rows_per_task;
  const int64_t left = s.rows - first;
  const int64_t count = left < s.rows_per_task ? left : s.rows_per_task;
  if (s.table == nullptr && s.points == nullptr) {
    const float* x = reinterpret_cast<const float*>(s.x) + first * s.row;
    float* y = reinterpret_cast<float*>(s.y) + first * s.row;
    if (s.log) return s.isa->log_softmax(x, count, s.row, y);
    return s.isa->softmax(x, count, s.row, s.beta, y);
  }
  const auto* x = reinterpret_cast<const uint8_t*>(s.x) + first * s.row;
  auto* y = reinterpret_cast<uint8_t*>(s.y) + first * s.row;
  auto* y16 = reinterpret_cast<int16_t*>(s.y) + first * s.row;
  if (s.points != nullptr) {
    const auto* x16 = reinterpret_cast<const int16_t*>(s.x) + first * s.row;
    for (int64_t at = 0; at < count * s.row; at += s.row) row_i16(s, x16 + at, y16 + at);
  } else if (s.log) {
    for (int64_t at = 0; at < count * s.row; at += s.row) row_log(s, x + at, y + at);
  } else if (s.to_i16) {
    rows_of_shares(s, x, count, y16);
  } else {
    rows_of_shares(s, x, count, y);
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
const Kernel kernel_softmax = {"softmax", SoftmaxFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
