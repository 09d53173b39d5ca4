// SPDX-License-Identifier: Apache-2.0
//
// f32 to int8, uint8, int16: y = clamp(round(x / scale) + y_zero), halves away from zero, to the
//   type's range; no number gives y_zero. The integer operands are not looked at.
// int8, uint8, int16, int32 to any of these: y = clamp(half_away(x - x_zero, multiplier, shift) +
//   y_zero), half_away as in fixed_point.h. scale is not looked at.
// x and y have as many elements, dense; int8 values may be flipped; y may be x's memory when its
// elements are as large.
#include "base/fixed_point.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define QUANTIZE_FIELDS(VALUE, WEIGHTS, SEGMENT, I32, F32) \
  VALUE(x)                                                 \
  VALUE(y)                                                 \
  F32(scale)                                               \
  I32(x_zero)                                              \
  I32(y_zero)                                              \
  I32(multiplier)                                          \
  I32(shift)
OCTET_FIELDS(QuantizeFields, QUANTIZE_FIELDS);

constexpr int64_t kElementsPerTask = 32768;

struct State {
  Value x, y;
  Quant8 x_code, y_code;  // of the 8-bit ones
  float scale;
  int32_t x_zero, y_zero, multiplier, shift;
  int32_t low, high;   // of y's type
  uint8_t table[256];  // 8 bits to 8 bits, by stored byte
};

bool is_integer(const Value& v) {
  return is_quant8(v) || v.type == Type::kI16 || v.type == Type::kI32;
}

void range(const Value& v, int32_t* low, int32_t* high) {
  *low = is_quant8(v) ? quant8(v).min() : v.type == Type::kI16 ? INT16_MIN : INT32_MIN;
  *high = is_quant8(v) ? quant8(v).max() : v.type == Type::kI16 ? INT16_MAX : INT32_MAX;
}

int32_t requantize(const State& s, int32_t x) {
  const auto difference = static_cast<uint32_t>(x) - static_cast<uint32_t>(s.x_zero);
  const int64_t q =
      int64_t{multiply_half_away(static_cast<int32_t>(difference), s.multiplier, s.shift)} +
      s.y_zero;
  return static_cast<int32_t>(q < s.low ? s.low : q > s.high ? s.high : q);
}

template <typename Y, typename Store>
void from_f32(const State& s, int64_t first, int64_t last, const Store& store) {
  const auto* x = s.x.as<const float>();
  Y* y = s.y.as<Y>();
  const auto low = static_cast<float>(s.low - s.y_zero);
  const auto high = static_cast<float>(s.high - s.y_zero);
  const float scale = s.scale;
  const int32_t zero = s.y_zero;
  for (int64_t i = first; i < last; ++i) {
    float v = x[i] / scale;
    v = v == v ? v : 0.0f;
    v = v < low ? low : v;
    v = v > high ? high : v;
    const auto whole = static_cast<int32_t>(v);
    const float rest = v - static_cast<float>(whole);
    y[i] = store(whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0) + zero);
  }
}

template <typename X>
int32_t load(const State& s, const X* x, int64_t i) {
  if constexpr (sizeof(X) == 1) return s.x_code.decode(x[i]);
  return x[i];
}

template <typename X>
void from_integer(const State& s, int64_t first, int64_t last) {
  const X* x = s.x.as<const X>();
  for (int64_t i = first; i < last; ++i) {
    const int32_t q = requantize(s, load(s, x, i));
    if (s.y.type == Type::kI32) {
      s.y.as<int32_t>()[i] = q;
    } else if (s.y.type == Type::kI16) {
      s.y.as<int16_t>()[i] = static_cast<int16_t>(q);
    } else {
      s.y.as<uint8_t>()[i] = s.y_code.encode(q);
    }
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<QuantizeFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check((x->type == Type::kF32 && y->type != Type::kI32) || is_integer(*x),
                     "type of x not supported") ||
      !prepare.check(is_integer(*y), "type of y not supported") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->elements == y->elements, "shapes differ")) {
    return false;
  }
  s->x = *x;
  s->y = *y;
  s->scale = fields.scale;
  s->x_zero = fields.x_zero;
  s->y_zero = fields.y_zero;
  s->multiplier = fields.multiplier;
  s->shift = fields.shift;
  s->y_code = quant8(*y);
  range(*y, &s->low, &s->high);
  if (!prepare.check(fields.y_zero >= s->low && fields.y_zero <= s->high,
                     "zero point outside its type")) {
    return false;
  }
  if (x->type == Type::kF32) return prepare.check(fields.scale > 0, "scale is not positive");
  int32_t low, high;
  range(*x, &low, &high);
  if (!prepare.check(fields.x_zero >= low && fields.x_zero <= high,
                     "zero point outside its type") ||
      !prepare.check(
          fields.multiplier >= 0 && fields.shift >= kMinShift && fields.shift <= kMaxShift,
          "multiplier or shift out of range")) {
    return false;
  }
  if (is_quant8(*x)) {
    s->x_code = quant8(*x);
    if (is_quant8(*y)) {
      for (int32_t b = 0; b < 256; ++b) {
        s->table[b] = s->y_code.encode(requantize(*s, s->x_code.decode(static_cast<uint8_t>(b))));
      }
    }
  }
  return true;
}

void convert(const State& s, int64_t first, int64_t last) {
  if (s.x.type == Type::kF32) {
    if (s.y.type == Type::kI16) {
      from_f32<int16_t>(s, first, last, [](int32_t q) { return static_cast<int16_t>(q); });
    } else {
      const Quant8 code = s.y_code;
      from_f32<uint8_t>(s, first, last, [code](int32_t q) { return code.encode(q); });
    }
  } else if (is_quant8(s.x) && is_quant8(s.y)) {
    const auto* x = s.x.as<const uint8_t>();
    auto* y = s.y.as<uint8_t>();
    for (int64_t i = first; i < last; ++i) y[i] = s.table[x[i]];
  } else if (is_quant8(s.x)) {
    from_integer<uint8_t>(s, first, last);
  } else if (s.x.type == Type::kI16) {
    from_integer<int16_t>(s, first, last);
  } else {
    from_integer<int32_t>(s, first, last);
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->x.elements == 0) return;
  run.parallel_for(
      static_cast<int32_t>((s->x.elements - 1) / kElementsPerTask + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * kElementsPerTask;
        const int64_t left = s.x.elements - first;
        convert(s, first, first + (left < kElementsPerTask ? left : kElementsPerTask));
      },
      const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_quantize;
const Kernel kernel_quantize = {
    "quantize", QuantizeFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
