// SPDX-License-Identifier: Apache-2.0
//
// What lanes_avx2.h and lanes_avx512.h have in common. Included by them.

// |x| * |y| of two of them fits int32.
using Number = V;

// (p[i] ^ mask) - zero.
inline Number load_number(const uint8_t* p, uint8_t mask, int32_t zero) {
  return sub(exclusive_or(load(p), splat(mask)), splat(zero));
}
inline Number load_number(const int16_t* p, uint8_t, int32_t) { return load(p); }
inline Number splat_number(int32_t x) { return splat(x); }
inline V product(Number a, Number b) { return low_product(a, b); }

// (clamp(v + zero, least, most) + offset) ^ mask, to be stored; of int16 without the last two.
template <typename Y>
struct Ending {
  V zero, low, high, offset, flip;

  Ending(int32_t zero_point, int32_t least_y, int32_t most_y, int32_t y_offset, uint8_t mask)
      : zero(splat(zero_point)),
        low(splat(least_y)),
        high(splat(most_y)),
        offset(splat(y_offset)),
        flip(splat(mask)) {}
  V operator()(V v) const {
    const V y = least(high, greatest(low, add(v, zero)));
    if constexpr (sizeof(Y) > 1) return y;
    return exclusive_or(add(y, offset), flip);
  }
};
