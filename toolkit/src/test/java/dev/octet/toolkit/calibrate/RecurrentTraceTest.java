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
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A trace computes what the engine computes, run after run. */
final class RecurrentTraceTest {
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
      Options drawn = Options.drawn(random);
      Options options =
          new Options(
              drawn.coupled(),
              drawn.peephole(),
              drawn.projection(),
              drawn.projectionBias(),
              drawn.norm(),
              true,
              false,
              drawn.cellClip(),
              drawn.projectionClip(),
              drawn.activation());
      EditableModel model = RecurrentModels.step(seed, options, 2, 3, 5, 4);
      compare(model, options + " of seed " + seed);
    }
  }

  @Test
  void bothDirections() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed * 7919L);
      Options drawn = Options.drawn(random);
      Options options =
          new Options(
              drawn.coupled(),
              drawn.peephole(),
              false,
              false,
              false,
              drawn.timeMajor(),
              false,
              drawn.cellClip(),
              0,
              drawn.activation());
      int aux = random.nextBoolean() ? 0 : 1 + random.nextInt(4);
      EditableModel model =
          RecurrentModels.bidirectional(seed, options, random.nextBoolean(), aux, 2, 4, 3, 5);
      compare(model, options + " of seed " + seed);
    }
  }

  @Test
  void filtersOverTime() {
    Activation[] activations = {Activation.RELU, Activation.NONE, Activation.TANH};
    for (int seed = 0; seed < 12; seed++) {
      EditableModel model =
          RecurrentModels.svdf(seed, activations[seed % 3], 1 + seed % 3, 4, 3, 1 + seed % 2, 5);
      compare(model, "svdf of seed " + seed);
    }
  }

  @Test
  void internalsAreReportedOncePerStep() {
    Options options =
        new Options(true, true, true, true, true, false, false, 0, 0, Activation.TANH);
    EditableModel model = RecurrentModels.sequence(5, options, 2, 4, 3, 6, 5);
    EditableOperator operator = model.graphs().get(0).operators().get(0);
    Map<Integer, float[]> seen = new HashMap<>();
    float[] x = new float[2 * 4 * 3];
    for (int k = 0; k < x.length; k++) {
      x[k] = k % 5;
    }
    List<float[]> y = RecurrentTrace.of(operator).run(k -> k == 0 ? x : null, seen::put);
    int h = operator.input(18).sourceIndex();
    int c = operator.input(19).sourceIndex();
    assertEquals(6, seen.size(), "h, c, three gates, o * tanh(c): " + seen.keySet());
    assertNull(seen.get(RecurrentTrace.intermediate(operator, 0)), "no input gate");
    assertEquals(5 * 2 * 5, seen.get(h).length, "before the first step and after every one");
    assertEquals(5 * 2 * 6, seen.get(c).length);
    assertEquals(4 * 2 * 6, seen.get(RecurrentTrace.intermediate(operator, 1)).length);
    assertEquals(4 * 2 * 6, seen.get(RecurrentTrace.intermediate(operator, 4)).length);
    assertArrayEquals(
        Arrays.copyOfRange(y.get(0), 15, 20), Arrays.copyOfRange(seen.get(h), 40, 45), "last h");
  }

  @Test
  void anInputOfNoWholeStepsIsRefused() {
    EditableModel model = RecurrentModels.sequence(1, Options.plain(), 1, 2, 3, 4, 4);
    RecurrentTrace trace = RecurrentTrace.of(model.graphs().get(0).operators().get(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> trace.run(i -> i == 0 ? new float[4] : null, (t, v) -> {}));
  }

  @Test
  void whatIsNoFloatRecurrentOperatorHasNoTrace() {
    EditableModel model = RecurrentModels.sequence(1, Options.plain(), 1, 2, 3, 4, 4);
    EditableOperator lstm = model.graphs().get(0).operators().get(0);
    lstm.input(2).data((ByteBuffer) null);
    assertNull(RecurrentTrace.of(lstm), "weights that another operator computes");
    assertNull(RecurrentTrace.of(new EditableOperator(BuiltinOperator.ADD, List.of(), List.of())));
  }

  private static void compare(EditableModel model, String what) {
    EditableOperator operator = model.graphs().get(0).operators().get(0);
    RecurrentTrace trace = RecurrentTrace.of(operator);
    assertNotNull(trace, what);
    Random random = new Random(3);
    Map<Integer, float[]> states = new HashMap<>();
    try (Model loaded = Model.load(model.toBytes());
        Interpreter interpreter = loaded.interpreter()) {
      for (int run = 0; run < RUNS; run++) {
        Map<Integer, float[]> inputs = new HashMap<>();
        for (int i = 0; i < interpreter.inputCount(); i++) {
          float[] values = new float[interpreter.input(i).bytes() / 4];
          for (int j = 0; j < values.length; j++) {
            values[j] = (float) random.nextGaussian();
          }
          interpreter.input(i).buffer().asFloatBuffer().put(values);
          inputs.put(operator.inputs().indexOf(model.graphs().get(0).inputs().get(i)), values);
        }
        interpreter.run();
        List<float[]> expected = new ArrayList<>();
        for (int i = 0; i < interpreter.outputCount(); i++) {
          float[] values = new float[interpreter.output(i).bytes() / 4];
          interpreter.output(i).buffer().asFloatBuffer().get(values);
          expected.add(values);
        }
        inputs.putAll(states);
        List<float[]> got = trace.run(inputs::get, (t, v) -> keep(operator, t, v, states));
        assertEquals(expected.size(), got.size(), what);
        for (int i = 0; i < expected.size(); i++) {
          assertArrayEquals(expected.get(i), got.get(i), NEAR, what + ", run " + run);
        }
        if (run == 1) {
          interpreter.resetVariables();
          states.clear();
        }
      }
    }
  }

  /** What a variable holds after the run is the end of what was reported. */
  private static void keep(
      EditableOperator operator, int tensor, float[] values, Map<Integer, float[]> states) {
    for (int i = 0; i < operator.inputs().size(); i++) {
      EditableTensor input = operator.input(i);
      if (input != null && input.variable() && input.sourceIndex() == tensor) {
        int n = input.elements();
        states.put(i, Arrays.copyOfRange(values, values.length - n, values.length));
      }
    }
  }
}
