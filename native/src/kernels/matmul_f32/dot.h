// SPDX-License-Identifier: Apache-2.0
//
// y[i * y_stride + j] = clamp(bias[j] + sum over c of x[i * x_stride + c] * w[j * w_stride + c])
// for 0 <= i < m, 0 <= j < n, 0 <= c < k: for few rows, where copying w into panels would cost more
// than the products. Error as that of conv_f32.
#ifndef OCTET_KERNELS_MATMUL_F32_DOT_H_
#define OCTET_KERNELS_MATMUL_F32_DOT_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct DotCall {
  const float* x;
  int64_t x_stride;
  const float* w;
  int64_t w_stride;
  const float* bias;  // NULL: zeros
  float* y;
  int64_t y_stride;
  int64_t m, n, k;
  float low, high;
};

struct MatmulDotIsa {
  Isa isa;
  void (*run)(const DotCall& call);
};

#define OCTET_MATMUL_DOT(name) extern const MatmulDotIsa name;
#include "kernels/matmul_f32/kernels.inc"
#undef OCTET_MATMUL_DOT

}  // namespace octet

#endif  // OCTET_KERNELS_MATMUL_F32_DOT_H_
