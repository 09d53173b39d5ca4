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

// What the elements are: x, w, bias, y.
enum class PlainKind {
  kReal,    // f32, f32, f32, f32
  kBytes,   // int8 or uint8, the same, i32, int8 or uint8
  kWords,   // int16, int8, i32 or i64, int16
  kHybrid,  // int8, int8, f32, f32; scale and zero point of x are run-time values
};

enum class RequantizeForm : int32_t { kFloat = 0, kHalfUp = 1, kHalfAway = 2, kWide = 3 };

// y = clamp(round(sum * factor[c]) + y_zero, y_min, y_max), where factor is scale[c] (kFloat:
// float32 product, round half to even) or multiplier[c] * 2^(shift[c] - 31) (see fixed_point.h;
// kWide: multiply_wide).
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
    return clamp((form == RequantizeForm::kHalfUp
                      ? multiply_half_up(sum, multiplier[c], shift[c])
                      : multiply_half_away(sum, multiplier[c], shift[c])) +
                 int64_t{y_zero});
  }
  int32_t wide(int64_t sum, int32_t c) const {
    if (form != RequantizeForm::kWide) return (*this)(static_cast<int32_t>(sum), c);
    return clamp(multiply_wide(sum, multiplier[c], shift[c]) + int64_t{y_zero});
  }

 private:
  int32_t clamp(int64_t y) const {
    return static_cast<int32_t>(y < y_min ? y_min : y > y_max ? y_max : y);
  }
};

// The fields that both kernels have, by value.
struct PlainFields {
  int32_t bias, multiplier, shift, scale, x_scale, x_zeros;
  int32_t x_zero, w_zero, y_zero, y_min, y_max, form;
  float act_min, act_max;
};

// What both kernels keep besides geometry. The kernel sets x, w, y, co and scales.
struct PlainOperands {
  Value x, w, y;
  int32_t co;
  int64_t scales;  // scales of x that a hybrid convolution has: images, or rows of a matrix
  PlainKind kind;
  const void* bias;  // NULL for zeros
  bool wide_bias;    // of i64
  PlainRequantize requantize;
  const float* x_scale;
  const int32_t* x_zeros;  // NULL for zeros
  int32_t x_zero, w_zero;
  float act_min, act_max;

  float clamp(float y) const { return y < act_min ? act_min : y > act_max ? act_max : y; }
  int64_t integer_bias(int32_t c) const {
    if (bias == nullptr) return 0;
    return wide_bias ? static_cast<const int64_t*>(bias)[c] : static_cast<const int32_t*>(bias)[c];
  }
  // Of image or matrix row `at`.
  int32_t zero_of(int64_t at) const {
    return x_zeros == nullptr ? 0 : static_cast<int8_t>(x_zeros[at]);
  }
  float real(int64_t at, int32_t sum, int32_t c) const {
    const float y = static_cast<float>(sum) * (x_scale[at] * requantize.scale[c]);
    return clamp(y + (bias == nullptr ? 0 : static_cast<const float*>(bias)[c]));
  }
};

// Checks types, zero points, ranges and operands, and fills the rest of `operands`.
bool prepare_plain(Prepare& prepare, const PlainFields& fields, PlainOperands* operands);

template <typename Fields>
bool prepare_plain(Prepare& prepare, const Fields& f, PlainOperands* operands) {
  const PlainFields plain{f.bias,    f.multiplier, f.shift,   f.scale,  f.x_scale,
                          f.x_zeros, f.x_zero,     f.w_zero,  f.y_zero, f.y_min,
                          f.y_max,   f.form,       f.act_min, f.act_max};
  return prepare_plain(prepare, plain, operands);
}

}  // namespace octet

#endif  // OCTET_KERNELS_CONV_2D_PLAIN_H_
