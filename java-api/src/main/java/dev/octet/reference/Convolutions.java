// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** Convolutions of each arithmetic, from windows and filters to y. */
final class Convolutions {
  private Convolutions() {}

  /**
   * Integers to integers.
   *
   * @param x less its zero point
   * @param w less its zero point
   * @param narrow true where 32 bits of the sums are enough
   * @param bias of each channel, or null
   * @param lower what is taken off the requantized number
   */
  static void integer(
      Call call,
      Window window,
      Filter filter,
      int[] x,
      int[] w,
      boolean narrow,
      long[] bias,
      Requantizer end,
      int lower,
      Operand y) {
    int co = filter.co();
    long[] sums = new long[co];
    window.run(
        call,
        (image, pixel, xs, taps, count) -> {
          filter.sums(x, w, narrow, xs, taps, count, sums);
          for (int c = 0; c < co; c++) {
            long sum = sums[c] + (bias == null ? 0 : bias[c]);
            y.set(pixel * co + c, end.of(sum, c) - lower);
          }
        });
  }

  /** Floats: y = clamp(bias + sum, act_min, act_max), summed in double. */
  static void real(
      Call call, Window window, Filter filter, float[] x, float[] w, float[] bias, Operand y) {
    float low = call.f32("act_min");
    float high = call.f32("act_max");
    int co = filter.co();
    double[] sums = new double[co];
    window.run(
        call,
        (image, pixel, xs, taps, count) -> {
          filter.sums(x, w, xs, taps, count, sums);
          for (int c = 0; c < co; c++) {
            double sum = sums[c] + (bias == null ? 0 : bias[c]);
            y.set(pixel * co + c, Products.clamp(sum, low, high));
          }
        });
  }

  /**
   * The int8 of floats that were quantized at run time: y = clamp(float(sum) * (x_scale * scale) +
   * bias, act_min, act_max) in float32, where x_scale and x_zeros have an element for each image or
   * each pixel.
   */
  static void hybrid(
      Call call, Window window, Filter filter, int[] w, float[] scale, float[] bias) {
    Operand input = call.value("x");
    Operand y = call.value("y");
    float[] xScale = call.value("x_scale").floats();
    int[] zeros = call.has("x_zeros") ? call.value("x_zeros").ints() : new int[xScale.length];
    int pixels = window.images() * window.pixelsOfImage();
    int pixelsOfScale = Math.max(1, pixels / Math.max(1, xScale.length));
    int[] x = input.ints();
    int elementsOfScale = x.length / Math.max(1, pixels / pixelsOfScale);
    for (int i = 0; i < x.length; i++) {
      x[i] -= zeros[i / elementsOfScale];
    }
    float low = call.f32("act_min");
    float high = call.f32("act_max");
    int co = filter.co();
    long[] sums = new long[co];
    window.run(
        call,
        (image, pixel, xs, taps, count) -> {
          filter.sums(x, w, true, xs, taps, count, sums);
          float rowScale = xScale[pixel / pixelsOfScale];
          for (int c = 0; c < co; c++) {
            float product = (float) (int) sums[c] * (rowScale * scale[c]);
            float sum = product + (bias == null ? 0 : bias[c]);
            y.set(pixel * co + c, Products.clamp(sum, low, high));
          }
        });
  }
}
