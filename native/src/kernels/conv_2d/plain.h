// SPDX-License-Identifier: Apache-2.0
//
// What the two plain convolutions, conv_2d and depthwise_conv_2d, share: the operands of
// requantization and its arithmetic, in TensorFlow Lite's steps. The fast kernels have their own.
#ifndef OCTET_KERNELS_CONV_2D_PLAIN_H_
#define OCTET_KERNELS_CONV_2D_PLAIN_H_

#include <cmath>

#include "base/fixed_point.h"
#include "program/quant8.h"

namespace octet {

enum class RequantizeForm : int32_t { kFloat = 0, kHalfUp = 1, kHalfAway = 2 };

// y = clamp(round(sum * factor[c]) + y_zero, y_min, y_max), where factor is scale[c] (kFloat:
// float32 product, round half to even) or multiplier[c] * 2^(shift[c] - 31) (see fixed_point.h).
struct PlainRequantize {
  RequantizeForm form;
  const int32_t* multiplier;
  const int32_t* shift;
  const float* scale;
  int32_t y_zero, y_min, y_max;

  int32_t operator()(int32_t sum, int32_t c) const {
    if (form == RequantizeForm::kFloat) {
      float y = static_cast<float>(sum) * scale[c];
      const auto low = static_cast<float>(y_min - y_zero);
      const auto high = static_cast<float>(y_max - y_zero);
      y = y < low ? low : y > high ? high : y;
      return static_cast<int32_t>(std::lrintf(y)) + y_zero;
    }
    const int64_t rounded = form == RequantizeForm::kHalfUp
                                ? multiply_half_up(sum, multiplier[c], shift[c])
                                : multiply_half_away(sum, multiplier[c], shift[c]);
    const int64_t y = rounded + y_zero;
    return static_cast<int32_t>(y < y_min ? y_min : y > y_max ? y_max : y);
  }
};

// The fields that both kernels have, by value.
struct PlainFields {
  int32_t bias, multiplier, shift, scale;
  int32_t x_zero, w_zero, y_zero, y_min, y_max, form;
};

// Checks types, zero points, ranges and the [co] operands of a quantized convolution. bias_out is
// NULL when there is no bias.
bool prepare_plain_quantized(Prepare& prepare, const PlainFields& fields, const Value& x,
                             const Value& w, const Value& y, int32_t co,
                             PlainRequantize* requantize);
// The bias: absent (NULL) or co elements of `type`, dense.
bool prepare_plain_bias(Prepare& prepare, int32_t bias, Type type, int32_t co, const void** out);

// What both kernels check and keep of types, activation, bias and requantization, once s->x, w, y
// and co are set.
template <typename Fields, typename State>
bool prepare_plain(Prepare& prepare, const Fields& fields, State* s) {
  if (s->x.type == Type::kF32) {
    s->act_min = fields.act_min;
    s->act_max = fields.act_max;
    return prepare.check(s->w.type == Type::kF32 && s->y.type == Type::kF32, "types differ") &&
           prepare.check(fields.act_min <= fields.act_max, "empty output range") &&
           prepare_plain_bias(prepare, fields.bias, Type::kF32, s->co, &s->bias);
  }
  s->x_zero = fields.x_zero;
  s->w_zero = fields.w_zero;
  const PlainFields plain{fields.bias,   fields.multiplier, fields.shift,  fields.scale,
                          fields.x_zero, fields.w_zero,     fields.y_zero, fields.y_min,
                          fields.y_max,  fields.form};
  return prepare.check(is_quant8(s->x) && is_quant8(s->w) && is_quant8(s->y),
                       "types not supported") &&
         prepare_plain_bias(prepare, fields.bias, Type::kI32, s->co, &s->bias) &&
         prepare_plain_quantized(prepare, plain, s->x, s->w, s->y, s->co, &s->requantize);
}

}  // namespace octet

#endif  // OCTET_KERNELS_CONV_2D_PLAIN_H_
