// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * {@code average_pool_2d} (of integers halves away from zero, of sums that wrap in 32 bits) and
 * {@code max_pool_2d} over the positions of a window that are inside x.
 */
final class Pool implements ReferenceKernel {
  private final boolean average;

  Pool(boolean average) {
    this.average = average;
  }

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    if (y.elements() == 0) {
      return;
    }
    Window window = Window.of(call, x, y, call.i32("kh"), call.i32("kw"), 1, 1);
    if (x.real()) {
      floats(call, window, x.floats(), y);
    } else {
      integers(call, window, x.ints(), y);
    }
  }

  private void floats(Call call, Window window, float[] x, Operand y) {
    float low = call.f32("act_min");
    float high = call.f32("act_max");
    int channels = y.dim(3);
    window.run(
        call,
        (image, pixel, xs, taps, count) -> {
          for (int c = 0; c < channels; c++) {
            double sum = 0;
            float largest = Float.NEGATIVE_INFINITY;
            for (int t = 0; t < count; t++) {
              float number = x[xs[t] * channels + c];
              sum += number;
              largest = Math.max(largest, number);
            }
            double result = average ? sum / count : largest;
            y.set(pixel * channels + c, (double) Products.clamp(result, low, high));
          }
        });
  }

  private void integers(Call call, Window window, int[] x, Operand y) {
    int low = call.i32("y_min");
    int high = call.i32("y_max");
    int channels = y.dim(3);
    window.run(
        call,
        (image, pixel, xs, taps, count) -> {
          for (int c = 0; c < channels; c++) {
            int sum = 0;
            int largest = Integer.MIN_VALUE;
            for (int t = 0; t < count; t++) {
              int number = x[xs[t] * channels + c];
              sum += number;
              largest = Math.max(largest, number);
            }
            long result = average ? (long) Rounding.halfAway((double) sum / count) : largest;
            y.set(pixel * channels + c, (long) Rounding.clamp(result, low, high));
          }
        });
  }
}
