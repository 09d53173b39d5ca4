// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** CONV_3D and CONV_3D_TRANSPOSE. */
final class Convolution3dCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("CONV_3D", "f32", Convolution3dCases::convolution),
        new OpGenerator("CONV_3D_TRANSPOSE", "f32", Convolution3dCases::transposed));
  }

  /** The axes d, h and w of a window; {@code large} is the input of the ordinary convolution. */
  private record Axes(Padding padding, int[] k, int[] stride, int[] dilation, int[] large) {
    static Axes of(SingleOp m) {
      Axes axes = new Axes(m.any(Padding.values()), new int[3], new int[3], new int[3], new int[3]);
      boolean dilated = m.chance(0.2);
      for (int i = 0; i < 3; i++) {
        axes.k[i] = m.number(1, 3);
        axes.dilation[i] = dilated ? m.number(1, 2) : 1;
        axes.stride[i] = dilated ? 1 : m.number(1, 3);
        axes.large[i] = m.number((axes.k[i] - 1) * axes.dilation[i] + 1, 7);
      }
      return axes;
    }

    boolean dilated() {
      return dilation[0] + dilation[1] + dilation[2] > 3;
    }

    int small(int i) {
      int reach = padding == Padding.SAME ? large[i] : large[i] - (k[i] - 1) * dilation[i];
      return (reach + stride[i] - 1) / stride[i];
    }

    int pad(int i) {
      int total = (small(i) - 1) * stride[i] + (k[i] - 1) * dilation[i] + 1 - large[i];
      return padding == Padding.SAME ? Math.max(0, total) / 2 : 0;
    }

    Table.Builder options() {
      Table.Builder options = Table.builder("Conv3DOptions").set("padding", padding);
      String[] names = {"d", "h", "w"};
      for (int i = 0; i < 3; i++) {
        options.set("stride_" + names[i], stride[i]);
        options.set("dilation_" + names[i] + "_factor", dilation[i]);
      }
      return options;
    }
  }

  private static byte[] small(SingleOp m, int count) {
    return m.floats(count, -0.2, 0.2);
  }

  private static void convolution(SingleOp m) {
    Axes axes = Axes.of(m);
    // with fewer channels than planes the built-in kernel's copy overruns its buffer
    int ci = axes.dilated() ? m.number(axes.large[0], 9) : m.number(1, 6);
    int co = m.number(1, 20);
    int[] k = axes.k;
    int n = m.number(1, 2);
    int x = m.input(TensorType.FLOAT32, n, axes.large[0], axes.large[1], axes.large[2], ci);
    byte[] weights = small(m, k[0] * k[1] * k[2] * ci * co);
    int w =
        m.chance(0.8)
            ? m.constant(TensorType.FLOAT32, weights, k[0], k[1], k[2], ci, co)
            : m.input(TensorType.FLOAT32, () -> weights, k[0], k[1], k[2], ci, co);
    byte[] offsets = small(m, co);
    boolean biased = m.chance(0.8);
    int bias = biased ? m.constant(TensorType.FLOAT32, offsets, co) : -1;
    Activation activation = axes.dilated() ? Activation.NONE : m.activation();
    m.operator(
        BuiltinOperator.CONV_3D,
        1,
        axes.options().set("fused_activation_function", activation).build(),
        in(x, w, bias),
        m.output(TensorType.FLOAT32));
    if (axes.dilated()) {
      int[] y = {n, axes.small(0), axes.small(1), axes.small(2), co};
      m.oracle(new Sums(axes, false, y, ci, weights, biased ? offsets : null));
    }
  }

  private static void transposed(SingleOp m) {
    Axes axes = Axes.of(m);
    int ci = m.number(1, 6);
    int co = m.number(1, 20);
    int n = m.number(1, 2);
    int[] k = axes.k;
    int[] y = {n, axes.large[0], axes.large[1], axes.large[2], co};
    int shape =
        m.chance(0.8)
            ? m.ints(y)
            : m.input(TensorType.INT32, () -> SingleOp.bytes(TestModel.ints(y)), 5);
    int x = m.input(TensorType.FLOAT32, n, axes.small(0), axes.small(1), axes.small(2), ci);
    byte[] weights = small(m, k[0] * k[1] * k[2] * ci * co);
    int w = m.constant(TensorType.FLOAT32, weights, k[0], k[1], k[2], co, ci);
    byte[] offsets = small(m, co);
    boolean biased = m.chance(0.8);
    int bias = biased ? m.constant(TensorType.FLOAT32, offsets, co) : -1;
    boolean wrong = axes.pad(0) != axes.pad(1);
    Activation activation = wrong ? Activation.NONE : m.activation();
    m.operator(
        BuiltinOperator.CONV_3D_TRANSPOSE,
        1,
        axes.options().set("fused_activation_function", activation).build(),
        in(shape, w, x, bias),
        m.output(TensorType.FLOAT32));
    if (wrong) {
      m.oracle(new Sums(axes, true, y, ci, weights, biased ? offsets : null));
    }
  }

  /** The definition in double. */
  private record Sums(Axes axes, boolean transposed, int[] y, int ci, byte[] weights, byte[] bias)
      implements OpCase.Oracle {
    @Override
    public String reason() {
      return transposed
          ? "the built-in kernel takes the padding behind d from that of h"
          : "the built-in kernel copies as many numbers of a pixel as x has planes";
    }

    @Override
    public List<byte[]> outputs(List<byte[]> inputs) {
      ByteBuffer x = floats(inputs.get(transposed ? inputs.size() - 1 : 0));
      ByteBuffer w = floats(weights);
      ByteBuffer result = floats(new byte[4 * SingleOp.product(y)]);
      int co = y[4];
      for (int i = 0; i < SingleOp.product(y); i++) {
        double sum = bias == null ? 0 : floats(bias).getFloat(4 * (i % co));
        for (int tap = 0; tap < axes.k[0] * axes.k[1] * axes.k[2]; tap++) {
          int pixel = pixel(i / co, tap);
          for (int c = 0; c < ci && pixel >= 0; c++) {
            int at = transposed ? (tap * co + i % co) * ci + c : (tap * ci + c) * co + i % co;
            sum += (double) x.getFloat(4 * (pixel * ci + c)) * w.getFloat(4 * at);
          }
        }
        result.putFloat(4 * i, (float) sum);
      }
      return List.of(result.array());
    }

    /** The pixel of x that meets a tap in a pixel of y, or -1. */
    private int pixel(int output, int tap) {
      int[] o = {output / y[3] / y[2] % y[1], output / y[3] % y[2], output % y[3]};
      int[] k = {tap / axes.k[2] / axes.k[1], tap / axes.k[2] % axes.k[1], tap % axes.k[2]};
      int pixel = output / y[3] / y[2] / y[1];
      for (int i = 0; i < 3; i++) {
        int size = transposed ? axes.small(i) : axes.large[i];
        int at = o[i] * axes.stride[i] - axes.pad(i) + k[i] * axes.dilation[i];
        if (transposed) {
          int reached = o[i] + axes.pad(i) - k[i] * axes.dilation[i];
          at = reached < 0 || reached % axes.stride[i] != 0 ? -1 : reached / axes.stride[i];
        }
        if (at < 0 || at >= size) {
          return -1;
        }
        pixel = pixel * size + at;
      }
      return pixel;
    }

    private static ByteBuffer floats(byte[] bytes) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
