// SPDX-License-Identifier: Apache-2.0
//
// What the kernels of matrix products of two values share: shapes and the walk over batches.
#ifndef OCTET_KERNELS_BATCH_MATMUL_BATCH_MATMUL_H_
#define OCTET_KERNELS_BATCH_MATMUL_BATCH_MATMUL_H_

#include "program/kernel.h"

namespace octet {

// x [..., m, k], or [..., k, m] with adj_x; w [..., k, n], or [..., n, k] with adj_y; y [..., m,
// n]. The leading dimensions are aligned at the last and equal, or 1 in one of x and w. A w of rank
// 2 without adj_x takes x and y of any shapes with m * k and m * n elements.
struct MatmulShape {
  int64_t m, n, k;
  int64_t batches;
  int32_t rank;  // of the loops over batches, outermost first
  int32_t dims[kMaxRank];
  int64_t x_strides[kMaxRank], w_strides[kMaxRank];
  int64_t x_m, x_k, w_k, w_n;  // strides in elements

  // False (with the error written) when the shapes do not go together. Checks that all are dense
  // and y is no constant.
  bool prepare(Prepare& prepare, const Value& x, const Value& w, const Value& y, bool adj_x,
               bool adj_y);
  // Elements before the matrices of a batch; those of y are batch * m * n.
  void offsets(int64_t batch, int64_t* x, int64_t* w) const;
};

}  // namespace octet

#endif  // OCTET_KERNELS_BATCH_MATMUL_BATCH_MATMUL_H_
