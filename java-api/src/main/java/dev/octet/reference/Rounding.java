// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * How sums of integer products become small integers. A real factor is {@code multiplier * 2^(shift
 * - 31)}. Written from the definitions in {@code native/DESIGN.md}, Numerics; nothing here
 * saturates or wraps but where it says so.
 */
public final class Rounding {
  /** {@code form} of instructions and pack fields. */
  public static final int FLOAT = 0;

  public static final int HALF_UP = 1;
  public static final int HALF_AWAY = 2;
  public static final int WIDE = 3;

  private Rounding() {}

  /** {@code x / 2^exponent} to the nearest, halves toward plus infinity; exponent 0 to 62. */
  public static long shiftHalfUp(long x, int exponent) {
    return exponent == 0 ? x : x + (1L << (exponent - 1)) >> exponent; // >> rounds down
  }

  /** {@code x / 2^exponent} to the nearest, halves away from zero; exponent 0 to 62. */
  public static long shiftHalfAway(long x, int exponent) {
    return x < 0 ? -shiftHalfUp(-x, exponent) : shiftHalfUp(x, exponent);
  }

  /**
   * {@code a * b / 2^31} to the nearest, halves toward plus infinity; the one product that does not
   * fit 32 bits saturates.
   */
  public static int highProduct(int a, int b) {
    return (int) Math.min(Integer.MAX_VALUE, shiftHalfUp((long) a * b, 31));
  }

  /** HALF_UP: the left shift wraps, then the high product, then the right shift. */
  public static int halfUp(int x, int multiplier, int shift) {
    int high = highProduct(x << Math.max(shift, 0), multiplier);
    return (int) shiftHalfUp(high, Math.max(-shift, 0));
  }

  /** HALF_AWAY: the left shift wraps, then the high product (halves up), then the right shift. */
  public static int halfAway(int x, int multiplier, int shift) {
    int high = highProduct(x << Math.max(shift, 0), multiplier);
    return (int) shiftHalfAway(high, Math.max(-shift, 0));
  }

  /**
   * WIDE: the multiplier is rounded to 16 bits (0x7fff at most), then one shift rounds halves up;
   * bits beyond 64 of the product and beyond 32 of the result are lost.
   */
  public static int wide(long x, int multiplier, int shift) {
    long reduced = multiplier >= 0x7fff0000 ? 0x7fff : shiftHalfUp(multiplier, 16);
    return (int) (x * reduced + (1L << (14 - shift)) >> (15 - shift));
  }

  /** FLOAT: {@code float(x) * scale} rounded to float32, then to the nearest even integer. */
  public static long scaled(int x, float scale) {
    return (long) Math.rint((float) x * scale);
  }

  /** The nearest integer, halves away from zero. */
  public static double halfAway(double x) {
    double whole = x < 0 ? Math.ceil(x) : Math.floor(x);
    return Math.abs(x - whole) >= 0.5 ? whole + Math.signum(x) : whole;
  }

  /** One of the first three forms; {@code scale} for FLOAT, the others for the rest. */
  public static long requantize(int form, int sum, float scale, int multiplier, int shift) {
    return switch (form) {
      case FLOAT -> scaled(sum, scale);
      case HALF_UP -> halfUp(sum, multiplier, shift);
      case HALF_AWAY -> halfAway(sum, multiplier, shift);
      default -> throw new IllegalStateException("no form " + form);
    };
  }

  /** The nearest integer, halves away from zero, of a float32. */
  public static float halfAway(float x) {
    return (float) halfAway((double) x);
  }

  /** The number of {@code low} to {@code high} that is nearest to x. */
  public static int clamp(long x, int low, int high) {
    return (int) Math.max(low, Math.min(high, x));
  }
}
