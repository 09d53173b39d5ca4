// SPDX-License-Identifier: Apache-2.0
//
// Loops of the float matrix product with packed weights:
//   y[i * y_stride + j] = clamp(bias[j] + sum over c of x[i * x_stride + c] * w[j][c], low, high)
// for 0 <= i < m, 0 <= c < k and the columns j of some groups. |error| <= k * 2^-24 * sum of
// |products|; the order of the sum is that of the instruction set.
#ifndef OCTET_KERNELS_GEMM_F32_GEMM_F32_H_
#define OCTET_KERNELS_GEMM_F32_GEMM_F32_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

constexpr int32_t kGemmF32Lanes = 16;

// Start of a packed block; bias (zeros behind n) and weights follow. Weights are
// [group][step][unit of the group][16], in one of two forms:
//   by columns  a step is one c, a unit 16 columns, a group up to 4 units; zeros behind n
//   by rows     a step is 16 c, a unit one column, a group up to 6 units; zeros behind k
// By rows a vector holds numbers of one sum, which is folded at the end: for few columns, where the
// other form would multiply zeros.
//
// Narrow weights are 16 bits each, those of two steps in one lane of 32, the even one low: sign, 5
// bits of exponent, 10 of fraction. Shifted to where float32 has them they are the weight times
// 2^-(96 + top), where 2^top <= the greatest weight < 2^(top + 1): two instructions of any vector
// unit, which is faster than vcvtph2ps (1.64 cycles for a product of 16 lanes, not 2.12, on Zen 4).
//
// Halves, on instruction sets that convert them at no cost: narrow weights are float16 as they are,
// those of two steps and 4 lanes in 16 bytes, the even step first.
struct alignas(64) GemmF32Packed {
  int32_t n, k;
  int32_t by_rows, narrow, top;
  int32_t units, groups;
  int32_t group_units;  // of the last groups; the first wide_groups have one more
  int32_t wide_groups;
  int64_t lines;  // of 64 bytes in a unit: steps, or pairs of narrow ones
  int64_t bias_offset, weights_offset, bytes;

  int32_t first_unit(int32_t group) const {
    return group * group_units + (group < wide_groups ? group : wide_groups);
  }
  int32_t units_of(int32_t group) const { return group_units + (group < wide_groups ? 1 : 0); }
  const float* bias() const {
    return reinterpret_cast<const float*>(reinterpret_cast<const char*>(this) + bias_offset);
  }
  const void* weights(int32_t group) const {
    return reinterpret_cast<const char*>(this) + weights_offset + 64 * lines * first_unit(group);
  }
};

struct GemmF32Call {
  const GemmF32Packed* w;
  const float* x;
  int64_t x_stride;
  float* y;  // column 0, whatever first_group is
  int64_t y_stride;
  int32_t m;
  int32_t first_group, groups;
  float low, high;
  float* scratch;  // of k + kGemmF32Lanes floats, for a single row and narrow weights
};

struct GemmF32Isa {
  Isa isa;
  bool halves;
  void (*run)(const GemmF32Call& call);
};

#define OCTET_GEMM_F32(name) extern const GemmF32Isa name;
#include "kernels/gemm_f32/kernels.inc"
#undef OCTET_GEMM_F32

}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_F32_GEMM_F32_H_
