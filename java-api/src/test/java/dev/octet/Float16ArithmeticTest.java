// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Float16ArithmeticTest {
  private static final int SIZE = 9;
  private static final int CI = 40;
  private static final int CO = 24;
  private final float[] x = floats(SIZE * SIZE * CI, 1);
  private final float[] w = floats(CO * 9 * CI, 2);

  private static float[] floats(int count, int seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private Model model() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int in = graph.input("x", TensorType.FLOAT32, 1, SIZE, SIZE, CI);
    int weights = graph.constant("w", TensorType.FLOAT32, TestModel.floats(w), CO, 3, 3, CI);
    int out = graph.output("y", TensorType.FLOAT32, 1, SIZE - 2, SIZE - 2, CO);
    graph.operator(
        BuiltinOperator.CONV_2D,
        3,
        Table.builder("Conv2DOptions")
            .set("padding", Padding.VALID)
            .set("stride_h", 1)
            .set("stride_w", 1)
            .build(),
        new int[] {in, weights, -1},
        new int[] {out});
    return Model.load(model.write());
  }

  private float[] run(Model model, InterpreterOptions options) {
    try (Interpreter interpreter = model.interpreter(options)) {
      interpreter.input(0).set(x);
      interpreter.run();
      return interpreter.output(0).toFloats();
    }
  }

  @Test
  void isLessExactWithinItsBound() {
    assumeTrue(Octet.float16Arithmetic(), "no float16 arithmetic here");
    try (Model model = model()) {
      float[] y = run(model, new InterpreterOptions().float16Arithmetic(true));
      double worst = 0;
      for (int i = 0; i < y.length; i++) {
        int c = i % CO;
        int row = i / CO / (SIZE - 2);
        int column = i / CO % (SIZE - 2);
        double sum = 0;
        double magnitude = 0;
        for (int k = 0; k < 9 * CI; k++) {
          int tap = k / CI;
          int at = ((row + tap / 3) * SIZE + column + tap % 3) * CI + k % CI;
          double product = (double) x[at] * w[c * 9 * CI + k];
          sum += product;
          magnitude += Math.abs(product);
        }
        worst = Math.max(worst, Math.abs(y[i] - sum) / magnitude);
      }
      System.out.println("error up to " + worst + " of the sum of magnitudes");
      assertTrue(worst < 0x1p-6, "within the bound: " + worst);
      assertTrue(worst > 0x1p-20, "float16 was in use: " + worst);
      assertArrayEquals(
          run(model, new InterpreterOptions().isa(Octet.isa())),
          run(model, new InterpreterOptions().isa(Octet.isa()).float16Arithmetic(true)),
          "a chosen instruction set overrules it");
    }
  }

  @Test
  void changesNothingUnlessAllowedAndThere() {
    assertFalse(new InterpreterOptions().float16Arithmetic());
    assertTrue(new InterpreterOptions().float16Arithmetic(true).float16Arithmetic());
    try (Model model = model()) {
      InterpreterOptions plain = new InterpreterOptions();
      assertArrayEquals(
          run(model, plain.reference(true)),
          run(model, plain.reference(true).float16Arithmetic(true)),
          "reference kernels");
      if (!Octet.float16Arithmetic()) {
        assertArrayEquals(run(model, plain), run(model, plain.float16Arithmetic(true)));
      }
    }
  }

  @Test
  void isAnInstructionSetOfItsOwnThatOthersRefuse() {
    assumeFalse(Octet.float16Arithmetic(), "float16 arithmetic is here");
    try (Model model = model()) {
      InterpreterOptions options = new InterpreterOptions().isa("neonhalf");
      Exception e = assertThrows(IllegalArgumentException.class, () -> model.interpreter(options));
      assertEquals(
          "instruction set 'neonhalf' is not available here; the best is " + Octet.isa(),
          e.getMessage());
    }
  }

  @Test
  void weightsBeyondItsRangeStayFloat32() {
    w[7] = 70000;
    try (Model model = model()) {
      assertArrayEquals(
          run(model, new InterpreterOptions()),
          run(model, new InterpreterOptions().float16Arithmetic(true)));
    }
  }
}
