// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.RecurrentModels.Options;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A trace computes what the engine computes, run after run. */
final class LstmTraceTest {
  private static final float NEAR = 2e-5f;

  private static final int RUNS = 3;

  @Test
  void sequencesOfEveryKind() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed * 7919L);
      Options options = Options.drawn(random);
      EditableModel model =
          RecurrentModels.sequence(
              seed,
              options,
              1 + random.nextInt(3),
              1 + random.nextInt(5),
              1 + random.nextInt(6),
              2 + random.nextInt(8),
              1 + random.nextInt(4));
      compare(model, options + " of seed " + seed);
    }
  }

  @Test
  void singleSteps() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed * 7919L);
      Options options = Options.drawn(random).ofSteps();
      EditableModel model = RecurrentModels.step(seed, options, 2, 3, 5, 4);
      compare(model, options + " of seed " + seed);
    }
  }

  @Test
  void internalsAreReportedOncePerStep() {
    Options options =
        new Options(true, true, true, true, true, false, false, 0, 0, Activation.TANH);
    EditableModel model = RecurrentModels.sequence(5, options, 2, 4, 3, 6, 5);
    EditableOperator operator = model.graphs().get(0).operators().get(0);
    float[] x = new float[2 * 4 * 3];
    for (int k = 0; k < x.length; k++) {
      x[k] = k % 5;
    }
    LstmTrace.Run run = LstmTrace.of(operator).run(x, new float[2 * 5], new float[2 * 6]);
    assertEquals(5 * 2 * 6, run.c().length, "before the first step and after every one");
    assertNull(run.intermediates()[0], "no input gate");
    assertEquals(4 * 2 * 6, run.intermediates()[1].length);
    assertEquals(4 * 2 * 6, run.intermediates()[4].length);
    assertArrayEquals(
        Arrays.copyOfRange(run.y(), 15, 20), Arrays.copyOfRange(run.h(), 0, 5), "last h");
    for (float v : Arrays.copyOf(run.c(), 12)) {
      assertEquals(0, v);
    }
  }

  @Test
  void anInputOfNoWholeStepsIsRefused() {
    EditableModel model = RecurrentModels.sequence(1, Options.plain(), 1, 2, 3, 4, 4);
    LstmTrace trace = LstmTrace.of(model.graphs().get(0).operators().get(0));
    assertThrows(
        IllegalArgumentException.class, () -> trace.run(new float[4], new float[4], new float[4]));
  }

  @Test
  void whatIsNoFloatRecurrentOperatorHasNoTrace() {
    EditableModel model = RecurrentModels.sequence(1, Options.plain(), 1, 2, 3, 4, 4);
    EditableOperator lstm = model.graphs().get(0).operators().get(0);
    lstm.input(2).data((ByteBuffer) null);
    assertNull(LstmTrace.of(lstm), "weights that another operator computes");
    assertNull(LstmTrace.of(new EditableOperator(BuiltinOperator.ADD, List.of(), List.of())));
  }

  private static void compare(EditableModel model, String what) {
    EditableOperator operator = model.graphs().get(0).operators().get(0);
    LstmTrace trace = LstmTrace.of(operator);
    assertNotNull(trace, what);
    Random random = new Random(3);
    float[] h = new float[operator.input(LstmInputs.H).elements()];
    float[] c = new float[operator.input(LstmInputs.C).elements()];
    try (Model loaded = Model.load(model.toBytes());
        Interpreter interpreter = loaded.interpreter()) {
      for (int run = 0; run < RUNS; run++) {
        float[] x = new float[interpreter.input(0).bytes() / 4];
        for (int j = 0; j < x.length; j++) {
          x[j] = (float) random.nextGaussian();
        }
        interpreter.input(0).buffer().asFloatBuffer().put(x);
        interpreter.run();
        float[] expected = new float[interpreter.output(0).bytes() / 4];
        interpreter.output(0).buffer().asFloatBuffer().get(expected);
        LstmTrace.Run got = trace.run(x, h, c);
        assertArrayEquals(expected, got.y(), NEAR, what + ", run " + run);
        h = got.h();
        c = Arrays.copyOfRange(got.c(), got.c().length - c.length, got.c().length);
        if (run == 1) {
          interpreter.resetVariables();
          h = new float[h.length];
          c = new float[c.length];
        }
      }
    }
  }
}
