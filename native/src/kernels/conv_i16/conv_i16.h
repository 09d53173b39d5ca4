// SPDX-License-Identifier: Apache-2.0
//
// y[m][n] = clamp(requantize(bias[n] + sum over s, k of x(m, s, k) * w[n][s][k]))   (base/words.h)
//
// A product of int16 rows and int8 weights: x(m, s, k) is the element at x + m * x_stride +
// segment_offset[s] + k for 0 <= k < segment. Segments are those of gemm_i8: one for a plain matrix
// product, kh or kh * kw for a convolution. Up to 31 elements behind each segment are read and do
// not matter.
//
// Weights stay int8 and are widened in registers to pairs of int16, so that two products meet in an
// int32 lane. A channel has `spread` lanes of a vector, which take pairs of k in turn and are added
// up at the end: 2 channels of 16 lanes would leave 14 unused. Sums are exact: 32768 * sum |w| <=
// 2^31 - 1, which a channel's weights decide at load, keeps them in int32; where that fails, they
// are split in two every kI16Flush steps: 510 * 128 * 32768 < 2^31.
//
// NEON takes one column a lane. ARMv8.0 multiplies words by widened weights, an element of x at a
// time. Where there are dot products of bytes, x = 256 * h + l + 128 with h and l of int8: two dot
// products of 16 bytes do what eight long multiplications of words would.
#ifndef OCTET_KERNELS_CONV_I16_CONV_I16_H_
#define OCTET_KERNELS_CONV_I16_CONV_I16_H_

#include <cstdint>

#include "base/isa.h"
#include "base/words.h"

namespace octet {

constexpr int32_t kI16Flush = 255;
constexpr int64_t kI16MostK = int64_t{1} << 23;  // flushed sums of 16 bits stay in int32
constexpr int64_t kI16MostPlanesK = 1 << 15;     // sums of products of bytes and start below 2^30

struct ConvI16Shape {
  int32_t n, segments, segment;
  WordForm form;
};

// Start of a packed block. Vectors of channels are taken in groups of up to 4:
// [group][segment][step * step_k / run][vector of the group][channel][run of k], zeros where a
// segment or n is padded. A run is all of a step, `spread` lanes of 2, but for NEON: 1 of 2, or 4,
// groups of one vector, and as many columns of the last one as are whole fours.
struct alignas(64) ConvI16Weights {
  ConvI16Shape shape;
  int32_t lanes;    // of a vector
  int32_t spread;   // lanes of a channel, a power of two
  int32_t step_k;   // k of a step
  int32_t run;      // of them that stand together
  int32_t steps;    // of one segment: ceil(segment / step_k)
  int32_t columns;  // n, padded
  int32_t vectors;  // ceil(n / (lanes / spread))
  int32_t groups;
  int32_t group_vectors;  // of the last groups; the first wide_groups have one more
  int32_t wide_groups;
  int32_t rows;          // that share a pass over a group's weights
  int32_t narrow;        // no flush is needed
  int32_t vector_exact;  // 0: only the scalar kernel is exact
  int64_t blocks_offset;
  int64_t start_offset;  // of kNeonDot: 128 * sum w of each column
  int64_t weights_offset;

  int32_t channels() const { return lanes / spread; }
  int32_t first_vector(int32_t group) const {
    return group * group_vectors + (group < wide_groups ? group : wide_groups);
  }
  int32_t vectors_of(int32_t group) const { return group_vectors + (group < wide_groups ? 1 : 0); }
  int32_t columns_of(int32_t group) const {
    const int32_t left = columns - first_vector(group) * channels();
    const int32_t most = vectors_of(group) * channels();
    return left < most ? left : most;
  }
  const WordBlock& block(int32_t vector) const {
    return reinterpret_cast<const WordBlock*>(reinterpret_cast<const char*>(this) +
                                              blocks_offset)[vector];
  }
  const int32_t* start(int32_t group) const {
    return reinterpret_cast<const int32_t*>(reinterpret_cast<const char*>(this) + start_offset) +
           first_vector(group) * channels();
  }
  const int8_t* weights(int32_t group) const {
    return reinterpret_cast<const int8_t*>(this) + weights_offset +
           int64_t{step_k} * channels() * first_vector(group) * shape.segments * steps;
  }
};

// NULL, or the rule that the shape breaks.
const char* check_conv_i16(const ConvI16Shape& shape);
// A header for a kernel of `isa`, but for narrow and vector_exact, and its packed size. Where
// vectors are not exact the layout is that of Isa::kScalar.
ConvI16Weights conv_i16_layout(const ConvI16Shape& shape, Isa isa);
int64_t conv_i16_packed_bytes(const ConvI16Weights& layout);
// packed: zeroed and 64-byte aligned, of the layout's size. False when vectors are not exact.
bool conv_i16_pack(const ConvI16Weights& layout, const std::byte* w, const WordSource& source,
                   void* packed);

struct ConvI16Call {
  const ConvI16Weights* w;
  const int16_t* x;
  int64_t x_stride;
  const int64_t* segment_offset;
  int16_t* y;  // column 0, whatever first_group is
  int64_t y_stride;
  int32_t m;
  int32_t first_group, groups;
  int32_t min, max;
};
using ConvI16Function = void (*)(const ConvI16Call& call);

#define OCTET_CONV_I16(isa, function) void function(const ConvI16Call& call);
#include "kernels/conv_i16/kernels.inc"
#undef OCTET_CONV_I16

// The best kernel of a cluster that is exact for these weights.
ConvI16Function select_conv_i16(Isa isa, const ConvI16Weights& weights);

}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_CONV_I16_H_
