// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

/** IEEE 754 binary16; {@code Float.float16ToFloat} needs Java 20. */
public final class HalfFloat {
  private HalfFloat() {}

  /** The same number as float32; exact. */
  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float tiny = fraction * 0x1p-24f;
      return sign == 0 ? tiny : -tiny;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }

  /** The nearest, of two as near the even one. */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float size = Math.abs(value);
    if (!(size < 65520)) {
      return (short) (sign | (Float.isNaN(value) ? 0x7e00 : 0x7c00));
    }
    if (size < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(size * 0x1p24));
    }
    int rest = bits & 0x7fffffff;
    int odd = rest >> 13 & 1;
    return (short) (sign | (rest - (112 << 23) + 0xfff + odd >> 13));
  }
}
