// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * {@code rescale_i16}: y = clamp(half_away(x - x_zero, multiplier, shift) + y_zero, y_min, y_max),
 * with another multiplier and shift where x is below x_zero.
 */
final class RescaleWords implements ReferenceKernel {
  @Override
  public void run(Call call) {
    int[] x = Products.less(call.value("x").ints(), call.i32("x_zero"));
    for (int i = 0; i < x.length; i++) {
      String which = x[i] >= 0 ? "" : "negative_";
      int scaled =
          Rounding.halfAway(x[i], call.i32(which + "multiplier"), call.i32(which + "shift"));
      x[i] =
          Rounding.clamp((long) scaled + call.i32("y_zero"), call.i32("y_min"), call.i32("y_max"));
    }
    call.value("y").set(x);
  }
}
