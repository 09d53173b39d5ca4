// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * RFFT2D: the Fourier transform over the last two axes of x [..., h, w] float32, cut or padded with
 * zeros to the lengths (fh, fw) that the second input holds, powers of two; y [..., fh, fw / 2 + 1]
 * complex64. Computed in float64.
 */
record Rfft2d() implements HostOp {
  static final OpSpec SPEC = new OpSpec(BuiltinOperator.RFFT2D, 1, "f32", o -> new Rfft2d());

  private static final int LONGEST = 1 << 20;

  /** Rows or columns between two questions whether to stop: about 100 us of 2048 each. */
  private static final int LINES = 16;

  @Override
  public String name() {
    return "RFFT2D";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(node.input(0), TensorType.FLOAT32);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.output(0), TensorType.COMPLEX64);
  }

  private static boolean supports(int length) {
    return length >= 1 && length <= LONGEST && Integer.bitCount(length) == 1;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value lengths = node.input(1);
    node.require(x.rank() >= 2, x, "has less than two axes");
    node.require(lengths.rank() == 1 && lengths.dim(0) == 2, lengths, "is not two lengths");
    if (!lengths.constant()) {
      return new int[1][];
    }
    int[] length = lengths.ints();
    node.require(
        supports(length[0]) && supports(length[1]),
        lengths,
        "lengths " + length[0] + " and " + length[1] + " are no powers of two");
    return new int[][] {shape(x.shape(), length[0], length[1])};
  }

  private static int[] shape(int[] x, int fh, int fw) {
    int[] shape = x.clone();
    shape[x.length - 2] = fh;
    shape[x.length - 1] = fw / 2 + 1;
    return shape;
  }

  @Override
  public void run(HostCall call) {
    HostTensor x = call.input(0);
    int fh = call.input(1).integer(0);
    int fw = call.input(1).integer(1);
    if (!supports(fh) || !supports(fw)) {
      throw call.failure("lengths " + fh + " and " + fw + " are no powers of two");
    }
    int[] shape = shape(x.shape(), fh, fw);
    ByteBuffer y = call.output(0, shape);
    int h = x.shape()[x.shape().length - 2];
    int w = x.shape()[x.shape().length - 1];
    float[] values = new float[x.elements()];
    x.data().asFloatBuffer().get(values);
    Work work = call.state(Work::new);
    work.prepare(fh, fw);
    Fft rows = work.rows;
    Fft columns = work.columns;
    int cols = fw / 2 + 1;
    double[][] real = work.real;
    double[][] imaginary = work.imaginary;
    float[] row = new float[fw];
    float[] pairs = new float[2 * cols];
    FloatBuffer out = y.asFloatBuffer();
    int images = h * w == 0 ? 0 : values.length / (h * w);
    for (int image = 0; image < images; image++) {
      for (int i = 0; i < fh; i++) {
        if (i % LINES == 0) {
          call.checkStopped();
        }
        java.util.Arrays.fill(row, 0);
        if (i < h) {
          System.arraycopy(values, (image * h + i) * w, row, 0, Math.min(w, fw));
        }
        rows.real(row, 0, real[i], imaginary[i]);
      }
      if (fh > 1) {
        columns(call, columns, real, imaginary, fh, cols);
      }
      for (int i = 0; i < fh; i++) {
        for (int j = 0; j < cols; j++) {
          pairs[2 * j] = (float) real[i][j];
          pairs[2 * j + 1] = (float) imaginary[i][j];
        }
        out.put(pairs);
      }
    }
    while (out.hasRemaining()) {
      out.put(0);
    }
  }

  /** Rotations and room for lengths that seldom change. */
  private static final class Work {
    Fft rows;
    Fft columns;
    double[][] real;
    double[][] imaginary;

    void prepare(int fh, int fw) {
      if (rows != null && rows.length() == fw && columns.length() == fh) {
        return;
      }
      rows = new Fft(fw);
      columns = new Fft(fh);
      real = new double[fh][fw / 2 + 1];
      imaginary = new double[fh][fw / 2 + 1];
    }
  }

  private static void columns(
      HostCall call, Fft fft, double[][] real, double[][] imaginary, int fh, int cols) {
    double[] re = new double[fh];
    double[] im = new double[fh];
    for (int j = 0; j < cols; j++) {
      if (j % LINES == 0) {
        call.checkStopped();
      }
      for (int i = 0; i < fh; i++) {
        re[i] = real[i][j];
        im[i] = imaginary[i][j];
      }
      fft.complex(re, im, fh);
      for (int i = 0; i < fh; i++) {
        real[i][j] = re[i];
        imaginary[i][j] = im[i];
      }
    }
  }
}
