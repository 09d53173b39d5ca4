// SPDX-License-Identifier: Apache-2.0
//
// f32 to int8, uint8, int16: y = clamp(round(x / scale) + y_zero), halves away from zero, to the
//   type's range; no number gives y_zero. The quotient is that of float64. With scales (f32) and
//   zeros (i32), constants of as many elements as y has along `axis`, each index of it has its own,
//   and the quotient is rounded to float32, as in TensorFlow Lite; else both are -1. x_zero,
//   multiplier and shift are not looked at.
// int16, int32 to int8, uint8, int16, int32: y = clamp(half_away(x - x_zero, multiplier, shift) +
//   y_zero), half_away as in fixed_point.h. scale is not looked at.
// x and y have as many elements, dense; int8 values may be flipped; y may be x's memory when its
// elements are as large.
#include "kernels/quantize/quantize.h"

#include "base/fixed_point.h"
#include "base/float_math.h"
#include "program/elements.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define QUANTIZE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                        \
  VALUE(scales)                                   \
  VALUE(zeros)                                    \
  VALUE(y)                                        \
  F32(scale)                                      \
  I32(axis)                                       \
  I32(x_zero)                                     \
  I32(y_zero)                                     \
  I32(multiplier)                                 \
  I32(shift)
OCTET_FIELDS(QuantizeFields, QUANTIZE_FIELDS);

struct State;
using Loop = void (*)(const State& s, int64_t first, int64_t last);

struct State {
  const std::byte* x;
  std::byte* y;
  int64_t elements;
  Loop loop;
  const QuantizeIsa* isa;
  Quant8 y_code;  // of 8 bits
  float scale;
  int32_t x_zero, y_zero, multiplier, shift;
  int32_t low, high;    // of y's type
  const float* scales;  // per axis, or NULL
  const int32_t* zeros;
  int64_t count, inner;  // of the axis, behind it
};

void range(const Value& v, int32_t* low, int32_t* high) {
  *low = is_quant8(v) ? quant8(v).min() : v.type == Type::kI16 ? INT16_MIN : INT32_MIN;
  *high = is_quant8(v) ? quant8(v).max() : v.type == Type::kI16 ? INT16_MAX : INT32_MAX;
}

// Halves away from zero; |v| < 2^31 - 1.
int32_t rounded(float v) {
  const auto whole = static_cast<int32_t>(v);
  const float rest = v - static_cast<float>(whole);
  return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

template <typename Y>
Y stored(const Quant8& code, int32_t q) {
  if constexpr (sizeof(Y) == 1) return code.encode(q);
  return static_cast<Y>(q);
}

template <typename Y>
QuantizeLoop<Y> loop_of(const QuantizeIsa& isa, bool by_float) {
  if constexpr (sizeof(Y) == 1) {
    return by_float ? isa.bytes_by_float : isa.bytes;
  } else {
    return by_float ? isa.words_by_float : isa.words;
  }
}

template <typename Y>
void run_loop(const State& s, bool by_float, float scale, int32_t zero, int64_t first,
              int64_t last) {
  const QuantizeF32 q = {scale, zero, s.low, s.high, s.y_code.offset, s.y_code.mask};
  loop_of<Y>(*s.isa, by_float)(q, reinterpret_cast<const float*>(s.x) + first,
                               reinterpret_cast<Y*>(s.y) + first, last - first);
}

template <typename Y>
void from_f32(const State& s, int64_t first, int64_t last) {
  run_loop<Y>(s, false, s.scale, s.y_zero, first, last);
}

template <typename Y>
void along_axis(const State& s, int64_t first, int64_t last) {
  while (first < last) {
    const int64_t line = first / s.inner, end = (line + 1) * s.inner;
    const int64_t c = line % s.count;
    run_loop<Y>(s, true, s.scales[c], s.zeros[c], first, end < last ? end : last);
    first = end;
  }
}

template <typename Y>
void along_last_axis(const State& s, int64_t first, int64_t last) {
  const auto* x = reinterpret_cast<const float*>(s.x);
  Y* y = reinterpret_cast<Y*>(s.y);
  const Quant8 code = s.y_code;
  const int32_t low = s.low, high = s.high;
  while (first < last) {
    const int64_t c = first % s.count;
    const int64_t n = s.count - c < last - first ? s.count - c : last - first;
    OCTET_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) {
      const int32_t zero = s.zeros[c + i];
      const auto least = static_cast<float>(low - zero), most = static_cast<float>(high - zero);
      float v = x[first + i] / s.scales[c + i];
      v = v == v ? v : 0.0f;
      v = v < least ? least : v;
      v = v > most ? most : v;
      y[first + i] = stored<Y>(code, rounded(v) + zero);
    }
    first += n;
  }
}

template <typename Y>
Loop axis_loop(int64_t inner) {
  return inner == 1 ? along_last_axis<Y> : along_axis<Y>;
}

template <typename X, typename Y>
void from_integer(const State& s, int64_t first, int64_t last) {
  const X* x = reinterpret_cast<const X*>(s.x);
  Y* y = reinterpret_cast<Y*>(s.y);
  for (int64_t i = first; i < last; ++i) {
    const auto v = static_cast<uint32_t>(x[i]) - static_cast<uint32_t>(s.x_zero);
    const int64_t low = s.low, high = s.high;
    int64_t q =
        int64_t{multiply_half_away(static_cast<int32_t>(v), s.multiplier, s.shift)} + s.y_zero;
    q = q < low ? low : q;
    q = q > high ? high : q;
    y[i] = stored<Y>(s.y_code, static_cast<int32_t>(q));
  }
}

template <typename X>
Loop integer_loop(const Value& y) {
  if (is_quant8(y)) return from_integer<X, uint8_t>;
  return y.type == Type::kI16   ? from_integer<X, int16_t>
         : y.type == Type::kI32 ? from_integer<X, int32_t>
                                : nullptr;
}

Loop loop_for(const Value& x, const Value& y) {
  if (x.type == Type::kI16) return integer_loop<int16_t>(y);
  if (x.type == Type::kI32) return integer_loop<int32_t>(y);
  if (x.type != Type::kF32) return nullptr;
  return is_quant8(y) ? from_f32<uint8_t> : y.type == Type::kI16 ? from_f32<int16_t> : nullptr;
}

const QuantizeIsa& choose(Isa have) {
#define OCTET_QUANTIZE(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/quantize/kernels.inc"
#undef OCTET_QUANTIZE
  return quantize__scalar;
}

bool prepare_axis(Prepare& prepare, const QuantizeFields& fields, const Value& y,
                  const Value& scales, const Value& zeros, State* s) {
  if (!prepare.check(fields.axis >= 0 && fields.axis < y.rank, "no such axis")) return false;
  s->count = y.dim(fields.axis);
  s->inner = 1;
  for (int32_t i = fields.axis + 1; i < y.rank; ++i) s->inner *= y.dim(i);
  if (!prepare.check(scales.type == Type::kF32 && zeros.type == Type::kI32 && scales.constant &&
                         zeros.constant && scales.dense && zeros.dense,
                     "scales and zeros are constant f32 and i32") ||
      !prepare.check(scales.elements == s->count && zeros.elements == s->count,
                     "scales and zeros are not as many as the axis has")) {
    return false;
  }
  s->loop = is_quant8(y) ? axis_loop<uint8_t>(s->inner) : axis_loop<int16_t>(s->inner);
  s->scales = scales.as<float>();
  s->zeros = zeros.as<int32_t>();
  for (int64_t c = 0; c < s->count; ++c) {
    if (!prepare.check(s->scales[c] > 0 && s->zeros[c] >= s->low && s->zeros[c] <= s->high,
                       "scale is not positive or zero point outside its type")) {
      return false;
    }
  }
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<QuantizeFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  const Value *scales, *zeros;
  if (y == nullptr || !prepare.optional_value(fields.scales, &scales) ||
      !prepare.optional_value(fields.zeros, &zeros)) {
    return false;
  }
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  s->loop = loop_for(*x, *y);
  if (!prepare.check(s->loop != nullptr, "types not supported") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->elements == y->elements, "shapes differ")) {
    return false;
  }
  s->isa = &choose(prepare.isa());
  s->x = x->data;
  s->y = y->data;
  s->elements = x->elements;
  s->scale = fields.scale;
  s->x_zero = fields.x_zero;
  s->y_zero = fields.y_zero;
  s->multiplier = fields.multiplier;
  s->shift = fields.shift;
  s->y_code = quant8(*y);
  range(*y, &s->low, &s->high);
  if (scales != nullptr || zeros != nullptr) {
    return prepare.check(scales != nullptr && zeros != nullptr && x->type == Type::kF32,
                         "an axis has scales and zeros, from f32") &&
           prepare_axis(prepare, fields, *y, *scales, *zeros, s);
  }
  if (!prepare.check(fields.y_zero >= s->low && fields.y_zero <= s->high,
                     "zero point outside its type")) {
    return false;
  }
  if (x->type == Type::kF32) return prepare.check(fields.scale > 0, "scale is not positive");
  int32_t low, high;
  range(*x, &low, &high);
  return prepare.check(fields.x_zero >= low && fields.x_zero <= high,
                       "zero point outside its type") &&
         prepare.check(
             fields.multiplier >= 0 && fields.shift >= kMinShift && fields.shift <= kMaxShift,
             "multiplier or shift out of range");
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  run_elements(s, s.elements, s.loop, run);
}

}  // namespace

extern const Kernel kernel_quantize;
const Kernel kernel_quantize = {"quantize", QuantizeFields::kSignature, "", 0, nullptr, prepare,
                                run};

}  // namespace octet
