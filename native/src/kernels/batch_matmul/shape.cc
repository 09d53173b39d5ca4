// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_matmul/batch_matmul.h"

namespace octet {

bool MatmulShape::prepare(Prepare& prepare, const Value& x, const Value& w, const Value& y,
                          bool adj_x, bool adj_y) {
  if (!prepare.check(x.dense && w.dense && y.dense && !y.constant,
                     "x, w and y are dense, y no constant") ||
      !prepare.check(w.rank >= 2, "w is a matrix")) {
    return false;
  }
  n = w.dims[w.rank - (adj_y ? 2 : 1)];
  k = w.dims[w.rank - (adj_y ? 1 : 2)];
  w_n = adj_y ? k : 1;
  w_k = adj_y ? 1 : n;
  rank = 0;
  batches = 1;
  if (w.rank == 2 && !adj_x) {
    m = n > 0 ? y.elements / n : k > 0 ? x.elements / k : 0;
    x_m = k;
    x_k = 1;
    return prepare.check(x.elements == m * k && y.elements == m * n,
                         "x, w and y do not go together");
  }
  const int32_t full = x.rank > w.rank ? x.rank : w.rank;
  if (!prepare.check(x.rank >= 2 && y.rank == full, "x and y are matrices")) return false;
  m = x.dims[x.rank - (adj_x ? 1 : 2)];
  x_m = adj_x ? 1 : k;
  x_k = adj_x ? m : 1;
  if (!prepare.check(
          x.dims[x.rank - (adj_x ? 2 : 1)] == k && y.dims[full - 2] == m && y.dims[full - 1] == n,
          "x, w and y do not go together")) {
    return false;
  }
  // strides are of no use, and could overflow, where a dimension is 0
  int64_t x_stride = x.elements == 0 ? 0 : m * k, w_stride = w.elements == 0 ? 0 : k * n;
  for (int32_t axis = full - 3; axis >= 0; --axis) {
    const int32_t x_axis = axis - (full - x.rank), w_axis = axis - (full - w.rank);
    const int32_t x_dim = x_axis < 0 ? 1 : x.dims[x_axis], w_dim = w_axis < 0 ? 1 : w.dims[w_axis];
    const int32_t dim = x_dim == 1 ? w_dim : x_dim;
    if (!prepare.check((w_dim == dim || w_dim == 1) && y.dims[axis] == dim,
                       "batches do not go together")) {
      return false;
    }
    dims[axis] = dim;
    x_strides[axis] = x_dim == 1 ? 0 : x_stride;
    w_strides[axis] = w_dim == 1 ? 0 : w_stride;
    x_stride *= x_dim;
    w_stride *= w_dim;
  }
  rank = full - 2;
  batches = y.elements == 0 ? 0 : y.elements / (m * n);
  return true;
}

void MatmulShape::offsets(int64_t batch, int64_t* x, int64_t* w) const {
  *x = 0;
  *w = 0;
  for (int32_t i = rank - 1; i >= 0; --i) {
    const int64_t at = batch % dims[i];
    batch /= dims[i];
    *x += at * x_strides[i];
    *w += at * w_strides[i];
  }
}

}  // namespace octet
