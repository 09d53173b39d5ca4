// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** y[n,oh,ow,c] = x[n, from(oh), from(ow), c], positions in float32 or in fixed point. */
final class ResizeNearest implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    byte[] from = x.bytes();
    byte[] to = y.bytes();
    int pixel = x.dim(3) * x.elementBytes();
    int at = 0;
    for (int n = 0; n < y.dim(0) && to.length > 0; n++) {
      for (int h = 0; h < y.dim(1); h++) {
        int row = n * x.dim(1) + from(call, x.dim(1), y.dim(1), h);
        for (int w = 0; w < y.dim(2); w++, at += pixel) {
          int column = from(call, x.dim(2), y.dim(2), w);
          System.arraycopy(from, (row * x.dim(2) + column) * pixel, to, at, pixel);
        }
      }
    }
    for (int i = 0; i < to.length && x.flip() != y.flip(); i++) {
      to[i] ^= (byte) 0x80;
    }
    y.setBytes(to);
  }

  private static int from(Call call, int in, int out, int o) {
    if (call.i32("fixed") != 0) {
      long scale = ((long) in << 16) / out + 1;
      return (int) Math.min(o * scale >> 16, in - 1);
    }
    boolean align = call.i32("align_corners") != 0;
    boolean aligned = align && out > 1;
    float scale = (float) (aligned ? in - 1 : in) / (aligned ? out - 1 : out);
    float position = (o + (call.i32("half_pixel") != 0 ? 0.5f : 0)) * scale;
    double at = align ? Rounding.halfAway(position) : Math.floor(position);
    return (int) Math.min(at, in - 1);
  }
}
