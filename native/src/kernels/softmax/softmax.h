// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_SOFTMAX_SOFTMAX_H_
#define OCTET_KERNELS_SOFTMAX_SOFTMAX_H_

#include <cstdint>

#include "base/float_math.h"
#include "base/isa.h"

namespace octet {

// Rows of f32; y may be x's memory.
struct SoftmaxIsa {
  Isa isa;
  // y = e / (sum of e), e = exp(beta * (x - m)), m the largest of the row.
  void (*softmax)(const float* x, int64_t rows, int64_t n, float beta, float* y);
  // y = x - m - log(sum of exp(x - m)).
  void (*log_softmax)(const float* x, int64_t rows, int64_t n, float* y);
};

#define OCTET_SOFTMAX(name) extern const SoftmaxIsa name;
#include "kernels/softmax/kernels.inc"
#undef OCTET_SOFTMAX

}  // namespace octet

#endif  // OCTET_KERNELS_SOFTMAX_SOFTMAX_H_
