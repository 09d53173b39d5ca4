// SPDX-License-Identifier: Apache-2.0
#include "kernels/lstm_i8/layer_norm.h"

#include "base/fixed_point.h"

namespace octet {
namespace {

int32_t product(int32_t a, int32_t b) { return saturating_rounding_doubling_high_mul(a, b); }

int32_t shift_saturating(int32_t v, int32_t left) {
  const int64_t wide = int64_t{v} * (int64_t{1} << left);
  return static_cast<int32_t>(wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : wide);
}

int32_t low_bits(int64_t v) { return static_cast<int32_t>(static_cast<uint32_t>(v)); }

}  // namespace

Factor reciprocal_root(int32_t v) {
  if (v <= 1) return {INT32_MAX, 0};
  int32_t shift = 11;
  while (v >= 1 << 29) {
    v /= 4;
    ++shift;
  }
  // to [2^27, 2^29), by an even number of bits
  const int32_t pairs = (__builtin_clz(static_cast<uint32_t>(v)) - 1) / 2 - 1;
  shift -= pairs;
  v = low_bits(int64_t{v} << (2 * pairs));
  // three bits before the point leave room for the iteration
  const int32_t half = rounding_divide_half_away(v >> 1, 1);
  constexpr int32_t kHalfThree = (1 << 28) + (1 << 27);
  constexpr int32_t kHalfRootTwo = 1518500250;
  int32_t x = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const int32_t cube = shift_saturating(product(product(x, x), x), 6);
    x = shift_saturating(low_bits(int64_t{product(kHalfThree, x)} - product(half, cube)), 3);
  }
  x = product(x, kHalfRootTwo);
  if (shift < 0) {
    x = low_bits(int64_t{x} * (int64_t{1} << -shift));
    shift = 0;
  }
  return {x, -shift};
}

void normalize_i16(const int16_t* scale, const int32_t* bias, Factor factor, int32_t guard,
                   int32_t n, int16_t* y) {
  int64_t sum = 0, squares = 0;
  for (int32_t j = 0; j < n; ++j) {
    sum += y[j];
    squares += int32_t{y[j]} * y[j];
  }
  const auto mean = static_cast<int32_t>(sum * 1024 / n);
  const int64_t variance = squares * ((1 << 20) / n) - int64_t{mean} * mean;
  int32_t whole = low_bits(variance / (1 << 20));
  if (whole < 1) whole = guard;
  const Factor root = reciprocal_root(whole);
  for (int32_t j = 0; j < n; ++j) {
    const int32_t scaled = multiply_half_away(1024 * y[j] - mean, root.multiplier, root.shift);
    const int64_t v = low_bits(int64_t{scaled} * scale[j] + bias[j]);
    const auto rounded = static_cast<int32_t>((v > 0 ? v + 512 : v - 512) / 1024);
    const int32_t z = multiply_half_away(rounded, factor.multiplier, factor.shift);
    y[j] = static_cast<int16_t>(z < -32768 ? -32768 : z > 32767 ? 32767 : z);
  }
}

}  // namespace octet
