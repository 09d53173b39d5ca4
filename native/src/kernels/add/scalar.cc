// SPDX-License-Identifier: Apache-2.0
#include "kernels/add/add.h"

namespace octet {
namespace {

constexpr int64_t kBlock = 256;

// multiply_half_away without branches, so that the compiler makes vectors of it.
void requantize(const AddI8& s, const int32_t* sums, uint8_t* y, int64_t n) {
  const int64_t multiplier = s.y_multiplier;
  const int32_t exponent = -s.y_shift;
  const int32_t half = exponent == 0 ? 0 : 1 << (exponent - 1);
  const int32_t sign = exponent == 0 ? 0 : -1;
  const int32_t low = s.y_min, high = s.y_max, zero = s.y_zero, offset = s.y_offset;
  const uint8_t mask = s.y_mask;
  for (int64_t i = 0; i < n; ++i) {
    const auto product = static_cast<uint64_t>(sums[i] * multiplier + (int64_t{1} << 30));
    const auto rounded = static_cast<int32_t>(static_cast<uint32_t>(product >> 31));
    int32_t v = ((rounded + half + ((rounded >> 31) & sign)) >> exponent) + zero;
    v = v < low ? low : v;
    v = v > high ? high : v;
    y[i] = static_cast<uint8_t>(v + offset) ^ mask;
  }
}

void shift_once(const AddI8& s, const int32_t* sums, uint8_t* y, int64_t n) {
  const int32_t exponent = -s.y_shift, half = 1 << (exponent - 1);
  const int32_t low = s.y_min, high = s.y_max, zero = s.y_zero, offset = s.y_offset;
  const uint8_t mask = s.y_mask;
  for (int64_t i = 0; i < n; ++i) {
    int32_t v = ((sums[i] + half) >> exponent) + zero;
    v = v < low ? low : v;
    v = v > high ? high : v;
    y[i] = static_cast<uint8_t>(v + offset) ^ mask;
  }
}

int64_t run(const AddI8& s, const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t n) {
  // look-ups are faster than two products, from a few hundred elements on
  constexpr int64_t kWorthTables = 512;
  if (n < kWorthTables) return 0;
  int32_t a_scaled[256], b_scaled[256];
  for (int32_t x = 0; x < 256; ++x) {
    a_scaled[x] = add_i8_scaled(s, s.a, static_cast<uint8_t>(x));
    b_scaled[x] = add_i8_scaled(s, s.b, static_cast<uint8_t>(x));
  }
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t count = n - first < kBlock ? n - first : kBlock;
    int32_t sums[kBlock];
    for (int64_t i = 0; i < count; ++i) sums[i] = a_scaled[a[first + i]] + b_scaled[b[first + i]];
    (s.single ? shift_once : requantize)(s, sums, y + first, count);
  }
  return n;
}

}  // namespace

const AddI8Isa add_i8__scalar = {Isa::kScalar, run};

}  // namespace octet
