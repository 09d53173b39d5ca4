// SPDX-License-Identifier: Apache-2.0
//
// y = clamp(requantize(acc) + y_zero, y_min, y_max), the end of every kernel that sums integer
// products. acc is int32, wrapping. Per channel, one of three forms:
//   kFloat     round_half_even(float(acc) * scale)
//   kHalfUp    v = acc << max(shift, 0), wrapping; d = floor((v * multiplier + 2^30) / 2^31);
//              r = max(-shift, 0); floor((d + (r > 0 ? 2^(r-1) : 0)) / 2^r)
//   kHalfAway  the same, but the right shift rounds half away from zero: 1 is subtracted before the
//              division when r > 0 and d < 0
// scale finite; 0 <= multiplier < 2^31; -31 <= shift <= 30. y is u8 (int8 in offset form: zero
// point and bounds + 128), 0 <= y_min <= y_max <= 255, 0 <= y_zero <= 255. All instruction sets
// give the same integers in each form.
#ifndef OCTET_BASE_REQUANTIZE_H_
#define OCTET_BASE_REQUANTIZE_H_

#include <cstddef>
#include <cstdint>

namespace octet {

// kReal does not requantize: y is float(acc) * scale + bias in float32, clamped; see RealBlock.
// Nor does kSum: y is acc + bias, int32.
enum class Rounding : int32_t { kFloat = 0, kHalfUp = 1, kHalfAway = 2, kReal = 3, kSum = 4 };

struct OutputRange {
  int32_t zero, min, max;
  uint8_t flip;  // 0x80: y is stored as int8, that is xor 0x80 after the clamp
};

// Parameters of 16 channels, as the vector code reads them.
constexpr int32_t kRequantizeLanes = 16;

struct alignas(64) FloatBlock {
  int32_t bias[kRequantizeLanes];
  float scale[kRequantizeLanes];
};

// On Arm left is the greater of shift and 0, right the lesser: shl, sqrdmulh and srshl are the
// definition (base/simd_arm.h), and set_lane() returns true. On x86 the vector form, equal to the
// definition above wherever set_lane() returned true, is
//   h = ((acc << left) * multiplier + round64) >> 32
//   kHalfUp: h >> right      kHalfAway: (h + round - (uint32(h) >> sign)) >> right
// kHalfUp with r > 0 has left = 0 and both roundings in round64, since nested floors merge.
//
// Mostly floats do: both forms are floor(acc * s + 1/2 + e), s = multiplier * 2^(shift - 31) and
// e = 2^-(r + 1), negative for a negative sum of kHalfAway; 0 where r == 0. With
//   q = round(fma(float(acc), s * 2^16, (1/2 + e) * 2^16 - 3)) - (kHalfAway, acc < 0 ? step : 0)
// the result is q >> 16 unless q mod 2^16 >= kDoubt: while |acc * s| <= 256 the errors of rounding
// acc, s * 2^16 and the sums are under 1, 1, 1/2 and 1/2, so that q is at most 6 too low, and never
// too high. Beyond 256 the result is beyond all bytes either way. A lane for which q could overflow
// has scale 0 and offset -1 and is always in doubt; a lane of zeros never is.
constexpr int32_t kDoubt = 0xfffa;

struct alignas(64) FixedBlock {
  int32_t bias[kRequantizeLanes];
  int32_t left[kRequantizeLanes];
  int32_t multiplier[kRequantizeLanes];
  int32_t multiplier_odd[kRequantizeLanes];  // lanes 1, 3, ... moved to 0, 2, ...
  int64_t round_even[kRequantizeLanes / 2];
  int64_t round_odd[kRequantizeLanes / 2];
  int32_t right[kRequantizeLanes];
  int32_t round[kRequantizeLanes];
  int32_t sign[kRequantizeLanes];  // 31, or 32 where r == 0
  int32_t shift[kRequantizeLanes];
  float fine_scale[kRequantizeLanes];   // s * 2^16
  float fine_offset[kRequantizeLanes];  // (1/2 + |e|) * 2^16 - 3
  int32_t fine_step[kRequantizeLanes];  // 2 * |e| * 2^16
};

// y = float(acc - x_zero * sums) * (x_scale * scale) + offset, with scale and zero point of x known
// at run time only.
struct alignas(64) RealBlock {
  int32_t bias[kRequantizeLanes];  // 0
  float scale[kRequantizeLanes];
  float offset[kRequantizeLanes];
  int32_t sums[kRequantizeLanes];  // of the channel's weights
};

struct alignas(64) SumBlock {
  int32_t bias[kRequantizeLanes];
};

constexpr int64_t block_bytes(Rounding rounding) {
  return rounding == Rounding::kFloat  ? sizeof(FloatBlock)
         : rounding == Rounding::kReal ? sizeof(RealBlock)
         : rounding == Rounding::kSum  ? sizeof(SumBlock)
                                       : sizeof(FixedBlock);
}

template <Rounding R>
struct BlockOf {
  using Type = FixedBlock;
};
template <>
struct BlockOf<Rounding::kFloat> {
  using Type = FloatBlock;
};
template <>
struct BlockOf<Rounding::kReal> {
  using Type = RealBlock;
};
template <>
struct BlockOf<Rounding::kSum> {
  using Type = SumBlock;
};

// Per-channel parameters as a program has them, any alignment; a form reads only its own.
struct RequantizeSource {
  const std::byte* scale;       // float[channels]
  const std::byte* multiplier;  // int32[channels]
  const std::byte* shift;       // int32[channels]
  int64_t scale_bytes, multiplier_bytes, shift_bytes;
};

// NULL, or the rule that the parameters break.
const char* check_requantize(Rounding rounding, int32_t channels, const RequantizeSource& source);

// Fills one lane of a block of the first three forms. acc_bound >= |acc|: the vector forms need
// |acc| << left and acc * scale to fit 31 bits. False when they do not: only the scalar kernel is
// exact then.
bool set_lane(Rounding rounding, void* block, int32_t lane, int32_t bias,
              const RequantizeSource& source, int32_t channel, int64_t acc_bound);

// The definition on one lane of a block of the first three forms, for portable kernels.
uint8_t requantize(Rounding rounding, int32_t acc, const void* block, int32_t lane,
                   const OutputRange& range);

}  // namespace octet

#endif  // OCTET_BASE_REQUANTIZE_H_
