// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.octet.program.Engine;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Passes over the graph that make it faster: what they take away, and that answers stay. */
class FusionTest {
  private static final String FUSE_PADS = "FusePads";

  /** PAD of [top, bottom, left, right] and a convolution behind it. */
  private static final class Padded {
    final TestModel model = new TestModel();
    final TestModel.Graph graph = model.graph();
    final TensorType type;
    final int padded;

    Padded(TensorType type, boolean depthwise, Padding padding, int stride, int... pads) {
      this.type = type;
      int c = 5;
      int co = depthwise ? c : 7;
      int h = 9;
      int w = 6;
      int x = graph.input("x", type, 2, h, w, c);
      int[] amounts = {0, 0, pads[0], pads[1], pads[2], pads[3], 0, 0};
      int by = graph.constant("by", TensorType.INT32, ints(amounts), 4, 2);
      padded = graph.tensor("padded", type, 2, h + pads[0] + pads[1], w + pads[2] + pads[3], c);
      int[] filter = depthwise ? new int[] {1, 3, 3, co} : new int[] {co, 3, 3, c};
      boolean real = type == TensorType.FLOAT32;
      int k = graph.constant("w", type, bytes(co * 9 * (depthwise ? 1 : c), real), filter);
      int y = graph.output("y", type, 1, 1, 1, co);
      if (!real) {
        long zero = type == TensorType.UINT8 ? 131 : 3;
        graph.quantize(x, 0.1f, zero).quantize(padded, 0.1f, zero).quantize(y, 0.4f, zero + 1);
        graph.quantize(k, 0.02f, type == TensorType.UINT8 ? 128 : 0);
      }
      graph.operator(BuiltinOperator.PAD, 1, null, new int[] {x, by}, new int[] {padded});
      Table.Builder options =
          Table.builder(depthwise ? "DepthwiseConv2DOptions" : "Conv2DOptions")
              .set("padding", padding)
              .set("stride_h", stride)
              .set("stride_w", stride);
      graph.operator(
          depthwise ? BuiltinOperator.DEPTHWISE_CONV_2D : BuiltinOperator.CONV_2D,
          1,
          options.build(),
          new int[] {padded, k, -1},
          new int[] {y});
    }

    private static ByteBuffer ints(int... values) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asIntBuffer().put(values);
      return bytes;
    }

    private static ByteBuffer bytes(int count, boolean real) {
      Random random = new Random(count);
      ByteBuffer bytes = ByteBuffer.allocate(real ? 4 * count : count);
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        if (real) {
          bytes.putFloat((float) random.nextGaussian());
        } else {
          bytes.put((byte) random.nextInt());
        }
      }
      return bytes.flip();
    }
  }

  private static byte[] run(Model model, InterpreterOptions options, String... operators) {
    try (Interpreter interpreter = model.interpreter(options)) {
      ByteBuffer input = interpreter.input(0).buffer();
      boolean real = interpreter.input(0).type() == TensorType.FLOAT32;
      input.put(Padded.bytes(input.capacity() / (real ? 4 : 1), real));
      interpreter.run();
      List<String> names =
          interpreter.profile(1).entries().stream().map(Profile.Entry::operator).toList();
      assertEquals(List.of(operators), names.stream().distinct().toList());
      byte[] bytes = new byte[interpreter.output(0).bytes()];
      interpreter.output(0).buffer().get(bytes);
      return bytes;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"FLOAT32", "INT8", "UINT8"})
  void paddingGoesIntoConvolutions(TensorType type) {
    int[][] pads = {{0, 1, 0, 1}, {1, 1, 1, 1}, {2, 0, 1, 2}, {0, 0, 2, 2}};
    for (int[] pad : pads) {
      for (Padding padding : Padding.values()) {
        for (int stride = 1; stride <= 3; stride++) {
          for (boolean depthwise : new boolean[] {false, true}) {
            String operator = depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D";
            Padded made = new Padded(type, depthwise, padding, stride, pad);
            try (Model model = Model.load(made.model.write())) {
              InterpreterOptions options = new InterpreterOptions();
              byte[] fused = run(model, options, operator);
              byte[] apart = run(model, options.withoutPasses(FUSE_PADS), "PAD", operator);
              byte[] reference =
                  run(model, options.withoutPasses(FUSE_PADS).reference(true), "PAD", operator);
              assertArrayEquals(apart, fused);
              if (type != TensorType.FLOAT32) {
                assertArrayEquals(reference, fused);
              }
            }
          }
        }
      }
    }
  }

  @Test
  void paddingStaysWhereSomebodySeesItOrItIsWide() {
    Padded wide = new Padded(TensorType.INT8, false, Padding.VALID, 1, 3, 0, 0, 0);
    try (Model model = Model.load(wide.model.write())) {
      run(model, new InterpreterOptions(), "PAD", "CONV_2D");
    }
    Padded seen = new Padded(TensorType.INT8, false, Padding.VALID, 1, 1, 1, 1, 1);
    try (Model model = Model.load(seen.model.write())) {
      byte[] tapped = run(model, new InterpreterOptions().taps("padded"), "PAD", "CONV_2D");
      assertArrayEquals(run(model, new InterpreterOptions(), "CONV_2D"), tapped);
    }
    Padded other = new Padded(TensorType.INT8, false, Padding.VALID, 1, 1, 1, 1, 1);
    other.graph.quantize(other.padded, 0.1f, 4);
    try (Model model = Model.load(other.model.write())) {
      run(model, new InterpreterOptions(), "PAD", "CONV_2D");
    }
  }

  @Test
  void tablesThatChangeNothingCostNothing() {
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    int x = graph.input("x", TensorType.UINT8, 1, 4, 4, 3);
    int signed = graph.tensor("signed", TensorType.INT8, 1, 4, 4, 3);
    int k = graph.constant("w", TensorType.INT8, Padded.bytes(6, false), 2, 1, 1, 3);
    int y = graph.output("y", TensorType.INT8, 1, 4, 4, 2);
    graph.quantize(x, 0.5f, 127).quantize(signed, 0.5f, -1).quantize(k, 0.1f, 0);
    graph.quantize(y, 1.5f, 0);
    graph.operator(
        BuiltinOperator.QUANTIZE,
        2,
        Table.builder("QuantizeOptions").build(),
        new int[] {x},
        new int[] {signed});
    Table options =
        Table.builder("Conv2DOptions")
            .set("padding", Padding.VALID)
            .set("stride_h", 1)
            .set("stride_w", 1)
            .build();
    graph.operator(BuiltinOperator.CONV_2D, 1, options, new int[] {signed, k, -1}, new int[] {y});
    try (Model model = Model.load(maker.write())) {
      InterpreterOptions flipped = new InterpreterOptions();
      // where dots take signed bytes the numbers change
      String[] left =
          Engine.prefersFlipped(TensorType.INT8)
              ? new String[] {"CONV_2D"}
              : new String[] {"QUANTIZE", "CONV_2D"};
      byte[] fast = run(model, flipped, left);
      assertArrayEquals(
          run(model, flipped.withoutPasses("ChooseFlips"), "QUANTIZE", "CONV_2D"), fast);
      assertArrayEquals(run(model, flipped.taps("signed"), "QUANTIZE", "CONV_2D"), fast);
    }
  }

  /** x * LOGISTIC(x), then through float32 as x * 2 + x, then what a convolution would read. */
  private static TestModel chain(TensorType type) {
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    long zero = type == TensorType.UINT8 ? 128 : 0;
    int[] shape = {1, 3, 100, 5};
    int x = graph.input("x", type, shape);
    int gate = graph.tensor("gate", type, shape);
    int swish = graph.tensor("swish", type, shape);
    int real = graph.tensor("real", TensorType.FLOAT32, shape);
    int twice = graph.tensor("twice", TensorType.FLOAT32, shape);
    int sum = graph.tensor("sum", TensorType.FLOAT32, shape);
    int y = graph.output("y", type, shape);
    int two = graph.constant("two", TensorType.FLOAT32, TestModel.floats(2), 1);
    graph.quantize(x, 0.05f, zero + 9).quantize(gate, 1 / 256f, zero - 128);
    graph.quantize(swish, 0.03f, zero - 100).quantize(y, 0.1f, zero - 90);
    graph.operator(BuiltinOperator.LOGISTIC, 2, null, new int[] {x}, new int[] {gate});
    Table mul = Table.builder("MulOptions").build();
    graph.operator(BuiltinOperator.MUL, 2, mul, new int[] {gate, x}, new int[] {swish});
    graph.operator(
        BuiltinOperator.DEQUANTIZE,
        2,
        Table.builder("DequantizeOptions").build(),
        new int[] {swish},
        new int[] {real});
    graph.operator(BuiltinOperator.MUL, 1, mul, new int[] {real, two}, new int[] {twice});
    graph.operator(
        BuiltinOperator.ADD,
        1,
        Table.builder("AddOptions").build(),
        new int[] {twice, real},
        new int[] {sum});
    graph.operator(
        BuiltinOperator.QUANTIZE,
        1,
        Table.builder("QuantizeOptions").build(),
        new int[] {sum},
        new int[] {y});
    return maker;
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"INT8", "UINT8"})
  void chainsOfPointwiseOperatorsAreOneTable(TensorType type) {
    try (Model model = Model.load(chain(type).write())) {
      for (Numerics numerics : Numerics.values()) {
        InterpreterOptions options = new InterpreterOptions().numerics(numerics);
        byte[] fused = run(model, options, "TABLE");
        byte[] apart =
            run(
                model,
                options.withoutPasses("FuseTables"),
                "LOGISTIC",
                "MUL",
                "DEQUANTIZE",
                "ADD",
                "QUANTIZE");
        assertArrayEquals(apart, fused);
        // what somebody sees is computed, and the rest goes on from the same number
        assertArrayEquals(apart, run(model, options.taps("swish"), "TABLE"));
        assertArrayEquals(apart, run(model, options.taps("twice"), "TABLE", "DEQUANTIZE", "MUL"));
      }
    }
  }

  @Test
  void swishIsOneOperator() {
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    int[] shape = {1, 7, 9, 5};
    int x = graph.input("x", TensorType.FLOAT32, shape);
    int gate = graph.tensor("gate", TensorType.FLOAT32, shape);
    int y = graph.output("y", TensorType.FLOAT32, shape);
    graph.operator(BuiltinOperator.LOGISTIC, 1, null, new int[] {x}, new int[] {gate});
    Table mul = Table.builder("MulOptions").build();
    graph.operator(BuiltinOperator.MUL, 1, mul, new int[] {gate, x}, new int[] {y});
    try (Model model = Model.load(maker.write())) {
      InterpreterOptions options = new InterpreterOptions();
      byte[] fused = run(model, options, "SWISH");
      byte[] apart = run(model, options.withoutPasses("FuseSwish"), "LOGISTIC", "MUL");
      assertArrayEquals(apart, fused);
      assertArrayEquals(apart, run(model, options.taps("gate"), "LOGISTIC", "MUL"));
    }
  }

  @Test
  void unknownPassesAreNamed() {
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class, () -> new InterpreterOptions().withoutPasses("Fuse"));
    assertEquals("no pass Fuse, only " + InterpreterOptions.passes(), thrown.getMessage());
  }
}
