// SPDX-License-Identifier: Apache-2.0
//
// Loops of max pooling over one row of y:
//   y[ow * c + i] = clamp(max over kh, kw of x[kh * row_stride + (ow * stride - pad + kw) * c + i],
//                         low, high)
// for 0 <= ow < out, 0 <= i < c, 0 <= kh < rows and those 0 <= kw < taps that lie inside `in`
// columns, one at least. Up to 31 bytes behind x are read.
#ifndef OCTET_KERNELS_MAX_POOL_2D_MAX_POOL_2D_H_
#define OCTET_KERNELS_MAX_POOL_2D_MAX_POOL_2D_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

template <typename T>
struct MaxPoolRow {
  const T* x;
  T* y;
  int64_t row_stride;  // in elements
  int32_t c, rows, in, out, taps, stride, pad;
  T low, high;
  uint8_t x_mask, y_mask;  // of bytes: what makes numbers of x and y uint8
};

struct MaxPoolIsa {
  Isa isa;
  void (*f32)(const MaxPoolRow<float>& row);
  void (*u8)(const MaxPoolRow<uint8_t>& row);
  void (*i16)(const MaxPoolRow<int16_t>& row);
};

#define OCTET_MAX_POOL(name) extern const MaxPoolIsa name;
#include "kernels/max_pool_2d/kernels.inc"
#undef OCTET_MAX_POOL

}  // namespace octet

#endif  // OCTET_KERNELS_MAX_POOL_2D_MAX_POOL_2D_H_
