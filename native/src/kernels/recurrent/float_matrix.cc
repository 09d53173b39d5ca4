// SPDX-License-Identifier: Apache-2.0
#include "kernels/recurrent/float_matrix.h"

namespace octet {
namespace {

// Sums of a chunk stay in the second cache.
constexpr int64_t kChunkFloats = 1 << 15;

}  // namespace

int64_t FloatMatrix::place(int32_t rows, int32_t columns, bool of_int8, int64_t offset) {
  k = rows;
  n = columns;
  integer = of_int8;
  w = align_up(offset);
  const int64_t wide = padded_columns(n);
  if (!integer) return w + wide * k * 4;
  start = align_up(w + wide * padded_rows_i8(k));
  column_sums = align_up(start + wide * 4);
  scale = align_up(column_sums + wide * 4);
  return scale + wide * 4;
}

void FloatMatrix::fill(std::byte* block, const std::byte* from, int32_t first, int32_t columns,
                       float column_scale) const {
  if (!integer) {
    pack_f32(from, columns, k, n, first, reinterpret_cast<float*>(block + w));
    return;
  }
  pack_i8(from, columns, k, n, first, reinterpret_cast<int8_t*>(block + w));
  auto* sums = reinterpret_cast<int32_t*>(block + column_sums);
  auto* starts = reinterpret_cast<int32_t*>(block + start);
  auto* scales = reinterpret_cast<float*>(block + scale);
  sum_rows_i8(from, columns, k, sums + first);
  for (int32_t j = first; j < first + columns; ++j) {
    starts[j] = -kRaise * sums[j];
    scales[j] = column_scale;
  }
}

int64_t FloatMatrix::scratch(int64_t m) const {
  if (!integer) return 0;
  return align_up(m * padded_rows_i8(k) + kSlack) + align_up(m * padded_columns(n) * 4);
}

void FloatMatrix::accumulate(Run& run, const RecurrentIsa& isa, const std::byte* block,
                             const float* x, int64_t x_stride, int32_t m, bool asymmetric, float* y,
                             int64_t y_stride, std::byte* scratch) const {
  if (!integer) {
    multiply(run, isa,
             {x, x_stride, m, k, n, reinterpret_cast<const float*>(block + w), y, y_stride});
    return;
  }
  const int64_t q_stride = padded_rows_i8(k), wide = padded_columns(n);
  auto* q = reinterpret_cast<uint8_t*>(scratch);
  auto* sums = reinterpret_cast<int32_t*>(scratch + align_up(m * q_stride + kSlack));
  constexpr int32_t kRows = 16;
  for (int32_t first = 0; first < m; first += kRows) {
    const int32_t rows = m - first < kRows ? m - first : kRows;
    float scales[kRows];
    int32_t zeros[kRows];
    for (int32_t i = 0; i < rows; ++i) {
      isa.quantize(x + (first + i) * x_stride, k, asymmetric, q + i * q_stride, &scales[i],
                   &zeros[i]);
    }
    multiply(run, isa,
             {q, q_stride, rows, k, n, reinterpret_cast<const int8_t*>(block + w),
              reinterpret_cast<const int32_t*>(block + start), sums, wide});
    for (int32_t i = 0; i < rows; ++i) {
      isa.add_scaled(sums + i * wide, reinterpret_cast<const int32_t*>(block + column_sums),
                     reinterpret_cast<const float*>(block + scale), scales[i], zeros[i], n,
                     y + (first + i) * y_stride);
    }
  }
}

int32_t Sequence::chunk(int64_t columns) const {
  const int64_t floats = columns * batch;
  const int64_t count = floats <= 0 || floats >= kChunkFloats ? 1 : kChunkFloats / floats;
  return count < steps ? static_cast<int32_t>(count) : steps;
}

void Sequence::accumulate(Run& run, const RecurrentIsa& isa, const FloatMatrix& w,
                          const std::byte* block, const float* x, int32_t first, int32_t count,
                          bool asymmetric, float* y, int64_t y_stride, std::byte* scratch) const {
  if (time_major) {
    w.accumulate(run, isa, block, x + row(first, 0) * w.k, w.k, count * batch, asymmetric, y,
                 y_stride, scratch);
    return;
  }
  for (int32_t b = 0; b < batch; ++b) {
    w.accumulate(run, isa, block, x + row(first, b) * w.k, w.k, count, asymmetric, y + b * y_stride,
                 batch * y_stride, scratch);
  }
}

bool read_sequence(Prepare& prepare, const Value& x, int32_t k, bool time_major, bool reverse,
                   Sequence* sequence) {
  if (!prepare.check(x.rank == 2 || x.rank == 3, "x is [batch, k] or a sequence of it") ||
      !prepare.check(x.dim(x.rank - 1) == k, "x has not the weights' last dimension")) {
    return false;
  }
  if (x.rank == 2) {
    *sequence = {1, x.dim(0), true, reverse};
  } else {
    *sequence = {x.dim(time_major ? 0 : 1), x.dim(time_major ? 1 : 0), time_major, reverse};
  }
  return true;
}

}  // namespace octet
