// SPDX-License-Identifier: Apache-2.0
//
// To f32. int8, uint8, int16, int32: y = scale * (x - zero), the product rounded once. f16: y = x;
// scale and zero are not looked at. x and y have as many elements, dense; int8 may be flipped.
#include "base/f16.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define DEQUANTIZE_FIELDS(VALUE, WEIGHTS, SEGMENT, I32, F32) \
  VALUE(x)                                                   \
  VALUE(y)                                                   \
  F32(scale)                                                 \
  I32(zero)
OCTET_FIELDS(DequantizeFields, DEQUANTIZE_FIELDS);

constexpr int64_t kElementsPerTask = 32768;

struct State {
  Value x, y;
  double scale;
  int32_t zero;
  float table[256];  // of 8-bit values, by stored byte
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<DequantizeFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(
          is_quant8(*x) || x->type == Type::kI16 || x->type == Type::kI32 || x->type == Type::kF16,
          "type of x not supported") ||
      !prepare.check(y->type == Type::kF32, "y is not f32") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->elements == y->elements, "shapes differ")) {
    return false;
  }
  s->x = *x;
  s->y = *y;
  s->scale = fields.scale;
  s->zero = fields.zero;
  if (is_quant8(*x)) {
    const Quant8 code = quant8(*x);
    if (!prepare.check(code.contains(fields.zero), "zero point outside its type")) return false;
    for (int32_t b = 0; b < 256; ++b) {
      const int32_t q = code.decode(static_cast<uint8_t>(b)) - fields.zero;
      s->table[b] = static_cast<float>(s->scale * q);
    }
  }
  return true;
}

template <typename X>
void scaled(const State& s, int64_t first, int64_t last) {
  const X* x = s.x.as<const X>();
  float* y = s.y.as<float>();
  for (int64_t i = first; i < last; ++i) {
    y[i] = static_cast<float>(s.scale * static_cast<double>(int64_t{x[i]} - s.zero));
  }
}

void convert(const State& s, int64_t first, int64_t last) {
  float* y = s.y.as<float>();
  if (is_quant8(s.x)) {
    const auto* x = s.x.as<const uint8_t>();
    for (int64_t i = first; i < last; ++i) y[i] = s.table[x[i]];
  } else if (s.x.type == Type::kF16) {
    const auto* x = s.x.as<const uint16_t>();
    for (int64_t i = first; i < last; ++i) y[i] = f16_to_f32(x[i]);
  } else if (s.x.type == Type::kI16) {
    scaled<int16_t>(s, first, last);
  } else {
    scaled<int32_t>(s, first, last);
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

extern const Kernel kernel_dequantize;
const Kernel kernel_dequantize = {
    "dequantize", DequantizeFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
