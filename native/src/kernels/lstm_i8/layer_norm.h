// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_LSTM_I8_LAYER_NORM_H_
#define OCTET_KERNELS_LSTM_I8_LAYER_NORM_H_

#include <cstdint>

#include "kernels/recurrent/recurrent.h"

namespace octet {

// Normalizes n int16 (n > 0) in TensorFlow Lite's integer steps: 10 more bits for the mean, the
// reciprocal root of the variance by Newton's iteration, then
//   y = saturate(half_away(round(x' * scale + bias, 10 bits), factor)).
// A variance below 1 becomes `guard`. Products wrap as in its binary.
void normalize_i16(const int16_t* scale, const int32_t* bias, Factor factor, int32_t guard,
                   int32_t n, int16_t* y);

// 1 / sqrt(v) as a factor; v <= 1 counts as 1.
Factor reciprocal_root(int32_t v);

}  // namespace octet

#endif  // OCTET_KERNELS_LSTM_I8_LAYER_NORM_H_
