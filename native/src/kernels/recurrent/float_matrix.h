// SPDX-License-Identifier: Apache-2.0
//
// A packed matrix that multiplies rows of floats: of floats, or of int8 with a scale for every
// column, whose rows of x are quantized at run time.
#ifndef OCTET_KERNELS_RECURRENT_FLOAT_MATRIX_H_
#define OCTET_KERNELS_RECURRENT_FLOAT_MATRIX_H_

#include "kernels/recurrent/recurrent.h"
#include "program/kernel.h"

namespace octet {

// Greatest rows and columns of one weights tensor: sums of products of bytes stay within int32.
constexpr int32_t kGreatestDimension = 1 << 16;

struct FloatMatrix {
  int32_t k, n;
  bool integer;
  // offsets into the packed block
  int64_t w, start, column_sums, scale;

  // Reserves its bytes behind `offset`; returns the end.
  int64_t place(int32_t rows, int32_t columns, bool of_int8, int64_t offset);
  // Bytes of one of its elements in a file.
  int64_t element() const { return integer ? 1 : 4; }
  // Packs columns first to first + columns - 1 from w, [columns][k].
  void fill(std::byte* block, const std::byte* w, int32_t first, int32_t columns,
            float scale) const;

  // Scratch bytes for products of at most m rows.
  int64_t scratch(int64_t m) const;
  // y[i] += x[i] * w for m rows; rows of y have padded_columns(n) floats.
  void accumulate(Run& run, const RecurrentIsa& isa, const std::byte* block, const float* x,
                  int64_t x_stride, int32_t m, bool asymmetric, float* y, int64_t y_stride,
                  std::byte* scratch) const;
};

// Rows of time and batch: x is [time][batch][k] or [batch][time][k].
struct Sequence {
  int32_t steps, batch;
  bool time_major, reverse;

  // Steps to do at once when each row of sums has `columns` floats.
  int32_t chunk(int64_t columns) const;
  int64_t row(int32_t t, int32_t b) const {
    return time_major ? int64_t{t} * batch + b : int64_t{b} * steps + t;
  }
  // y[(t - first) * batch + b] += x[row(t, b)] * w for `count` steps from `first` on.
  void accumulate(Run& run, const RecurrentIsa& isa, const FloatMatrix& w, const std::byte* block,
                  const float* x, int32_t first, int32_t count, bool asymmetric, float* y,
                  int64_t y_stride, std::byte* scratch) const;
};

// Reads the shape of x, [batch][k] or a sequence of it, and checks its last dimension.
bool read_sequence(Prepare& prepare, const Value& x, int32_t k, bool time_major, bool reverse,
                   Sequence* sequence);

}  // namespace octet

#endif  // OCTET_KERNELS_RECURRENT_FLOAT_MATRIX_H_
