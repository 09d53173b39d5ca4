// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_2d/plain.h"

namespace octet {
namespace {

// `co` constants of `type`: what is checked here must still hold when the instruction runs.
const Value* constant_operand(Prepare& prepare, int32_t id, Type type, int32_t co,
                              const char* name) {
  const Value* value = prepare.value(id);
  if (value == nullptr) return nullptr;
  if (!value->constant || value->type != type || value->elements != co || !value->dense) {
    prepare.fail("%s is not a constant of %d elements of the right type", name, co);
    return nullptr;
  }
  return value;
}

}  // namespace

bool prepare_plain_bias(Prepare& prepare, int32_t bias, Type type, int32_t co, const void** out) {
  const Value* value;
  *out = nullptr;
  if (!prepare.optional_value(bias, &value)) return false;
  if (value == nullptr) return true;
  if (value->type != type || value->elements != co || !value->dense) {
    return prepare.fail("bias is not %d elements of the right type", co);
  }
  *out = value->data;
  return true;
}

bool prepare_plain_quantized(Prepare& prepare, const PlainFields& fields, const Value& x,
                             const Value& w, const Value& y, int32_t co,
                             PlainRequantize* requantize) {
  const Quant8 qx = quant8(x), qw = quant8(w), qy = quant8(y);
  if (!prepare.check(
          qx.contains(fields.x_zero) && qw.contains(fields.w_zero) && qy.contains(fields.y_zero),
          "zero point outside its type") ||
      !prepare.check(
          qy.contains(fields.y_min) && qy.contains(fields.y_max) && fields.y_min <= fields.y_max,
          "output range outside its type")) {
    return false;
  }
  *requantize = {};
  requantize->y_zero = fields.y_zero;
  requantize->y_min = fields.y_min;
  requantize->y_max = fields.y_max;
  requantize->form = static_cast<RequantizeForm>(fields.form);
  if (requantize->form == RequantizeForm::kFloat) {
    const Value* scale = constant_operand(prepare, fields.scale, Type::kF32, co, "scale");
    if (scale == nullptr) return false;
    requantize->scale = scale->as<float>();
    for (int32_t c = 0; c < co; ++c) {
      if (!(std::isfinite(requantize->scale[c]) && requantize->scale[c] >= 0)) {
        return prepare.fail("scale %d is negative or not finite", c);
      }
    }
    return true;
  }
  if (!prepare.check(requantize->form == RequantizeForm::kHalfUp ||
                         requantize->form == RequantizeForm::kHalfAway,
                     "unknown form of requantization")) {
    return false;
  }
  const Value* multiplier =
      constant_operand(prepare, fields.multiplier, Type::kI32, co, "multiplier");
  if (multiplier == nullptr) return false;
  const Value* shift = constant_operand(prepare, fields.shift, Type::kI32, co, "shift");
  if (shift == nullptr) return false;
  requantize->multiplier = multiplier->as<int32_t>();
  requantize->shift = shift->as<int32_t>();
  for (int32_t c = 0; c < co; ++c) {
    if (requantize->multiplier[c] < 0 || requantize->shift[c] < kMinShift ||
        requantize->shift[c] > kMaxShift) {
      return prepare.fail("multiplier or shift %d out of range", c);
    }
  }
  return true;
}

}  // namespace octet
