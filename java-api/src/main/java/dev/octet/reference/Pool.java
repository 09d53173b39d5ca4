// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * {@code average_pool_2d} (of integers halves away from zero, of sums that wrap in 32 bits), {@code
 * max_pool_2d} and {@code l2_pool_2d} (the root of the mean square) over the positions of a window
 * that are inside x.
 */
final class Pool implements ReferenceKernel {
  /** What is made of the elements of a window. */
  enum Kind {
    AVERAGE,
    MAXIMUM,
    ROOT
  }

  private final Kind kind;

  Pool(Kind kind) {
    this.kind = kind;
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
              sum += kind == Kind.ROOT ? (double) number * number : number;
              largest = Math.max(largest, number);
            }
            double mean = sum / count;
            double result =
                kind == Kind.MAXIMUM ? largest : kind == Kind.ROOT ? Math.sqrt(mean) : mean;
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
            long result =
                kind == Kind.AVERAGE ? (long) Rounding.halfAway((double) sum / count) : largest;
            y.set(pixel * channels + c, (long) Rounding.clamp(result, low, high));
          }
        });
  }
}
