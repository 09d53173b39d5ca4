// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_matmul/operands.h"

#include <cmath>

#include "base/fixed_point.h"
#include "program/quant8.h"

namespace octet {
namespace {

// Absent (NULL) or n elements of `type`.
bool prepare_bias(Prepare& prepare, int32_t id, Type type, MatmulOperands* s) {
  const Value* value;
  if (!prepare.optional_value(id, &value)) return false;
  s->bias = value == nullptr ? nullptr : value->data;
  return prepare.check(
      value == nullptr || (value->type == type && value->dense && value->elements == s->shape.n),
      "bias is not n elements of the right type");
}

// A constant of one element or one for each column.
const Value* column_operand(Prepare& prepare, int32_t id, Type type, int64_t n, int32_t* step) {
  const Value* value = prepare.value(id);
  if (value == nullptr) return nullptr;
  if (!value->constant || value->type != type || !value->dense ||
      (value->elements != 1 && value->elements != n)) {
    prepare.fail("operand %d is not a constant of 1 or n elements of the right type", id);
    return nullptr;
  }
  *step = value->elements == 1 ? 0 : 1;
  return value;
}

bool prepare_factor(Prepare& prepare, const BatchMatmulFields& fields, MatmulOperands* s) {
  const Value* factor = column_operand(prepare, fields.scale, Type::kF64, s->shape.n, &s->step);
  if (factor == nullptr) return false;
  s->factor = factor->as<double>();
  for (int64_t i = 0; i < factor->elements; ++i) {
    if (!std::isfinite(s->factor[i])) {
      return prepare.fail("factor %d is not finite", static_cast<int>(i));
    }
  }
  return true;
}

bool prepare_scale(Prepare& prepare, const BatchMatmulFields& fields, MatmulOperands* s) {
  const Value* scale = column_operand(prepare, fields.scale, Type::kF32, s->shape.n, &s->step);
  if (scale == nullptr) return false;
  s->scale = scale->as<float>();
  for (int64_t i = 0; i < scale->elements; ++i) {
    if (!(std::isfinite(s->scale[i]) && s->scale[i] >= 0)) {
      return prepare.fail("scale %d is negative or not finite", static_cast<int>(i));
    }
  }
  return true;
}

bool prepare_multipliers(Prepare& prepare, const BatchMatmulFields& fields, MatmulOperands* s) {
  int32_t shifts;
  const Value* multiplier =
      column_operand(prepare, fields.multiplier, Type::kI32, s->shape.n, &s->step);
  const Value* shift = multiplier == nullptr
                           ? nullptr
                           : column_operand(prepare, fields.shift, Type::kI32, s->shape.n, &shifts);
  if (shift == nullptr) return false;
  if (shift->elements != multiplier->elements) return prepare.fail("multipliers without shifts");
  s->multiplier = multiplier->as<int32_t>();
  s->shift = shift->as<int32_t>();
  const int32_t most = s->form == MatmulForm::kWide ? kMaxWideShift : kMaxShift;
  for (int64_t i = 0; i < shift->elements; ++i) {
    if (s->multiplier[i] < 0 || s->shift[i] < kMinShift || s->shift[i] > most) {
      return prepare.fail("multiplier or shift %d out of range", static_cast<int>(i));
    }
  }
  return true;
}

bool fits(const Value& value, int32_t q) {
  return value.type == Type::kI16 ? q >= INT16_MIN && q <= INT16_MAX : quant8(value).contains(q);
}

bool prepare_quantized(Prepare& prepare, const BatchMatmulFields& fields, MatmulOperands* s) {
  const bool types =
      (s->y.type == Type::kI16 || is_quant8(s->y)) &&
      ((s->w.type == Type::kI16 && s->x.type == Type::kI16 && s->form == MatmulForm::kWide) ||
       (is_quant8(s->w) && (s->x.type == Type::kI16 || is_quant8(s->x))));
  if (!prepare.check(types, "types not supported")) return false;
  // a 16-bit element is not lowered by its zero point
  if (!prepare.check(
          (s->x.type == Type::kI16 ? fields.x_zero == 0 : fits(s->x, fields.x_zero)) &&
              (s->w.type == Type::kI16 ? fields.w_zero == 0 : fits(s->w, fields.w_zero)) &&
              fits(s->y, fields.y_zero),
          "zero point outside its type") ||
      !prepare.check(
          fits(s->y, fields.y_min) && fits(s->y, fields.y_max) && fields.y_min <= fields.y_max,
          "output range outside its type")) {
    return false;
  }
  s->y_zero = fields.y_zero;
  s->y_min = fields.y_min;
  s->y_max = fields.y_max;
  const bool words = s->form == MatmulForm::kWide || s->form == MatmulForm::kDouble;
  return prepare_bias(prepare, fields.bias, words ? Type::kI64 : Type::kI32, s) &&
         (s->form == MatmulForm::kFloat    ? prepare_scale(prepare, fields, s)
          : s->form == MatmulForm::kDouble ? prepare_factor(prepare, fields, s)
                                           : prepare_multipliers(prepare, fields, s));
}

bool prepare_real(Prepare& prepare, const BatchMatmulFields& fields, MatmulOperands* s) {
  const Value* x_scale = prepare.value(fields.x_scale);
  const Value* x_zeros;
  if (x_scale == nullptr || !prepare.optional_value(fields.x_zeros, &x_zeros)) return false;
  const int64_t rows = s->shape.k == 0 ? 1 : s->x.elements / s->shape.k;
  if (!prepare.check(s->x.type == Type::kI8 && s->w.type == Type::kI8 && s->y.type == Type::kF32,
                     "x and w are int8, y is f32") ||
      !prepare.check(fields.adj_x == 0, "x is not transposed") ||
      !prepare.check(x_scale->dense && x_scale->type == Type::kF32 && x_scale->elements >= rows,
                     "x_scale is not one f32 a row") ||
      !prepare.check(x_zeros == nullptr || (x_zeros->dense && x_zeros->type == Type::kI32 &&
                                            x_zeros->elements >= rows),
                     "x_zeros is not one i32 a row") ||
      !prepare.check(quant8(s->w).contains(fields.w_zero), "zero point outside its type")) {
    return false;
  }
  s->x_scale = x_scale->as<float>();
  s->x_zeros = x_zeros == nullptr ? nullptr : x_zeros->as<int32_t>();
  return prepare_bias(prepare, fields.bias, Type::kF32, s) && prepare_scale(prepare, fields, s);
}

bool prepare_form(Prepare& prepare, const BatchMatmulFields& fields, MatmulOperands* s) {
  switch (s->form) {
    case MatmulForm::kFloat:
    case MatmulForm::kHalfUp:
    case MatmulForm::kHalfAway:
    case MatmulForm::kWide:
    case MatmulForm::kDouble:
      return prepare_quantized(prepare, fields, s);
    case MatmulForm::kRaw:
      return prepare.check(
          s->x.type == Type::kI8 && s->w.type == Type::kI8 && s->y.type == Type::kI32,
          "x and w are int8, y is i32");
    case MatmulForm::kReal:
      return prepare.check(fields.act_min <= fields.act_max, "empty output range") &&
             prepare_real(prepare, fields, s);
    case MatmulForm::kF32:
      return prepare.check(
                 s->x.type == Type::kF32 && s->w.type == Type::kF32 && s->y.type == Type::kF32,
                 "x, w and y are f32") &&
             prepare.check(fields.act_min <= fields.act_max, "empty output range") &&
             prepare_bias(prepare, fields.bias, Type::kF32, s);
    default:
      return prepare.fail("unknown form");
  }
}

}  // namespace

bool MatmulOperands::prepare(Prepare& prepare, const BatchMatmulFields& fields) {
  const Value* x_value = prepare.value(fields.x);
  const Value* w_value = x_value == nullptr ? nullptr : prepare.value(fields.w);
  const Value* y_value = w_value == nullptr ? nullptr : prepare.value(fields.y);
  if (y_value == nullptr) return false;
  x = *x_value;
  w = *w_value;
  y = *y_value;
  form = static_cast<MatmulForm>(fields.form);
  x_zero = fields.x_zero;
  w_zero = fields.w_zero;
  act_min = fields.act_min;
  act_max = fields.act_max;
  return shape.prepare(prepare, x, w, y, fields.adj_x != 0, fields.adj_y != 0) &&
         prepare_form(prepare, fields, this);
}

}  // namespace octet
