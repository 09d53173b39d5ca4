// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.MalformedModelException;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.UnsupportedOperatorException;
import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpCase;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.program.Kernel;
import dev.octet.program.Kernels;
import dev.octet.reference.ReferenceKernels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The random models of {@link SingleOperatorTest} on both backends in one process: integers are
 * equal, floats agree within the case's tolerance, and where one refuses the other does too. {@code
 * -Doctet.reference.cases=N} sets how many of each are run, {@code -Doctet.cases.only=REGEX} picks
 * operators.
 */
final class ReferenceBackendTest {
  /** Cases of an operator that are enough for every kernel to be among them. */
  private static final int ENOUGH = 6;

  private static final int CASES = Integer.getInteger("octet.reference.cases", ENOUGH);
  private static final String ONLY = System.getProperty("octet.cases.only", ".*");

  /** Kernels that the reference backend has run. */
  private static final Set<String> SEEN = new TreeSet<>();

  static List<OpGenerator> generators() {
    return AllCases.generators().stream().filter(g -> g.toString().matches(ONLY)).toList();
  }

  /** What a run gave: outputs, or why there are none. */
  private record Answer(
      List<TensorType> types, List<int[]> shapes, List<byte[]> bytes, InferenceException failure) {}

  @Test
  void everyKernelHasAReference() {
    assertEquals(names(), ReferenceKernels.ALL.keySet());
  }

  private static Set<String> names() {
    return Kernels.ALL.stream().map(Kernel::name).collect(Collectors.toSet());
  }

  /** With all operators and enough cases, every kernel has been compared. */
  @AfterAll
  static void everyKernelTookPart() {
    if (ONLY.equals(".*") && CASES >= ENOUGH) {
      Set<String> missing = names();
      missing.removeAll(SEEN);
      assertEquals(Set.of(), missing);
    }
  }

  @ParameterizedTest
  @MethodSource("generators")
  void sameAsTheNativeKernels(OpGenerator generator) {
    for (int seed = 0; seed < CASES; seed++) {
      OpCase opCase = generator.of(seed);
      for (InterpreterOptions options : options(seed)) {
        String what = generator + ", seed " + seed + ", " + describe(options);
        List<Answer> expected = run(opCase, options.poison(false), what + " native");
        List<Answer> actual = run(opCase, options.isa("java"), what + " reference");
        assertEquals(expected == null, actual == null, what + ": one backend refuses");
        for (int i = 0; expected != null && i < expected.size(); i++) {
          compare(opCase, expected.get(i), actual.get(i), what + ", run " + i);
        }
      }
    }
  }

  private static List<InterpreterOptions> options(int seed) {
    InterpreterOptions exact = new InterpreterOptions().numerics(Numerics.EXACT);
    return List.of(
        exact.poison(seed % 2 == 0),
        new InterpreterOptions(),
        (seed % 2 == 0 ? exact : new InterpreterOptions()).reference(true).poison(true));
  }

  private static String describe(InterpreterOptions options) {
    return options.numerics() + (options.reference() ? " plain kernels" : "");
  }

  /** The answer of each run; null when the model is refused. */
  private static List<Answer> run(OpCase opCase, InterpreterOptions options, String what) {
    List<Answer> answers = new ArrayList<>();
    try (Model model = Model.load(opCase.model());
        Interpreter interpreter = model.interpreter(options)) {
      for (int i = 0; i < opCase.shapes().size(); i++) {
        interpreter.resize(i, opCase.shapes().get(i));
      }
      for (List<byte[]> inputs : opCase.runs()) {
        for (int i = 0; i < inputs.size(); i++) {
          interpreter.input(i).buffer().put(inputs.get(i));
        }
        answers.add(answer(interpreter));
      }
      if ("java".equals(options.isa()) && answers.stream().allMatch(a -> a.failure() == null)) {
        interpreter.profile(1).entries().forEach(entry -> SEEN.add(entry.kernel()));
      }
    } catch (UnsupportedOperatorException | MalformedModelException e) {
      return null;
    } catch (OctetException e) {
      fail(what + ": " + e, e);
    }
    return answers;
  }

  private static Answer answer(Interpreter interpreter) {
    List<TensorType> types = new ArrayList<>();
    List<int[]> shapes = new ArrayList<>();
    List<byte[]> bytes = new ArrayList<>();
    try {
      interpreter.run();
    } catch (InferenceException e) {
      return new Answer(types, shapes, bytes, e);
    }
    for (int i = 0; i < interpreter.outputCount(); i++) {
      ByteBuffer buffer = interpreter.output(i).buffer();
      byte[] copy = new byte[buffer.remaining()];
      buffer.get(copy);
      types.add(interpreter.output(i).type());
      shapes.add(interpreter.output(i).shape());
      bytes.add(copy);
    }
    return new Answer(types, shapes, bytes, null);
  }

  private static void compare(OpCase opCase, Answer expected, Answer actual, String what) {
    if (expected.failure() != null || actual.failure() != null) {
      assertEquals(text(expected.failure()), text(actual.failure()), what);
      return;
    }
    assertEquals(expected.types(), actual.types(), what);
    for (int i = 0; i < expected.bytes().size(); i++) {
      String where = what + ", output " + i;
      assertArrayEquals(expected.shapes().get(i), actual.shapes().get(i), where);
      String difference =
          Elements.difference(
              expected.types().get(i),
              expected.bytes().get(i),
              actual.bytes().get(i),
              opCase.tolerance(),
              0);
      if (difference != null) {
        fail(where + ": " + difference);
      }
    }
  }

  private static String text(InferenceException e) {
    return e == null ? "an answer" : e.kind() + " " + e.instruction() + " " + e.getMessage();
  }
}
