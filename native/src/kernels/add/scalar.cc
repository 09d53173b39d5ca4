// SPDX-License-Identifier: Apache-2.0
#include "kernels/add/add.h"

namespace octet {
namespace {

constexpr int64_t kBlock = 256;

// multiply_half_away without branches, so that the compiler makes vectors of it.
template <typename T>
void requantize(const AddQuantized& s, const int32_t* sums, T* y, int64_t n) {
  const int64_t multiplier = s.y_multiplier;
  const int32_t exponent = -s.y_shift;
  const int32_t half = exponent == 0 ? 0 : 1 << (exponent - 1);
  const int32_t sign = exponent == 0 ? 0 : -1;
  const int32_t low = s.y_min, high = s.y_max, zero = s.y_zero, offset = s.y_offset;
  const uint8_t mask = s.y_mask;
  for (int64_t i = 0; i < n; ++i) {
    const auto product = static_cast<uint64_t>(sums[i] * multiplier + (int64_t{1} << 30));
    const auto rounded = static_cast<int32_t>(static_cast<uint32_t>(product >> 31));
    const auto nudged = static_cast<int32_t>(static_cast<uint32_t>(rounded) + half +
                                             static_cast<uint32_t>((rounded >> 31) & sign));
    int32_t v = (nudged >> exponent) + zero;
    v = v < low ? low : v;
    v = v > high ? high : v;
    y[i] = static_cast<T>((v + offset) ^ mask);
  }
}

void shift_once(const AddQuantized& s, const int32_t* sums, uint8_t* y, int64_t n) {
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

int32_t sum(const AddQuantized& s, int32_t a, int32_t b) {
  const auto other = static_cast<uint32_t>(b);
  return static_cast<int32_t>(static_cast<uint32_t>(a) + (s.subtract ? 0u - other : other));
}

void row8(const AddQuantized& s, const uint8_t* a, int64_t a_step, const uint8_t* b, int64_t b_step,
          uint8_t* y, int64_t n) {
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t count = n - first < kBlock ? n - first : kBlock;
    int32_t sums[kBlock];
    for (int64_t i = 0; i < count; ++i) {
      sums[i] = sum(s, s.a_scaled[a[(first + i) * a_step]], s.b_scaled[b[(first + i) * b_step]]);
    }
    if (s.single) {
      shift_once(s, sums, y + first, count);
    } else {
      requantize(s, sums, y + first, count);
    }
  }
}

void row16(const AddQuantized& s, const int16_t* a, int64_t a_step, const int16_t* b,
           int64_t b_step, int16_t* y, int64_t n) {
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t count = n - first < kBlock ? n - first : kBlock;
    int32_t sums[kBlock];
    for (int64_t i = 0; i < count; ++i) {
      sums[i] = sum(s, add_scaled(s, s.a, a[(first + i) * a_step]),
                    add_scaled(s, s.b, b[(first + i) * b_step]));
    }
    requantize(s, sums, y + first, count);
  }
}

}  // namespace

const AddIsa add__scalar = {Isa::kScalar, row8, row16};

}  // namespace octet
