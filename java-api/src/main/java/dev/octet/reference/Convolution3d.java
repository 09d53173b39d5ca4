// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * {@code conv_3d} and {@code conv_3d_f32}: float convolution over three axes. The plain kernel's w
 * is [kd,kh,kw,ci,co], transposed [kd,kh,kw,co,ci]; the other's is an entry [co,kd*kh,kw,ci] and it
 * writes the outputs of one phase.
 */
final class Convolution3d implements ReferenceKernel {
  private static final String[] NAMES = {"d", "h", "w"};
  private static final String[] PADS = {"pad_front", "pad_top", "pad_left"};

  private final boolean packed;

  Convolution3d(boolean packed) {
    this.packed = packed;
  }

  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    int co = y.dim(4);
    int ci = x.dim(4);
    if (y.elements() == 0) {
      return;
    }
    boolean transposed = !packed && call.i32("transposed") != 0;
    Axis[] axes = new Axis[3];
    for (int i = 0; i < axes.length; i++) {
      String name = NAMES[i];
      int taps = packed ? call.i32("k" + name) : call.value("w").dim(i);
      int stride = call.i32("stride_" + name);
      Axis axis =
          Axis.of(
              x.dim(1 + i),
              y.dim(1 + i),
              taps,
              stride,
              call.i32("dilation_" + name),
              call.i32(PADS[i]));
      axes[i] =
          packed
              ? axis.phase(call.i32("y_step_" + name), call.i32("y_first_" + name))
              : axis.transposed(transposed);
    }
    Window window = new Window(x.dim(0), axes[0], axes[1], axes[2]);
    Filter filter = Filter.dense(co, ci, 1, window.taps());
    if (packed) {
      PackedConvolution.real(call, call.weights("weights"), window, filter);
      return;
    }
    float[] w = filter(call.value("w").floats(), window.taps(), ci, co, transposed);
    float[] bias = call.has("bias") ? call.value("bias").floats() : null;
    Convolutions.real(call, window, filter, x.floats(), w, bias, y);
  }

  /** As [co,taps,ci]. */
  private static float[] filter(float[] w, int taps, int ci, int co, boolean transposed) {
    float[] result = new float[w.length];
    for (int t = 0; t < taps; t++) {
      for (int i = 0; i < ci; i++) {
        for (int c = 0; c < co; c++) {
          int from = transposed ? (t * co + c) * ci + i : (t * ci + i) * co + c;
          result[(c * taps + t) * ci + i] = w[from];
        }
      }
    }
    return result;
  }
}
