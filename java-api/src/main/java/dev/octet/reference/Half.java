// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** float16 and bfloat16 by their bits. Conversions round to nearest even. */
final class Half {
  private Half() {}

  /** The float of 16 bits: 1 of sign, 5 of exponent, 10 of fraction. */
  static float toFloat(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 0x3ff;
    float sign = bits < 0 ? -1 : 1;
    if (exponent == 31) {
      return fraction == 0
          ? sign / 0
          : Float.intBitsToFloat((bits & 0x8000) << 16 | 0x7fc00000 | fraction << 13);
    }
    return exponent == 0
        ? sign * Math.scalb((float) fraction, -24)
        : sign * Math.scalb((float) (0x400 + fraction), exponent - 25);
  }

  /** The nearest float16. */
  static short of(float number) {
    int sign = Float.floatToRawIntBits(number) >>> 16 & 0x8000;
    float size = Math.abs(number);
    if (Float.isNaN(number)) {
      return (short) (sign | 0x7e00 | Float.floatToRawIntBits(number) >>> 13 & 0x3ff);
    }
    if (size >= 65520) { // half a step above the greatest finite one
      return (short) (sign | 0x7c00);
    }
    // a step is 2^-24 below 2^-14, and 2^(exponent - 10) from there on
    int exponent = Math.max(Math.getExponent(size), -14);
    int steps = (int) Math.rint(Math.scalb((double) size, 10 - exponent));
    // 2048 steps carry into the exponent, fewer than 1024 are subnormal
    return (short) (sign | (exponent + 14 << 10) + steps);
  }

  /** The nearest bfloat16: the upper half of a float32. */
  static short brain(float number) {
    int bits = Float.floatToRawIntBits(number);
    if (Float.isNaN(number)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
