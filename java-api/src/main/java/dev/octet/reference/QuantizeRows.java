// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * Every row of floats gets a scale and, unless it is symmetric, a zero point of its own, and
 * becomes int8: x ~ scale * (y - zero).
 */
final class QuantizeRows implements ReferenceKernel {
  /**
   * How a row becomes int8.
   *
   * @param inverse what x is multiplied by
   * @param low least number of y
   */
  record Row(float scale, int zero, float inverse, int low) {
    /** For the numbers from {@code from} to before {@code to}. */
    static Row of(boolean symmetric, float[] x, int from, int to) {
      float least = 0;
      float greatest = 0;
      for (int i = from; i < to; i++) {
        least = x[i] < least ? x[i] : least;
        greatest = x[i] > greatest ? x[i] : greatest;
      }
      if (symmetric) {
        float r = Math.max(-least, greatest);
        return r == 0 ? new Row(1, 0, 0, -127) : new Row(r / 127, 0, 127 / r, -127);
      }
      if (least == greatest) {
        return new Row(1, 0, 0, -128);
      }
      double step = ((double) greatest - least) / 255;
      double fromLow = -128 - least / step;
      double fromHigh = 127 - greatest / step;
      boolean lowNearer = 128 + Math.abs(least / step) < 127 + Math.abs(greatest / step);
      double zero = lowNearer ? fromLow : fromHigh;
      float scale = (float) step;
      int whole =
          Double.isNaN(zero) ? -128 : (int) Rounding.halfAway(Math.max(-128, Math.min(127, zero)));
      return new Row(scale, whole, 1 / scale, -128);
    }

    /** The int8 of a number; no number gives the least. */
    int of(float x) {
      float v = zero + x * inverse;
      return Float.isNaN(v)
          ? low
          : (int) Math.max(low, Math.min(127, Rounding.halfAway((double) v)));
    }
  }

  @Override
  public void run(Call call) {
    float[] x = call.value("x").floats();
    Operand y = call.value("y");
    Operand scale = call.value("scale");
    boolean symmetric = !call.has("zero");
    int rows = scale.elements();
    int k = rows == 0 ? 0 : x.length / rows;
    for (int row = 0; row < rows; row++) {
      call.checkStopped();
      Row quantizer = Row.of(symmetric, x, row * k, (row + 1) * k);
      scale.set(row, (double) quantizer.scale());
      if (!symmetric) {
        call.value("zero").set(row, (long) quantizer.zero());
      }
      for (int i = row * k; i < (row + 1) * k; i++) {
        y.set(i, (long) quantizer.of(x[i]));
      }
    }
  }
}
