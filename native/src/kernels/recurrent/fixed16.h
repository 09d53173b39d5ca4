// SPDX-License-Identifier: Apache-2.0
//
// Logistic function and tanh of 16-bit fixed-point numbers in the steps of TensorFlow Lite's
// fixed-point library, lane by lane. Included inside an unnamed namespace by generic.h's includer,
// which defines H, a vector of int16, splat16(int32), high16(H, H): round(a * b / 2^15), halves up,
// adds16(H, H): a saturating sum, and Mask with less16(H, H), equal16(H, H), has16(H, H bit) and
// select16(Mask, H yes, H no). A number with b bits before the point has 15 - b behind it.

// A constant of 31 bits behind the point, rounded to 15.
constexpr int32_t constant16(int32_t value) {
  return value >= 0 ? (value + 32768) >> 16 : -((-value + 32768) >> 16);
}

// x / 2^e, halves away from zero, for an x that is far from int16's ends
template <int e>
OCTET_INLINE H divide16(H x) {
  return (x + splat16(1 << (e - 1)) + (x >> 15)) >> e;
}

// exp of a number of [-1/4, 0), no bits before the point: Taylor's series at -1/8
OCTET_INLINE H exp16_quarter(H a) {
  const H at_eighth = splat16(constant16(1895147668)), third = splat16(constant16(715827883));
  const H x = a + splat16(1 << 12);
  const H x2 = high16(x, x), x3 = high16(x2, x), x4 = high16(x2, x2);
  const H rest = divide16<1>(high16(divide16<2>(x4) + x3, third) + x2);
  return adds16(at_eighth, high16(at_eighth, x + rest));
}

// result * exp(-2^exponent) where the remainder has that bit
template <int bits, int exponent>
OCTET_INLINE H exp16_factor(H result, H remainder, int32_t factor) {
  if constexpr (bits > exponent) {
    const Mask has = has16(remainder, splat16(1 << (15 - bits + exponent)));
    return select16(has, high16(result, splat16(constant16(factor))), result);
  } else {
    return result;
  }
}

// exp of a number < 0; of 0 not what the library gives, which its callers here do not see
template <int bits>
OCTET_INLINE H exp16(H a) {
  const H quarter = splat16(1 << (13 - bits));
  const H part = (a & (quarter - splat16(1))) - quarter;
  const H remainder = part - a;
  H y = exp16_quarter(part << bits);
  y = exp16_factor<bits, -2>(y, remainder, 1672461947);
  y = exp16_factor<bits, -1>(y, remainder, 1302514674);
  y = exp16_factor<bits, 0>(y, remainder, 790015084);
  y = exp16_factor<bits, 1>(y, remainder, 290630308);
  y = exp16_factor<bits, 2>(y, remainder, 39332535);
  y = exp16_factor<bits, 3>(y, remainder, 720401);
  y = exp16_factor<bits, 4>(y, remainder, 242);
  if constexpr (bits > 5) y = select16(less16(a, splat16(-(1 << (20 - bits)))), splat16(0), y);
  return y;
}

// 2 / (1 + x) with two bits before the point, by Newton's iteration
OCTET_INLINE H reciprocal16(H x) {
  const H half = (x >> 1) + splat16(16384);
  H y = splat16(constant16(1515870810)) + high16(half, splat16(constant16(-1010580540)));
  for (int i = 0; i < 3; ++i) {
    const H error = high16(y, splat16(1 << 13) - high16(half, y));
    const H twice = adds16(error, error);
    y = y + adds16(twice, twice);
  }
  return y;
}

OCTET_INLINE H logistic16_lanes(H x) {
  const H zero = splat16(0);
  const Mask positive = less16(zero, x);
  const H half = reciprocal16(exp16<3>(select16(positive, zero - x, x)));
  const H y = adds16(half, half);
  const H signed_y = select16(positive, y, splat16(32767) - y);
  return select16(equal16(x, zero), splat16(1 << 14), signed_y);
}

template <int bits>
OCTET_INLINE H tanh16_lanes(H x) {
  const H zero = splat16(0);
  const Mask negative = less16(x, zero);
  const H y = reciprocal16(exp16<bits + 1>(select16(negative, x, zero - x))) - splat16(1 << 13);
  const H twice = adds16(y, y);
  const H t = adds16(twice, twice);
  return select16(equal16(x, zero), zero, select16(negative, zero - t, t));
}
