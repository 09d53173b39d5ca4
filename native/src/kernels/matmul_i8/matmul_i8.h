// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_MATMUL_I8_MATMUL_I8_H_
#define OCTET_KERNELS_MATMUL_I8_MATMUL_I8_H_

#include "kernels/gemm_i8/gemm_i8.h"

namespace octet {

// Bytes of a matrix w[k][n]: element (k, n) is at data + k * k_stride + n * n_stride, one of the
// strides 1, and stands for the int8 `byte xor mask`. Readable to 3 bytes behind its end.
struct ByteMatrix {
  const uint8_t* data;
  int64_t k_stride, n_stride;
  uint8_t mask;
};

// Writes the weights behind `packed`, a header of gemm_i8_layout() with one segment, in its form;
// zeros where n or k is padded.
void pack_columns(const ByteMatrix& w, GemmI8Weights* packed);

}  // namespace octet

#endif  // OCTET_KERNELS_MATMUL_I8_MATMUL_I8_H_
