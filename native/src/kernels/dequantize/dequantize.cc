// SPDX-License-Identifier: Apache-2.0
//
// To f32. int8, uint8, int16, int32: y = scale * (x - zero), the product rounded once. With scales
// (f32) and zeros (i32), constants of as many elements as x has along `axis`, each index of it has
// its own (int8 and uint8 only); else both are -1. f16: y = x; scale and zero are not looked at. x
// and y have as many elements, dense; int8 may be flipped.
#include "base/f16.h"
#include "base/float_math.h"
#include "program/elements.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define DEQUANTIZE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                          \
  VALUE(scales)                                     \
  VALUE(zeros)                                      \
  VALUE(y)                                          \
  F32(scale)                                        \
  I32(zero)                                         \
  I32(axis)
OCTET_FIELDS(DequantizeFields, DEQUANTIZE_FIELDS);

struct State {
  Value x, y;
  double scale;
  int32_t zero;
  Quant8 code;
  const float* scales;  // per axis, or NULL
  const int32_t* zeros;
  int64_t count, inner;  // of the axis, behind it
};

bool prepare_axis(Prepare& prepare, const DequantizeFields& fields, const Value& x,
                  const Value& scales, const Value& zeros, State* s) {
  if (!prepare.check(is_quant8(x), "an axis has scales for 8 bits only") ||
      !prepare.check(fields.axis >= 0 && fields.axis < x.rank, "no such axis")) {
    return false;
  }
  s->count = x.dim(fields.axis);
  s->inner = 1;
  for (int32_t i = fields.axis + 1; i < x.rank; ++i) s->inner *= x.dim(i);
  s->scales = scales.as<float>();
  s->zeros = zeros.as<int32_t>();
  if (!prepare.check(scales.type == Type::kF32 && zeros.type == Type::kI32 && scales.constant &&
                         zeros.constant && scales.dense && zeros.dense,
                     "scales and zeros are constant f32 and i32") ||
      !prepare.check(scales.elements == s->count && zeros.elements == s->count,
                     "scales and zeros are not as many as the axis has")) {
    return false;
  }
  for (int64_t c = 0; c < s->count; ++c) {
    if (!prepare.check(s->code.contains(s->zeros[c]), "zero point outside its type")) return false;
  }
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<DequantizeFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  const Value *scales, *zeros;
  if (y == nullptr || !prepare.optional_value(fields.scales, &scales) ||
      !prepare.optional_value(fields.zeros, &zeros)) {
    return false;
  }
  auto* s = prepare.state<State>();
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
  s->code = quant8(*x);
  if (scales != nullptr || zeros != nullptr) {
    return prepare.check(scales != nullptr && zeros != nullptr, "an axis has scales and zeros") &&
           prepare_axis(prepare, fields, *x, *scales, *zeros, s);
  }
  if (x->type == Type::kI16 && !prepare.check(fields.zero >= INT16_MIN && fields.zero <= INT16_MAX,
                                              "zero point outside its type")) {
    return false;
  }
  if (is_quant8(*x)) {
    if (!prepare.check(s->code.contains(fields.zero), "zero point outside its type")) return false;
  }
  return true;
}

// R holds every difference.
template <typename R, typename X>
void scaled(const State& s, int64_t first, int64_t last) {
  const X* x = s.x.as<const X>();
  float* y = s.y.as<float>();
  const auto scale = static_cast<R>(s.scale);
  const R zero = static_cast<R>(s.zero);
  OCTET_INDEPENDENT
  for (int64_t i = first; i < last; ++i) {
    y[i] = static_cast<float>(scale * (static_cast<R>(x[i]) - zero));
  }
}

void scaled_bytes(const uint8_t* x, const Quant8& code, float scale, int32_t zero, float* y,
                  int64_t n) {
  const int32_t offset = code.offset + zero;
  const uint8_t mask = code.mask;
  OCTET_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    y[i] = scale * static_cast<float>(static_cast<uint8_t>(x[i] ^ mask) - offset);
  }
}

void along_last_axis(const State& s, int64_t first, int64_t last) {
  const auto* x = s.x.as<const uint8_t>();
  float* y = s.y.as<float>();
  const int32_t offset = s.code.offset;
  const uint8_t mask = s.code.mask;
  while (first < last) {
    const int64_t c = first % s.count;
    const int64_t n = s.count - c < last - first ? s.count - c : last - first;
    OCTET_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) {
      const int32_t q = static_cast<uint8_t>(x[first + i] ^ mask) - offset - s.zeros[c + i];
      y[first + i] = s.scales[c + i] * static_cast<float>(q);
    }
    first += n;
  }
}

void along_axis(const State& s, int64_t first, int64_t last) {
  const auto* x = s.x.as<const uint8_t>();
  float* y = s.y.as<float>();
  while (first < last) {
    const int64_t line = first / s.inner, end = (line + 1) * s.inner;
    const int64_t c = line % s.count;
    const int64_t n = (end < last ? end : last) - first;
    scaled_bytes(x + first, s.code, s.scales[c], s.zeros[c], y + first, n);
    first += n;
  }
}

void convert(const State& s, int64_t first, int64_t last) {
  float* y = s.y.as<float>();
  if (s.scales != nullptr) {
    (s.inner == 1 ? along_last_axis : along_axis)(s, first, last);
  } else if (is_quant8(s.x)) {
    const auto* x = s.x.as<const uint8_t>();
    scaled_bytes(x + first, s.code, static_cast<float>(s.scale), s.zero, y + first, last - first);
  } else if (s.x.type == Type::kF16) {
    const auto* x = s.x.as<const uint16_t>();
    for (int64_t i = first; i < last; ++i) y[i] = f16_to_f32(x[i]);
  } else if (s.x.type == Type::kI16) {
    scaled<float, int16_t>(s, first, last);
  } else {
    scaled<double, int32_t>(s, first, last);
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  run_elements(s, s.x.elements, convert, run);
}

}  // namespace

extern const Kernel kernel_dequantize;
const Kernel kernel_dequantize = {
    "dequantize", DequantizeFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
