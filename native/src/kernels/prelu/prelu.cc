// SPDX-License-Identifier: Apache-2.0
//
// y = x where x >= 0, else x * alpha, alpha broadcast to x's shape.
// f32, or int8, uint8 (all three of one type): with v = x - x_zero,
//   y = clamp(half_away(v, multiplier, shift) + y_zero)                         where v >= 0, else
//   y = clamp(half_away(v * (alpha - alpha_zero), alpha_multiplier, alpha_shift) + y_zero)
// to the type's range, half_away as in fixed_point.h.
// x may have a border and int8 values may be flipped; y is dense and may be x's memory.
#include "base/fixed_point.h"
#include "program/broadcast.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define PRELU_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                     \
  VALUE(alpha)                                 \
  VALUE(y)                                     \
  I32(x_zero)                                  \
  I32(alpha_zero)                              \
  I32(y_zero)                                  \
  I32(multiplier)                              \
  I32(shift)                                   \
  I32(alpha_multiplier)                        \
  I32(alpha_shift)
OCTET_FIELDS(PreluFields, PRELU_FIELDS);

struct State {
  Broadcast loops;
  std::byte* y;
  bool quantized;
  int32_t alpha_zero, y_zero, alpha_multiplier, alpha_shift;
  Quant8 alpha_code, y_code;
  int32_t value[256];     // of x by its byte, less x_zero
  uint8_t positive[256];  // y's byte of x's where that is not negative
};

uint8_t encode(const State& s, int32_t q) {
  const int64_t y = int64_t{q} + s.y_zero;
  const int32_t low = s.y_code.min(), high = s.y_code.max();
  return s.y_code.encode(static_cast<int32_t>(y < low ? low : y > high ? high : y));
}

void row_f32(const State& s, const Broadcast::Piece& p) {
  const auto* x = reinterpret_cast<const float*>(p.in[0]);
  const auto* alpha = reinterpret_cast<const float*>(p.in[1]);
  float* y = reinterpret_cast<float*>(s.y) + p.y;
  const int64_t x_step = p.step[0], step = p.step[1], n = p.n;
  const auto prelu = [](float v, float slope) { return v >= 0.0f ? v : v * slope; };
  if (x_step == 1 && step == 1) {
    for (int64_t i = 0; i < n; ++i) y[i] = prelu(x[i], alpha[i]);
  } else if (x_step == 1 && step == 0) {
    const float slope = *alpha;
    for (int64_t i = 0; i < n; ++i) y[i] = prelu(x[i], slope);
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] = prelu(x[i * x_step], alpha[i * step]);
  }
}

void row_quant(const State& s, const Broadcast::Piece& p) {
  const auto* x = reinterpret_cast<const uint8_t*>(p.in[0]);
  const auto* alpha = reinterpret_cast<const uint8_t*>(p.in[1]);
  uint8_t* y = reinterpret_cast<uint8_t*>(s.y) + p.y;
  for (int64_t i = 0; i < p.n; ++i) {
    const uint8_t byte = x[i * p.step[0]];
    const int32_t v = s.value[byte];
    if (v >= 0) {
      y[i] = s.positive[byte];
    } else {
      const int32_t slope = s.alpha_code.decode(alpha[i * p.step[1]]) - s.alpha_zero;
      y[i] = encode(s, multiply_half_away(v * slope, s.alpha_multiplier, s.alpha_shift));
    }
  }
}

bool prepare_quantized(Prepare& prepare, const PreluFields& f, const Value& x, const Value& alpha,
                       const Value& y, State* s) {
  const auto factor = [](int32_t multiplier, int32_t shift) {
    return multiplier >= 0 && shift >= kMinShift && shift <= kMaxShift;
  };
  const Quant8 x_code = quant8(x);
  s->quantized = true;
  s->alpha_code = quant8(alpha);
  s->y_code = quant8(y);
  s->alpha_zero = f.alpha_zero;
  s->y_zero = f.y_zero;
  s->alpha_multiplier = f.alpha_multiplier;
  s->alpha_shift = f.alpha_shift;
  if (!prepare.check(is_quant8(x) && alpha.type == x.type && y.type == x.type,
                     "types not supported") ||
      !prepare.check(x_code.contains(f.x_zero) && s->alpha_code.contains(f.alpha_zero) &&
                         s->y_code.contains(f.y_zero),
                     "zero point outside its type") ||
      !prepare.check(factor(f.multiplier, f.shift) && factor(f.alpha_multiplier, f.alpha_shift),
                     "multiplier or shift out of range")) {
    return false;
  }
  for (int32_t b = 0; b < 256; ++b) {
    const int32_t v = x_code.decode(static_cast<uint8_t>(b)) - f.x_zero;
    s->value[b] = v;
    if (v >= 0) s->positive[b] = encode(*s, multiply_half_away(v, f.multiplier, f.shift));
  }
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<PreluFields>();
  const Value* x = prepare.value(fields.x);
  const Value* alpha = x == nullptr ? nullptr : prepare.value(fields.alpha);
  const Value* y = alpha == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !s->loops.prepare(prepare, {x, alpha}, *y)) return false;
  if (!prepare.check(x->elements == y->elements, "alpha is larger than x")) return false;
  s->y = y->data;
  if (x->type != Type::kF32) return prepare_quantized(prepare, fields, *x, *alpha, *y, s);
  return prepare.check(alpha->type == Type::kF32 && y->type == Type::kF32, "types differ");
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  s.loops.run(run, s, s.quantized ? row_quant : row_f32);
}

}  // namespace

extern const Kernel kernel_prelu;
const Kernel kernel_prelu = {"prelu", PreluFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
