// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.differential.RecordedAnswers.Answer;
import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpCase;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.peer.SeededInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The answers of one machine, asked of another. Each random model of an operator, and each
 * published model, is run in both numerics by the machine's kernels and by the portable ones, which
 * must agree; {@code -Doctet.record=FILE} keeps the answers (default {@code
 * target/recorded-answers.gz}), {@code -Doctet.replay=FILE} compares with those of a file: integers
 * bit for bit, floats within the tolerance. {@code -Doctet.recorded.cases=N} is how many models of
 * an operator there are, {@code -Doctet.recorded.models} which published ones, {@code
 * -Doctet.cases.only=REGEX} picks operators.
 */
final class RecordedAnswersTest {
  private static final int CASES = Integer.getInteger("octet.recorded.cases", 2);
  private static final String ONLY = System.getProperty("octet.cases.only", ".*");
  private static final String MODELS = System.getProperty("octet.recorded.models", ".*");
  private static final String REPLAY = System.getProperty("octet.replay");
  private static final Path RECORD =
      Path.of(System.getProperty("octet.record", "target/recorded-answers.gz"));

  /**
   * Of the greatest value of a tensor. Twice that of an operator: one model's only output, a sine,
   * is near zero for one of its inputs.
   */
  private static final double FLOAT_TOLERANCE = 2e-5;

  private static final int RANDOM_INPUTS = 1;
  private static final long SEED = 64;

  private static RecordedAnswers answers = new RecordedAnswers();

  @BeforeAll
  static void read() throws IOException {
    if (REPLAY != null) {
      answers = RecordedAnswers.read(Path.of(REPLAY));
    }
  }

  @AfterAll
  static void write() throws IOException {
    Path folder = RECORD.toAbsolutePath().getParent();
    if (REPLAY == null && Files.isDirectory(folder)) {
      answers.write(RECORD);
      System.out.println(answers.size() + " answers recorded in " + RECORD);
    }
  }

  @TestFactory
  Stream<DynamicTest> operators() {
    Map<String, Integer> seen = new HashMap<>();
    return AllCases.generators().stream()
        .filter(generator -> generator.toString().matches(ONLY))
        .map(
            generator -> {
              // several generators may make models of one operator and type
              int count = seen.merge(generator.toString(), 1, Integer::sum);
              String name = generator + (count == 1 ? "" : " " + count);
              return DynamicTest.dynamicTest(name, () -> check(name, generator));
            });
  }

  @TestFactory
  Stream<DynamicTest> models() {
    return Stream.concat(
            ModelDifferentialTest.QUANTIZED.stream(), ModelDifferentialTest.FLOAT.stream())
        .filter(model -> model.matches(MODELS))
        .map(model -> DynamicTest.dynamicTest(model, () -> check(model)));
  }

  private static void check(String name, OpGenerator generator) {
    for (int seed = 0; seed < CASES; seed++) {
      OpCase opCase = generator.of(seed);
      for (Numerics numerics : Numerics.values()) {
        check(
            name + ", seed " + seed + ", " + numerics,
            opCase.model(),
            opCase.shapes(),
            opCase.runs(),
            numerics,
            opCase.tolerance());
      }
    }
  }

  private static void check(String name) throws IOException {
    byte[] file = Files.readAllBytes(Shared.require(name));
    List<SeededInputs.Kind> kinds = new ArrayList<>();
    try (Model model = Model.load(file);
        Interpreter interpreter = model.interpreter()) {
      for (int i = 0; i < interpreter.inputCount(); i++) {
        kinds.add(
            new SeededInputs.Kind(interpreter.input(i).type(), interpreter.input(i).elements()));
      }
    }
    List<List<byte[]>> runs = SeededInputs.of(kinds, RANDOM_INPUTS, SEED).subList(0, 2);
    for (Numerics numerics : Numerics.values()) {
      check(name + ", " + numerics, file, List.of(), runs, numerics, FLOAT_TOLERANCE);
    }
  }

  private static void check(
      String name,
      byte[] file,
      List<int[]> shapes,
      List<List<byte[]>> runs,
      Numerics numerics,
      double tolerance) {
    InterpreterOptions options = new InterpreterOptions().numerics(numerics);
    Answer answer = RecordedAnswers.ask(file, shapes, runs, options);
    Answer portable = RecordedAnswers.ask(file, shapes, runs, options.reference(true));
    if (REPLAY == null) {
      answers.put(name, answer);
    } else {
      Answer recorded = answers.get(name);
      assertNotNull(recorded, name + " is not recorded in " + REPLAY);
      same(name + ", as recorded", recorded, answer, tolerance);
      same(name + ", portable kernels, as recorded", recorded, portable, tolerance);
    }
    same(name + ", portable kernels", answer, portable, tolerance);
  }

  private static void same(String what, Answer expected, Answer actual, double tolerance) {
    String difference = actual.difference(expected, tolerance);
    if (difference != null) {
      fail(what + ": " + difference);
    }
  }
}
