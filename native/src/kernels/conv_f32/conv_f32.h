// SPDX-License-Identifier: Apache-2.0
//
// Tiles of the float convolution: a GEMM whose rows are output pixels at equal distances.
//   y[i * y_step + j] = clamp(bias[j] + sum over t, c of x[x_at[t] + i * x_step + c] *
//                             w[w_at[t] + c * nr + j], low, high)
// for 0 <= i < m, 0 <= j < n, 0 <= t < taps, 0 <= c < k. Products are fused where the instruction
// set has it: |error| <= taps * k * 2^-24 * sum of |products|. With halves x and w are rounded to
// float16, and up to kConvF32Halves products of an output are summed in float16 before they are
// added in float32: |error| <= 2^-6 * sum of |products|, 2^-9.7 measured; beyond 65504 a
// number or such a sum is infinite. w_at and panel_stride count floats there too.
#ifndef OCTET_KERNELS_CONV_F32_CONV_F32_H_
#define OCTET_KERNELS_CONV_F32_CONV_F32_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

constexpr int32_t kConvF32Ahead = 16;  // a line of the cache
constexpr int32_t kConvF32Halves = 64;

struct ConvF32Tile {
  const float* x;
  const int64_t *x_at, *w_at;
  int64_t x_step;
  int32_t taps, k;
  const float* w;  // zero behind the last column, up to nr
  int32_t nr;
  const float* bias;  // likewise
  float* y;
  int64_t y_step;
  int32_t n;
  float low, high;
  const float* ahead;  // fetched into the cache, kConvF32Ahead floats for each of taps * k
};

// Tiles whose n goes over several panels, which lie panel_stride floats apart. [ahead, ahead_end)
// is fetched into the cache meanwhile, in place of the pixels that follow.
struct ConvF32Panels {
  ConvF32Tile tile;
  int64_t panel_stride;
  const float *ahead, *ahead_end;
};

// A tile of up to kConvF32Units units of columns. A unit is half a vector, so that what remains of
// the columns behind whole vectors need not cost a whole one; or a vector where there are no
// halves.
constexpr int32_t kConvF32Units = 6;
constexpr int32_t kConvF32Rows = 12;

struct ConvF32Isa {
  Isa isa;
  int32_t lanes, unit, vectors;  // numbers of a vector and of a unit; most vectors of a tile
  bool halves;                   // weights are float16, two in the place of a float
  // run[u - 1][m - 1] computes m rows of u units of which the last is the one that n ends in; it is
  // NULL where m is more than the registers hold.
  void (*run[kConvF32Units][kConvF32Rows])(const ConvF32Tile& tile);
  void (*run_row)(const ConvF32Panels& row);  // m = 1

  int32_t units(int32_t n) const { return (n + unit - 1) / unit; }
  // Most rows of a tile of 0 <= n columns.
  int32_t rows(int32_t n) const {
    if (n == 0) return 1;
    int32_t m = 1;
    while (m < kConvF32Rows && run[units(n) - 1][m] != nullptr) ++m;
    return m;
  }
  // Columns of a panel for weights of n columns.
  int32_t panel(int32_t n) const;
  // Any m >= 0, in tiles of about equal height, of `most` = rows(n) or fewer. Leaves x and y of the
  // tile elsewhere.
  void run_rows(ConvF32Panels* panels, int32_t m, int32_t most) const;
};

// What the packer makes, before: bias (zero behind co), panels [panel][kh][kw][ci][nr]. Offsets are
// in bytes.
struct ConvF32Packed {
  int32_t co, kh, kw, ci;
  int32_t nr, panels;
  int32_t row;  // floats that nr weights take: nr, or half of it
  int64_t bias_offset, panels_offset;
};

// The loops for these weights, the same at load and later.
const ConvF32Isa& select_conv_f32(Isa isa);
// The loops for weights that are floats, as a caller's own panels.
const ConvF32Isa& select_conv_f32_floats(Isa isa);

#define OCTET_CONV_F32(name) extern const ConvF32Isa name;
#include "kernels/conv_f32/kernels.inc"
#undef OCTET_CONV_F32

}  // namespace octet

#endif  // OCTET_KERNELS_CONV_F32_CONV_F32_H_
