// SPDX-License-Identifier: Apache-2.0
//
// Fixed-point multiplication in TensorFlow Lite's steps: a real factor is multiplier * 2^(shift-31)
// with 2^30 <= multiplier < 2^31 (or 0) and -31 <= shift <= 30. First the product's high half,
// rounded half toward plus infinity; then a division by a power of two, rounded half away from zero
// (HALF_AWAY) or half toward plus infinity (HALF_UP).
#ifndef OCTET_BASE_FIXED_POINT_H_
#define OCTET_BASE_FIXED_POINT_H_

#include <cstdint>

namespace octet {

constexpr int32_t kMinShift = -31;
constexpr int32_t kMaxShift = 30;

// round(a * b / 2^31), halves toward plus infinity; the one product that does not fit saturates.
static inline int32_t saturating_rounding_doubling_high_mul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return static_cast<int32_t>((int64_t{a} * b + (int64_t{1} << 30)) >> 31);
}

// round(x / 2^exponent), halves away from zero; 0 <= exponent <= 31.
static inline int32_t rounding_divide_half_away(int32_t x, int32_t exponent) {
  const int64_t half = (int64_t{1} << exponent) >> 1;
  return static_cast<int32_t>((x + half - (exponent > 0 && x < 0)) >> exponent);
}

// round(x / 2^exponent), halves toward plus infinity; 0 <= exponent <= 31.
static inline int32_t rounding_divide_half_up(int32_t x, int32_t exponent) {
  const int64_t half = (int64_t{1} << exponent) >> 1;
  return static_cast<int32_t>((x + half) >> exponent);
}

// x * 2^max(shift, 0), bits beyond 32 lost as in TensorFlow Lite's binary.
static inline int32_t shifted_left(int32_t x, int32_t shift) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) << (shift > 0 ? shift : 0));
}

static inline int32_t multiply_half_away(int32_t x, int32_t multiplier, int32_t shift) {
  const int32_t high = saturating_rounding_doubling_high_mul(shifted_left(x, shift), multiplier);
  return rounding_divide_half_away(high, shift > 0 ? 0 : -shift);
}

static inline int32_t multiply_half_up(int32_t x, int32_t multiplier, int32_t shift) {
  const int32_t high = saturating_rounding_doubling_high_mul(shifted_left(x, shift), multiplier);
  return rounding_divide_half_up(high, shift > 0 ? 0 : -shift);
}

// round(x * multiplier * 2^(shift - 31)), halves up, the multiplier rounded to 16 bits first: for
// sums wider than 32 bits. -31 <= shift <= 14; bits beyond 32 of the result are lost.
constexpr int32_t kMaxWideShift = 14;

static inline int32_t wide_multiplier(int32_t multiplier) {
  return multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
}

static inline int32_t multiply_wide(int64_t x, int32_t multiplier, int32_t shift) {
  const auto reduced = static_cast<uint64_t>(wide_multiplier(multiplier));
  const uint64_t product = static_cast<uint64_t>(x) * reduced + (uint64_t{1} << (14 - shift));
  const int64_t shifted = static_cast<int64_t>(product) >> (15 - shift);
  return static_cast<int32_t>(static_cast<uint32_t>(shifted));
}

}  // namespace octet

#endif  // OCTET_BASE_FIXED_POINT_H_
