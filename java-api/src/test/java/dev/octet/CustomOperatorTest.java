// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class CustomOperatorTest {
  /** Gives the numbers above a threshold that stands in its options. */
  private static final class Above implements CustomOperator {
    @Override
    public int[][] shapes(Place place) {
      if (place.input(0).type() != TensorType.FLOAT32) {
        throw new IllegalArgumentException("wants floats");
      }
      return new int[1][];
    }

    @Override
    public void run(Call call) {
      float threshold = call.place().options().getFloat();
      float[] x = call.input(0).toFloats();
      int count = 0;
      for (float each : x) {
        if (each > threshold) {
          x[count++] = each;
        }
      }
      call.output(0, count).set(java.util.Arrays.copyOf(x, count));
    }
  }

  /** Counts its runs, then throws. */
  private static final class Counter implements CustomOperator {
    @Override
    public int[][] shapes(Place place) {
      return new int[][] {place.inputShape(0)};
    }

    @Override
    public void run(Call call) {
      int[] count = call.state(() -> new int[1]);
      if (++count[0] == 3) {
        throw new IllegalStateException("three is too many");
      }
      call.output(0).set(new float[] {count[0]});
    }
  }

  /** ADD, the custom operator, ADD: native instructions on both sides of it. */
  private static byte[] model(String custom, int elements) {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, elements);
    int twice = graph.tensor("twice", TensorType.FLOAT32, elements);
    int made = graph.tensor("made", TensorType.FLOAT32, elements);
    int y = graph.output("y", TensorType.FLOAT32, elements);
    Table add = Table.of("AddOptions");
    graph.operator(BuiltinOperator.ADD, 1, add, new int[] {x, x}, new int[] {twice});
    graph.custom(custom, TestModel.floats(2.5f), new int[] {twice}, new int[] {made});
    graph.operator(BuiltinOperator.ADD, 1, add, new int[] {made, made}, new int[] {y});
    ByteBuffer bytes = model.write();
    byte[] file = new byte[bytes.remaining()];
    bytes.get(file);
    return file;
  }

  @Test
  void anOutputMayHaveAnotherShapeInEachRun() {
    ModelOptions options = new ModelOptions().customOperator("Above", new Above());
    try (Model model = Model.load(model("Above", 4), options);
        Interpreter interpreter = model.interpreter()) {
      assertThrows(IllegalStateException.class, () -> interpreter.output(0), "before a run");
      interpreter.input(0).set(new float[] {1, 2, 3, 4});
      interpreter.run();
      assertArrayEquals(new float[] {8, 12, 16}, interpreter.output(0).toFloats());
      interpreter.input(0).set(new float[] {0, 0, 0, 4});
      interpreter.run();
      assertArrayEquals(new int[] {1}, interpreter.output(0).shape());
      assertArrayEquals(new float[] {16}, interpreter.output(0).toFloats());
      interpreter.input(0).set(new float[4]);
      interpreter.run();
      assertArrayEquals(new int[] {0}, interpreter.output(0).shape());
      Profile profile = interpreter.profile(3);
      assertTrue(profile.entries().stream().anyMatch(e -> e.operator().equals("Above")));
    }
  }

  @Test
  void stateSurvivesRunsAndGoesWithAReset() {
    ModelOptions options = new ModelOptions().customOperator("Counter", new Counter());
    try (Model model = Model.load(model("Counter", 1), options);
        Interpreter interpreter = model.interpreter()) {
      for (int round = 0; round < 3; round++) {
        interpreter.run();
        assertEquals(2, interpreter.output(0).toFloats()[0]);
        interpreter.run();
        assertEquals(4, interpreter.output(0).toFloats()[0]);
        InferenceException e = assertThrows(InferenceException.class, interpreter::run);
        assertSame(InferenceException.Kind.CUSTOM_OPERATOR, e.kind());
        assertTrue(e.getMessage().contains("operator 1 Counter"), e.getMessage());
        assertEquals("three is too many", e.getCause().getMessage());
        if (round == 0) {
          interpreter.resetVariables();
        } else {
          interpreter.resize(0, 1);
        }
      }
    }
  }

  @Test
  void whatItRefusesIsNamed() {
    TestModel made = new TestModel();
    TestModel.Graph graph = made.graph();
    int x = graph.input("x", TensorType.INT32, 1);
    int y = graph.output("y", TensorType.INT32, 1);
    graph.custom("Above", TestModel.floats(1), new int[] {x}, new int[] {y});
    ByteBuffer file = made.write();
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    ModelOptions options = new ModelOptions().customOperator("Above", new Above());
    try (Model model = Model.load(bytes, options)) {
      Exception e = assertThrows(UnsupportedOperatorException.class, model::interpreter);
      assertTrue(e.getMessage().contains("Above: wants floats"), e.getMessage());
    }
    try (Model model = Model.load(bytes)) {
      Exception e = assertThrows(UnsupportedOperatorException.class, model::interpreter);
      assertTrue(e.getMessage().contains("customOperator(\"Above\""), e.getMessage());
    }
  }
}
