// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_POOL_H_
#define OCTET_PROGRAM_POOL_H_

#include "base/window.h"
#include "program/quant8.h"

namespace octet {

#define OCTET_POOL_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                          \
  VALUE(y)                                          \
  I32(kh)                                           \
  I32(kw)                                           \
  I32(stride_h)                                     \
  I32(stride_w)                                     \
  I32(pad_top)                                      \
  I32(pad_left)                                     \
  I32(y_min)                                        \
  I32(y_max)                                        \
  F32(act_min)                                      \
  F32(act_max)
OCTET_FIELDS(PoolFields, OCTET_POOL_FIELDS);

// A pooling window over [n,h,w,c] of f32, int8, uint8 or int16. x may have a border, int8 values
// may be flipped; y is dense and apart from x. Every window has at least one element of x.
struct Pool {
  Value x, y;
  WindowAxis h, w;
  int32_t y_min, y_max;
  float act_min, act_max;
  int32_t rows, rows_per_task;

  // With `floats`, f32 is the only type.
  bool prepare(Prepare& prepare, bool floats = false);
  // First element of x[n, ih, iw, c] for tap (kh, kw) of output row `row`, column `ow`.
  int64_t at(int32_t row, int32_t kh, int32_t ow, int32_t kw, int32_t c) const {
    const int64_t ih = h.origin(row % h.out) + int64_t{kh};
    const int64_t iw = w.origin(ow) + int64_t{kw};
    return row / h.out * x.strides[0] + ih * x.strides[1] + iw * x.strides[2] + c;
  }
  void run(Run& run, void (*row)(const Pool& pool, int32_t row)) const;
};

}  // namespace octet

#endif  // OCTET_PROGRAM_POOL_H_
