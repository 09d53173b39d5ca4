// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.LstmLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A loop over the steps of an LSTM becomes one instruction, with the loop's answers; no other. */
class LoopedLstmTest {
  private static final int REWIRED = Integer.getInteger("octet.rewired", 120);

  private static final InterpreterOptions LOOP =
      new InterpreterOptions().withoutPasses("FuseLoops");

  private static Arguments of(String name, Consumer<LstmLoop> change) {
    return Arguments.of(name, change);
  }

  static Stream<Arguments> lstms() {
    return Stream.of(
        of("float32, last h", l -> {}),
        of("float32, every h", l -> l.sequence = true),
        of("one row", l -> l.batch = 1),
        of("one turn", l -> l.turns = 1),
        of("without a bias", l -> l.bias = false),
        of("operands the other way round", l -> l.swapped = true),
        of("gates in another order", l -> l.parts = new int[] {2, 0, 3, 1}),
        of("int8 weights", l -> l.integer = true),
        of(
            "int8 weights with a scale a row, gates in another order, every h",
            l -> {
              l.integer = true;
              l.perRow = true;
              l.sequence = true;
              l.parts = new int[] {3, 2, 1, 0};
            }),
        of(
            "int8 weights, rows quantized with a zero point",
            l -> {
              l.integer = true;
              l.asymmetric = true;
            }));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        of("fewer turns than x has", l -> l.limit = 4),
        of("no turn", l -> l.limit = 0),
        of("a counter that starts behind 0", l -> l.start = 1),
        of("x from its second element on", l -> l.sequenceStart = 1),
        of("every second element", l -> l.step = 2),
        of(
            "every h, written from the second element on",
            l -> {
              l.sequence = true;
              l.sequenceStart = 1;
            }),
        of(
            "every h, in a list that is longer",
            l -> {
              l.sequence = true;
              l.longer = 2;
            }),
        of(
            "every h of fewer turns",
            l -> {
              l.sequence = true;
              l.limit = 3;
            }),
        of("another function of a gate", l -> l.gateFunction = BuiltinOperator.TANH),
        of("another function of the cell", l -> l.cellFunction = BuiltinOperator.RELU),
        of("a fused activation", l -> l.activation = Activation.RELU6),
        of("a gate as a variable", l -> l.showsGate = true),
        of("an x that changes", l -> l.changesX = true),
        of("one part for two gates", l -> l.sharesGate = true),
        of("c in place of h", l -> l.cellFeedsBack = true));
  }

  private static Model model(Consumer<LstmLoop> change) {
    return model(5, change);
  }

  private static Model model(long seed, Consumer<LstmLoop> change) {
    LstmLoop loop = new LstmLoop(seed);
    change.accept(loop);
    ByteBuffer file = loop.build().write();
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return Model.load(bytes);
  }

  private static List<float[]> run(Interpreter interpreter) {
    Random random = new Random(6);
    List<float[]> outputs = new ArrayList<>();
    for (int run = 0; run < 3; run++) {
      float[] x = new float[interpreter.input(0).bytes() / 4];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      interpreter.input(0).set(x);
      interpreter.run();
      for (int i = 0; i < interpreter.outputCount(); i++) {
        Tensor output = interpreter.output(i);
        if (output.type() == TensorType.INT32) {
          outputs.add(new float[] {output.buffer().getInt(0)});
        } else {
          outputs.add(output.toFloats());
        }
      }
    }
    return outputs;
  }

  private static boolean fused(Interpreter interpreter) {
    return interpreter.profile(1).entries().stream().anyMatch(e -> e.kernel().equals("lstm"));
  }

  private static void requireSame(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), 2e-6f, "output " + i);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lstms")
  void anLstmIsOneInstructionWithTheAnswersOfTheLoop(String name, Consumer<LstmLoop> change) {
    try (Model model = model(change);
        Interpreter loop = model.interpreter(LOOP);
        Interpreter one = model.interpreter()) {
      requireSame(run(loop), run(one));
      assertEquals(false, fused(loop));
      assertEquals(true, fused(one));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("others")
  void whatIsNearlyAnLstmStaysALoop(String name, Consumer<LstmLoop> change) {
    try (Model model = model(change);
        Interpreter loop = model.interpreter(LOOP);
        Interpreter other = model.interpreter()) {
      requireSame(run(loop), run(other));
      assertEquals(false, fused(other));
    }
  }

  /** The answers, or none where the rewired model has a fault that is found before or in a run. */
  private static List<float[]> answers(Model model, InterpreterOptions options, int[] fused) {
    try (Interpreter interpreter = model.interpreter(options)) {
      List<float[]> answers = run(interpreter);
      fused[0] += fused(interpreter) ? 1 : 0;
      return answers;
    } catch (InferenceException | UnsupportedOperatorException e) {
      return List.of();
    }
  }

  /** Wherever one operator reads something else of the same shape, the answers are the loop's. */
  @Test
  void rewiredLoopsGiveTheirOwnAnswers() {
    int[] fused = new int[1];
    int answered = 0;
    for (int seed = 0; seed < REWIRED; seed++) {
      boolean even = seed % 2 == 0;
      try (Model model =
          model(
              seed,
              l -> {
                l.rewired = true;
                l.sequence = even;
                l.inputs = l.cells; // so that x and h are of one shape
              })) {
        List<float[]> expected = answers(model, LOOP, new int[1]);
        requireSame(expected, answers(model, new InterpreterOptions(), fused));
        answered += expected.isEmpty() ? 0 : 1;
      }
    }
    // some rewirings change nothing, such as one counter for the other
    assertTrue(fused[0] < REWIRED / 3, fused[0] + " of " + REWIRED + " are LSTMs");
    assertTrue(answered > REWIRED / 2, answered + " of " + REWIRED + " give answers");
  }

  /** The list of every h is too short, which only the turn behind its end can tell. */
  @Test
  void aListThatATurnLeavesEndsTheRun() {
    try (Model model =
            model(
                l -> {
                  l.sequence = true;
                  l.longer = -1;
                });
        Interpreter loop = model.interpreter(LOOP);
        Interpreter other = model.interpreter()) {
      for (Interpreter each : List.of(loop, other)) {
        assertEquals(
            InferenceException.Kind.INDEX_OUT_OF_RANGE,
            assertThrows(InferenceException.class, each::run).kind());
      }
    }
  }

  /** Who wants to see the turns sees all of them. */
  @Test
  void aTappedLoopStaysALoop() {
    List<Integer> seen = new ArrayList<>();
    SubgraphTaps taps =
        new SubgraphTaps() {
          @Override
          public Set<String> names(int subgraph) {
            return Set.of();
          }

          @Override
          public void ran(int subgraph, Function<String, Tensor> tap) {
            seen.add(subgraph);
          }
        };
    try (Model model = model(l -> {});
        Interpreter plain = model.interpreter();
        Interpreter seeing = model.interpreter(new InterpreterOptions().subgraphTaps(taps))) {
      requireSame(run(plain), run(seeing));
    }
    assertEquals(3 * (5 + 6), seen.size());
  }

  /** The values of the loop that the caller wants to see are there. */
  @Test
  void tapsOfTheLoopsOutputsAreKept() {
    try (Model model = model(l -> {});
        Interpreter plain = model.interpreter();
        Interpreter tapped = model.interpreter(new InterpreterOptions().taps("x of", "c of"))) {
      requireSame(run(plain), run(tapped));
      assertArrayEquals(tapped.input(0).toFloats(), tapped.tap("x of").toFloats());
      assertArrayEquals(plain.output(4).toFloats(), tapped.tap("c of").toFloats(), 2e-6f);
    }
  }
}
