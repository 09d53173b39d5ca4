// SPDX-License-Identifier: Apache-2.0
//
// Fields and operands of the kernels that multiply two values; batch_matmul.cc says what they mean.
#ifndef OCTET_KERNELS_BATCH_MATMUL_OPERANDS_H_
#define OCTET_KERNELS_BATCH_MATMUL_OPERANDS_H_

#include "kernels/batch_matmul/batch_matmul.h"

namespace octet {

#define BATCH_MATMUL_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                            \
  VALUE(w)                                            \
  VALUE(bias)                                         \
  VALUE(multiplier)                                   \
  VALUE(shift)                                        \
  VALUE(scale)                                        \
  VALUE(x_scale)                                      \
  VALUE(x_zeros)                                      \
  VALUE(y)                                            \
  I32(adj_x)                                          \
  I32(adj_y)                                          \
  I32(x_zero)                                         \
  I32(w_zero)                                         \
  I32(y_zero)                                         \
  I32(y_min)                                          \
  I32(y_max)                                          \
  I32(form)                                           \
  F32(act_min)                                        \
  F32(act_max)
OCTET_FIELDS(BatchMatmulFields, BATCH_MATMUL_FIELDS);

enum class MatmulForm : int32_t { kFloat, kHalfUp, kHalfAway, kWide, kRaw, kReal, kF32, kDouble };

// Checked operands. What the form does not use is NULL or 0.
struct MatmulOperands {
  MatmulShape shape;
  Value x, w, y;
  MatmulForm form;
  const void* bias;
  const float* x_scale;
  const int32_t* x_zeros;
  const int32_t *multiplier, *shift;
  const float* scale;
  const double* factor;
  int32_t step;  // 1 when there are multipliers, shifts or scales for each column
  int32_t x_zero, w_zero, y_zero, y_min, y_max;
  float act_min, act_max;

  // False with the error written.
  bool prepare(Prepare& prepare, const BatchMatmulFields& fields);
};

}  // namespace octet

#endif  // OCTET_KERNELS_BATCH_MATMUL_OPERANDS_H_
