// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import java.util.function.IntUnaryOperator;

/**
 * LOGISTIC and TANH of int16, zero points 0, output scale 2^-15, as TensorFlow Lite computes them:
 * in 16-bit fixed point ({@link Sigmoid16Exact}) where the input's scale is 2^-12 (for TANH also
 * 2^-11), else along the straight lines of one table of {@code 65536 / (1 + e^(-i / 24))}. Both
 * become a table of all 65536 numbers, shared by the operators of one scale.
 */
final class Sigmoid16 {
  private static final int POINTS = 256;

  private Sigmoid16() {}

  /** Requires what the two formulas do. */
  static void check(NodeContext node) {
    Value x = node.input(0);
    Value y = node.output(0);
    node.require(x.quantization().zeroPoint() == 0, x, "zero point is not 0");
    node.require(y.quantization().zeroPoint() == 0, y, "zero point is not 0");
    node.require(powerOfTwo(y.quantization().scale()) == -15, y, "scale is not 1/32768");
  }

  static void emit(NodeContext node, Emitter emitter, boolean tanh) {
    float scale = node.input(0).quantization().scale();
    int shift = powerOfTwo(scale) + 12;
    IntUnaryOperator table;
    if (shift == 0 || tanh && shift == 1) {
      table = x -> tanh ? Sigmoid16Exact.tanh(x, shift) : Sigmoid16Exact.logistic(x);
    } else {
      table = lines(scale, tanh);
    }
    String name = (tanh ? "tanh " : "logistic ") + scale;
    LookupTables.emitEvery(node, emitter, name, table);
  }

  /** The binary logarithm when it is whole, to 1e-3, else a number far from those of any use. */
  private static int powerOfTwo(float scale) {
    float logarithm = (float) StrictMath.log(scale) * (1f / (float) StrictMath.log(2));
    float whole = LookupTables.round(logarithm);
    return Math.abs(logarithm - whole) < 1e-3f ? (int) whole : 1000;
  }

  /** Points {@code i / 24}, raised by half of what a line to the next errs in the middle. */
  private static int[] points() {
    int[] points = new int[POINTS];
    for (int i = 0; i < POINTS - 1; i++) {
      double error = sigmoid(i + 0.5) - (sigmoid(i) + sigmoid(i + 1)) / 2;
      points[i] = (int) Math.floor(sigmoid(i) + error / 2 + 0.5);
    }
    points[POINTS - 1] = 65535;
    return points;
  }

  private static double sigmoid(double i) {
    return 65536 / (1 + StrictMath.exp(-i / 24));
  }

  /** {@code v} is x on the scale 1 / (3 * 4096); {@code tanh(x) = 2 * sigmoid(2 x) - 1}. */
  private static IntUnaryOperator lines(float scale, boolean tanh) {
    double factor = scale * 4096.0 * 3.0;
    int shift = 0;
    for (; factor <= 32767.0 / 2 && shift <= 30; shift++) {
      factor *= 2;
    }
    int multiplier = (int) factor;
    int right = shift;
    int half = right > 0 ? 1 << (right - 1) : 0;
    int[] points = points();
    return x -> {
      int v = (x * multiplier + half) >> right;
      int size = Math.abs(v);
      return tanh ? tanh(points, v, size) : logistic(points, v, size);
    };
  }

  private static int logistic(int[] points, int v, int size) {
    int at = size >>> 9;
    int y = 0x7fff << 10;
    if (at < POINTS - 1) {
      y = (points[at] << 9) + (size & 0x1ff) * (points[at + 1] - points[at]);
    }
    return (v >= 0 ? y + (1 << 9) : (1 << 25) - y + (1 << 9) - 1) >>> 10;
  }

  private static int tanh(int[] points, int v, int size) {
    int at = size >>> 8;
    int y = 0xffff << 8;
    if (at < POINTS - 1) {
      y = (points[at] << 8) + (size & 0xff) * (points[at + 1] - points[at]);
    }
    return (v >= 0 ? y - (1 << 23) + (1 << 7) : -y + (1 << 23) + (1 << 7) - 1) >> 8;
  }
}
