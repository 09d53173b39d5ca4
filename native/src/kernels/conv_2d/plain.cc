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

// Absent (NULL) or co elements of `type`.
bool prepare_bias(Prepare& prepare, int32_t id, Type type, PlainOperands* o) {
  const Value* value;
  if (!prepare.optional_value(id, &value)) return false;
  o->bias = nullptr;
  if (value == nullptr) return true;
  o->wide_bias = o->kind == PlainKind::kWords && value->type == Type::kI64;
  if ((value->type != type && !o->wide_bias) || value->elements != o->co || !value->dense) {
    return prepare.fail("bias is not %d elements of the right type", o->co);
  }
  o->bias = value->data;
  return true;
}

bool prepare_scale(Prepare& prepare, int32_t id, PlainOperands* o) {
  const Value* scale = constant_operand(prepare, id, Type::kF32, o->co, "scale");
  if (scale == nullptr) return false;
  o->requantize.scale = scale->as<float>();
  for (int32_t c = 0; c < o->co; ++c) {
    if (!(std::isfinite(o->requantize.scale[c]) && o->requantize.scale[c] >= 0)) {
      return prepare.fail("scale %d is negative or not finite", c);
    }
  }
  return true;
}

bool prepare_fixed(Prepare& prepare, const PlainFields& fields, PlainOperands* o) {
  const Value* multiplier =
      constant_operand(prepare, fields.multiplier, Type::kI32, o->co, "multiplier");
  if (multiplier == nullptr) return false;
  const Value* shift = constant_operand(prepare, fields.shift, Type::kI32, o->co, "shift");
  if (shift == nullptr) return false;
  o->requantize.multiplier = multiplier->as<int32_t>();
  o->requantize.shift = shift->as<int32_t>();
  const int32_t most = o->requantize.form == RequantizeForm::kWide ? kMaxWideShift : kMaxShift;
  for (int32_t c = 0; c < o->co; ++c) {
    if (o->requantize.multiplier[c] < 0 || o->requantize.shift[c] < kMinShift ||
        o->requantize.shift[c] > most) {
      return prepare.fail("multiplier or shift %d out of range", c);
    }
  }
  return true;
}

bool prepare_requantize(Prepare& prepare, const PlainFields& fields, PlainOperands* o) {
  const bool words = o->kind == PlainKind::kWords;
  const Quant8 qx = quant8(o->x), qw = quant8(o->w), qy = quant8(o->y);
  const int32_t low = words ? INT16_MIN : qy.min(), high = words ? INT16_MAX : qy.max();
  if (!prepare.check(words ? fields.x_zero == 0 && fields.w_zero == 0 && fields.y_zero == 0
                           : qx.contains(fields.x_zero) && qw.contains(fields.w_zero) &&
                                 qy.contains(fields.y_zero),
                     "zero point outside its type") ||
      !prepare.check(low <= fields.y_min && fields.y_min <= fields.y_max && fields.y_max <= high,
                     "output range outside its type")) {
    return false;
  }
  o->x_zero = fields.x_zero;
  o->w_zero = fields.w_zero;
  o->requantize.y_zero = fields.y_zero;
  o->requantize.y_min = fields.y_min;
  o->requantize.y_max = fields.y_max;
  o->requantize.form = static_cast<RequantizeForm>(fields.form);
  if (!prepare.check(fields.form >= (words ? 1 : 0) && fields.form <= (words ? 3 : 2),
                     "unknown form of requantization") ||
      !prepare_bias(prepare, fields.bias, Type::kI32, o)) {
    return false;
  }
  return fields.form == 0 ? prepare_scale(prepare, fields.scale, o)
                          : prepare_fixed(prepare, fields, o);
}

bool prepare_hybrid(Prepare& prepare, const PlainFields& fields, PlainOperands* o) {
  const Value* scale = prepare.value(fields.x_scale);
  const Value* zero;
  if (scale == nullptr || !prepare.optional_value(fields.x_zeros, &zero)) return false;
  if (!prepare.check(scale->type == Type::kF32 && scale->dense && scale->elements == o->scales,
                     "x_scale is not one f32 for each image or row") ||
      !prepare.check(zero == nullptr ||
                         (zero->type == Type::kI32 && zero->dense && zero->elements == o->scales),
                     "x_zeros is not one i32 for each image or row")) {
    return false;
  }
  o->x_scale = scale->as<float>();
  o->x_zeros = zero == nullptr ? nullptr : zero->as<int32_t>();
  return prepare_scale(prepare, fields.scale, o) &&
         prepare_bias(prepare, fields.bias, Type::kF32, o);
}

}  // namespace

bool prepare_plain(Prepare& prepare, const PlainFields& fields, PlainOperands* o) {
  const Type x = o->x.type, w = o->w.type, y = o->y.type;
  o->act_min = fields.act_min;
  o->act_max = fields.act_max;
  if (y == Type::kF32 && !(fields.act_min <= fields.act_max)) {
    return prepare.fail("empty output range");
  }
  if (x == Type::kF32 && w == Type::kF32 && y == Type::kF32) {
    o->kind = PlainKind::kReal;
    return prepare_bias(prepare, fields.bias, Type::kF32, o);
  }
  if (x == Type::kI8 && w == Type::kI8 && y == Type::kF32) {
    o->kind = PlainKind::kHybrid;
    return prepare_hybrid(prepare, fields, o);
  }
  const bool words = x == Type::kI16 && w == Type::kI8 && y == Type::kI16;
  o->kind = words ? PlainKind::kWords : PlainKind::kBytes;
  return prepare.check(words || (is_quant8(o->x) && is_quant8(o->w) && is_quant8(o->y)),
                       "types not supported") &&
         prepare_requantize(prepare, fields, o);
}

}  // namespace octet
