// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.program.LivePackedWeights;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Weights are packed once, but for those that follow from shapes or from what a run decides. */
final class PackedWeightsTest {
  /** CONV_2D of 4 channels, each of 2 channels of x: as many groups as x has pairs of channels. */
  private static ByteBuffer grouped(int channels, boolean real) {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    TensorType type = real ? TensorType.FLOAT32 : TensorType.INT8;
    int x = graph.input("x", type, 1, 2, 3, channels);
    int w =
        real
            ? graph.constant("w", type, TestModel.floats(1, -2, 3, -4, 5, -6, 7, -8), 4, 1, 1, 2)
            : graph.constant("w", type, TestModel.bytes(1, -2, 3, -4, 5, -6, 7, -8), 4, 1, 1, 2);
    TensorType sums = real ? type : TensorType.INT32;
    ByteBuffer biases = real ? TestModel.floats(1, 2, 3, 4) : TestModel.ints(1, 2, 3, 4);
    int bias = graph.constant("bias", sums, biases, 4);
    int y = graph.output("y", type, 1, 2, 3, 4);
    if (!real) {
      graph.quantize(x, 1, 3).quantize(w, 1, 0).quantize(y, 8, -5);
    }
    Table options = Table.builder("Conv2DOptions").set("stride_w", 1).set("stride_h", 1).build();
    graph.operator(BuiltinOperator.CONV_2D, 3, options, new int[] {x, w, bias}, new int[] {y});
    return model.write();
  }

  private static byte[] run(Interpreter interpreter) {
    ByteBuffer memory = interpreter.input(0).buffer();
    Random random = new Random(7);
    boolean real = interpreter.input(0).type() == TensorType.FLOAT32;
    while (memory.hasRemaining()) {
      if (real) {
        memory.putFloat(random.nextInt(9));
      } else {
        memory.put((byte) random.nextInt(9));
      }
    }
    interpreter.run();
    byte[] bytes = new byte[interpreter.output(0).bytes()];
    interpreter.output(0).buffer().get(bytes);
    return bytes;
  }

  private static void channelsAreResized(boolean real) {
    try (Model two = Model.load(grouped(2, real));
        Model four = Model.load(grouped(4, real));
        Model eight = Model.load(grouped(8, real));
        Interpreter resized = two.interpreter();
        Interpreter ofFour = four.interpreter();
        Interpreter ofEight = eight.interpreter()) {
      byte[] before = run(resized);
      resized.resize(0, 1, 2, 3, 4);
      assertArrayEquals(run(ofFour), run(resized));
      resized.resize(0, 1, 2, 3, 8);
      assertArrayEquals(run(ofEight), run(resized));
      resized.resize(0, 1, 2, 3, 2);
      assertArrayEquals(before, run(resized));
    }
  }

  @Test
  void groupsThatAResizeMakesArePackedAnew() {
    channelsAreResized(false);
    channelsAreResized(true);
  }

  /** FULLY_CONNECTED of ones with weights start, start + 1 ..., as many as limit - start. */
  private static ByteBuffer decided() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int start = graph.input("start", TensorType.FLOAT32);
    int limit = graph.input("limit", TensorType.FLOAT32);
    int one = graph.constant("one", TensorType.FLOAT32, TestModel.floats(1));
    int range = graph.tensor("range", TensorType.FLOAT32, 1);
    graph.operator(
        BuiltinOperator.RANGE,
        1,
        Table.of("RangeOptions"),
        new int[] {start, limit, one},
        new int[] {range});
    int axis = graph.constant("axis", TensorType.INT32, TestModel.ints(0), 1);
    int w = graph.tensor("w", TensorType.FLOAT32, 1, 1);
    graph.operator(
        BuiltinOperator.EXPAND_DIMS,
        1,
        Table.of("ExpandDimsOptions"),
        new int[] {range, axis},
        new int[] {w});
    int shape = graph.tensor("shape", TensorType.INT32, 2);
    graph.operator(
        BuiltinOperator.SHAPE,
        1,
        Table.builder("ShapeOptions").set("out_type", TensorType.INT32).build(),
        new int[] {w},
        new int[] {shape});
    int x = graph.tensor("x", TensorType.FLOAT32, 1, 1);
    graph.operator(
        BuiltinOperator.FILL, 1, Table.of("FillOptions"), new int[] {shape, one}, new int[] {x});
    int y = graph.output("y", TensorType.FLOAT32, 1, 1);
    graph.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        Table.of("FullyConnectedOptions"),
        new int[] {x, w, -1},
        new int[] {y});
    return model.write();
  }

  private static void sum(Interpreter interpreter, int start, int count) {
    interpreter.input("start").set(new float[] {start});
    interpreter.input("limit").set(new float[] {start + count});
    interpreter.run();
    assertArrayEquals(
        new float[] {count * (start + (count - 1) / 2f)},
        interpreter.output("y").toFloats(),
        1e-3f);
  }

  @Test
  void weightsThatRunsDecideAreTheirOwn() {
    try (Model model = Model.load(decided());
        Interpreter interpreter = model.interpreter()) {
      for (int i = 0; i < 60; i++) {
        sum(interpreter, i % 20, 4 + i % 3);
      }
    }
  }

  @Test
  void weightsThatRunsDecideAreForgotten() {
    try (Model model = Model.load(decided());
        Interpreter interpreter = model.interpreter()) {
      int before = LivePackedWeights.count();
      for (int i = 0; i < 200; i++) {
        sum(interpreter, i, 4);
      }
      int grown = LivePackedWeights.count() - before;
      assertTrue(grown < 40, grown + " more packed weights after 200 runs");
    }
  }

  /** What is compiled for another shape after that is the interpreter's alone. */
  @Test
  void interpretersOfAClosedModelMayBeResized() {
    Model model = Model.load(grouped(4, true));
    try (Interpreter interpreter = model.interpreter()) {
      byte[] expected = run(interpreter);
      model.close();
      assertArrayEquals(expected, run(interpreter));
      for (int i = 0; i < 3; i++) {
        interpreter.resize(0, 1, 2, 3, 8);
        run(interpreter);
        interpreter.resize(0, 1, 2, 3, 4);
        assertArrayEquals(expected, run(interpreter));
      }
    }
  }
}
