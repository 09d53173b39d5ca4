// SPDX-License-Identifier: Apache-2.0
//
// Fixed-point multiplication on the lanes of lanes_avx2.h, lanes_avx512.h or lanes_neon.h, and a
// loop over rows. Included by them.

// multiplier * 2^(shift - 31) of fixed_point.h.
struct Factor {
  V multiplier, half, sign;
  int32_t left, exponent;
};

inline Factor factor(int32_t multiplier, int32_t shift) {
  const int32_t exponent = shift > 0 ? 0 : -shift;
  return {splat(multiplier), splat(exponent == 0 ? 0 : 1 << (exponent - 1)),
          splat(exponent == 0 ? 0 : -1), shift > 0 ? shift : 0, exponent};
}

// v / 2^exponent. Adding half, less one for a negative number, makes the arithmetic shift round
// half away from zero.
inline V rounded_shift(V v, const Factor& f) {
  const V negative = shift_right(both(v, f.sign), 31);
  return shift_right(add(add(v, f.half), negative), f.exponent);
}

inline V half_away(V v, const Factor& f) { return rounded_shift(high_product(v, f.multiplier), f); }

// y[i] = f(a of i, b of i) where a_of(i) gives the lanes from i on. All values have 64 readable
// bytes behind them, so that the last vector is loaded whole; of it only n - i elements are stored.
template <typename Y, typename A, typename B, typename F>
inline void each_vector(const A& a_of, const B& b_of, Y* y, int64_t n, const F& f) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(f(a_of(i), b_of(i)), y + i);
  if (i < n) {
    Y rest[kLanes];
    store(f(a_of(i), b_of(i)), rest);
    for (int64_t k = 0; i + k < n; ++k) y[i + k] = rest[k];
  }
}
