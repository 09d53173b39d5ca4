// SPDX-License-Identifier: Apache-2.0
//
// Logistic function and tanh of 16-bit fixed-point numbers in the steps of TensorFlow Lite's
// fixed-point library, lane by lane. Included inside an unnamed namespace by generic.h's includer,
// which defines H, a vector of int16, splat16(int32), high16(H, H): round(a * b / 2^15), halves up,
// adds16(H, H): a saturating sum, and Mask with less16(H, H), equal16(H, H), lacks16(H, H bit) and
// select16(Mask, H yes, H no). A number with b bits before the point has 15 - b behind it.

// A constant of 31 bits behind the point, rounded to 15.
constexpr int32_t constant16(int32_t value) {
  return value >= 0 ? (value + 32768) >> 16 : -((-value + 32768) >> 16);
}

// exp of x - 1/8 for an x of [-1/8, 1/8): Taylor's series at -1/8. The halves that the library
// rounds away from zero here belong to numbers that are not negative.
OCTET_INLINE H exp16_quarter(H x) {
  const H at_eighth = splat16(constant16(1895147668)), third = splat16(constant16(715827883));
  const H x2 = high16(x, x), x3 = high16(x2, x), x4 = high16(x2, x2);
  const H rest = (high16(((x4 + splat16(2)) >> 2) + x3, third) + x2 + splat16(1)) >> 1;
  return adds16(at_eighth, high16(at_eighth, x + rest));
}

// result * exp(-2^exponent) where a, a negative number, has not that bit
template <int bits, int exponent>
OCTET_INLINE H exp16_factor(H result, H a, int32_t factor) {
  if constexpr (bits > exponent) {
    const Mask lacks = lacks16(a, splat16(1 << (15 - bits + exponent)));
    return select16(lacks, high16(result, splat16(constant16(factor))), result);
  } else {
    return result;
  }
}

// exp of a number < 0; of 0 not what the library gives, which its callers here do not see
template <int bits>
OCTET_INLINE H exp16(H a) {
  // a less a multiple of 1/4, in [-1/4, 0); what is left, -(a - part), has the bits that a has not
  H y = exp16_quarter(((a << bits) & splat16((1 << 13) - 1)) - splat16(1 << 12));
  y = exp16_factor<bits, -2>(y, a, 1672461947);
  y = exp16_factor<bits, -1>(y, a, 1302514674);
  y = exp16_factor<bits, 0>(y, a, 790015084);
  y = exp16_factor<bits, 1>(y, a, 290630308);
  y = exp16_factor<bits, 2>(y, a, 39332535);
  y = exp16_factor<bits, 3>(y, a, 720401);
  y = exp16_factor<bits, 4>(y, a, 242);
  if constexpr (bits > 5) y = select16(less16(a, splat16(-(1 << (20 - bits)))), splat16(0), y);
  return y;
}

// 2 / (1 + x) with two bits before the point, by Newton's iteration. An error is below 2^8, so that
// the library's saturation of four times it does nothing.
OCTET_INLINE H reciprocal16(H x) {
  const H half = (x >> 1) + splat16(16384);
  H y = splat16(constant16(1515870810)) + high16(half, splat16(constant16(-1010580540)));
  for (int i = 0; i < 3; ++i) y += high16(y, splat16(1 << 13) - high16(half, y)) << 2;
  return y;
}

// -x; -32768 of itself, in lanes that nobody selects
OCTET_INLINE H minus16(H x) {
  typedef uint16_t Unsigned __attribute__((vector_size(sizeof(H))));
  return (H)(-(Unsigned)x);
}

OCTET_INLINE H logistic16_lanes(H x) {
  const H zero = splat16(0);
  const Mask positive = less16(zero, x);
  const H half = reciprocal16(exp16<3>(select16(positive, minus16(x), x)));
  const H y = adds16(half, half);
  const H signed_y = select16(positive, y, splat16(32767) - y);
  return select16(equal16(x, zero), splat16(1 << 14), signed_y);
}

template <int bits>
OCTET_INLINE H tanh16_lanes(H x) {
  const H zero = splat16(0);
  const Mask negative = less16(x, zero);
  const H y = reciprocal16(exp16<bits + 1>(select16(negative, x, minus16(x)))) - splat16(1 << 13);
  const H twice = adds16(y, y);
  const H t = adds16(twice, twice);
  return select16(equal16(x, zero), zero, select16(negative, zero - t, t));
}
