// SPDX-License-Identifier: Apache-2.0
//
// Whole vectors of kLanes int32 (type V). Included inside an unnamed namespace by one file for each
// instruction set, which defines: splat(int32), load(bytes) widened to int32, store(V, bytes) of
// the low bytes, add, sub, both (and), exclusive_or, least, greatest, shift_left(V, n),
// shift_right(V, n) of signed numbers, and high_product(V, multiplier): round(v * multiplier /
// 2^31), halves up, and low_product(V, V).

struct Factor {
  V multiplier, half, sign;
  int32_t exponent;
};

inline Factor factor(int32_t multiplier, int32_t shift) {
  const int32_t exponent = -shift;
  return {splat(multiplier), splat(exponent == 0 ? 0 : 1 << (exponent - 1)),
          splat(exponent == 0 ? 0 : -1), exponent};
}

// Adding half, less one for a negative number, makes the arithmetic shift round half away from
// zero.
inline V half_away(V v, const Factor& f) {
  v = high_product(v, f.multiplier);
  const V negative = both(shift_right(v, 31), f.sign);
  return shift_right(add(add(v, f.half), negative), f.exponent);
}

int64_t run_single(const AddI8& s, const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t n) {
  const int32_t zeros = s.a.zero * s.a.multiplier + s.b.zero * s.b.multiplier;
  const V start = splat((1 << (-s.y_shift - 1)) - zeros);
  const V fa = splat(s.a.multiplier), fb = splat(s.b.multiplier);
  const V a_mask = splat(s.a.mask), b_mask = splat(s.b.mask), y_mask = splat(s.y_mask);
  const V y_zero = splat(s.y_zero), low = splat(s.y_min), high = splat(s.y_max);
  const V offset = splat(s.y_offset);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const V sa = low_product(exclusive_or(load(a + i), a_mask), fa);
    const V sb = low_product(exclusive_or(load(b + i), b_mask), fb);
    const V sum = shift_right(add(add(sa, sb), start), -s.y_shift);
    const V v = least(high, greatest(low, add(sum, y_zero)));
    store(exclusive_or(add(v, offset), y_mask), y + i);
  }
  return i;
}

int64_t run(const AddI8& s, const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t n) {
  if (s.single) return run_single(s, a, b, y, n);
  const Factor fa = factor(s.a.multiplier, s.a.shift), fb = factor(s.b.multiplier, s.b.shift);
  const Factor fy = factor(s.y_multiplier, s.y_shift);
  const V a_mask = splat(s.a.mask), b_mask = splat(s.b.mask), y_mask = splat(s.y_mask);
  const V a_zero = splat(s.a.zero), b_zero = splat(s.b.zero), y_zero = splat(s.y_zero);
  const V low = splat(s.y_min), high = splat(s.y_max), offset = splat(s.y_offset);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const V qa = shift_left(sub(exclusive_or(load(a + i), a_mask), a_zero), s.left_shift);
    const V qb = shift_left(sub(exclusive_or(load(b + i), b_mask), b_zero), s.left_shift);
    const V sum = half_away(add(half_away(qa, fa), half_away(qb, fb)), fy);
    const V v = least(high, greatest(low, add(sum, y_zero)));
    store(exclusive_or(add(v, offset), y_mask), y + i);
  }
  return i;
}
