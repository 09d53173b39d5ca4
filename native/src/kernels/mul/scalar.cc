// SPDX-License-Identifier: Apache-2.0
#include "kernels/mul/mul.h"

namespace octet {
namespace {

int32_t number(uint8_t x, const MulInput& input) { return (x ^ input.mask) - input.zero; }
int32_t number(int16_t x, const MulInput&) { return x; }

int32_t real(const MulQuantized& s, int32_t product) {
  constexpr float kToInteger = 12582912.0f;  // 1.5 * 2^23: the sum has no fraction bits
  const auto low = static_cast<float>(s.y_min - s.y_zero);
  const auto high = static_cast<float>(s.y_max - s.y_zero);
  float value = static_cast<float>(product) * s.scale;
  value = value < low ? low : value > high ? high : value;
  return static_cast<int32_t>((value + kToInteger) - kToInteger);
}

// As multiply_half_away; what overflows in the last step wraps, as vectors do.
int32_t fixed(const MulQuantized& s, int32_t product) {
  const int32_t exponent = s.shift > 0 ? 0 : -s.shift;
  const int32_t high =
      saturating_rounding_doubling_high_mul(shifted_left(product, s.shift), s.multiplier);
  const uint32_t half = exponent == 0 ? 0 : 1u << (exponent - 1);
  const uint32_t sign = exponent > 0 && high < 0 ? 1 : 0;
  return static_cast<int32_t>(static_cast<uint32_t>(high) + half - sign) >> exponent;
}

int32_t halved(int32_t product) {
  const int32_t h = (product + (1 << 14)) >> 15;
  return rounding_divide_half_away(h > INT16_MAX ? INT16_MAX : h, 8);
}

template <typename T, typename Y, typename R>
void rounded(const MulQuantized& s, const T* a, int64_t a_step, const T* b, int64_t b_step, Y* y,
             int64_t n, const R& round) {
  for (int64_t i = 0; i < n; ++i) {
    const int32_t product = number(a[i * a_step], s.a) * number(b[i * b_step], s.b);
    auto v = static_cast<int32_t>(static_cast<uint32_t>(round(product)) +
                                  static_cast<uint32_t>(s.y_zero));
    v = v < s.y_min ? s.y_min : v > s.y_max ? s.y_max : v;
    y[i] = static_cast<Y>((v + s.y_offset) ^ s.y_mask);
  }
}

template <typename T>
void row(const MulQuantized& s, const T* a, int64_t a_step, const T* b, int64_t b_step, T* y,
         int64_t n) {
  if (s.real) {
    rounded(s, a, a_step, b, b_step, y, n, [&s](int32_t p) { return real(s, p); });
  } else {
    rounded(s, a, a_step, b, b_step, y, n, [&s](int32_t p) { return fixed(s, p); });
  }
}

void row16_8(const MulQuantized& s, const int16_t* a, int64_t a_step, const int16_t* b,
             int64_t b_step, uint8_t* y, int64_t n) {
  rounded(s, a, a_step, b, b_step, y, n, halved);
}

}  // namespace

const MulIsa mul__scalar = {Isa::kScalar, row<uint8_t>, row<int16_t>, row16_8};

}  // namespace octet
