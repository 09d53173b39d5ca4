// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.Octet;
import dev.octet.OctetException;
import dev.octet.Tensor;
import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpCase;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.ops.Ops;
import dev.octet.peer.PeerAnswer;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.PeerProcess;
import dev.octet.peer.PeerTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random models of every operator and kind of elements, beside TensorFlow Lite 2.20's built-in
 * kernels in a process of their own. {@code -Doctet.cases=N} sets how many of each are run, {@code
 * -Doctet.cases.only=REGEX} picks operators; the counts are in {@code target/operator-cases.txt}.
 */
final class SingleOperatorTest {
  private static final int CASES = Integer.getInteger("octet.cases", 10);
  private static final String ONLY = System.getProperty("octet.cases.only", ".*");

  /** In the order of what they can do. */
  private static final List<String> ISAS =
      Octet.isa().startsWith("neon")
          ? List.of("scalar", "neon", "neondot")
          : List.of("scalar", "avx2", "avx512", "avx512vnni");

  private static final List<String> COUNTS = new ArrayList<>();
  private static PeerProcess peer;

  @BeforeAll
  static void start() {
    peer = new PeerProcess(Duration.ofSeconds(30));
  }

  @AfterAll
  static void stop() throws IOException {
    peer.close();
    Path target = Path.of("target");
    if (Files.isDirectory(target)) {
      Files.write(target.resolve("operator-cases.txt"), COUNTS);
    }
  }

  static List<OpGenerator> generators() {
    return AllCases.generators().stream().filter(g -> g.toString().matches(ONLY)).toList();
  }

  @ParameterizedTest
  @MethodSource("generators")
  void sameAsThePeer(OpGenerator generator) {
    int equal = 0;
    int refused = 0;
    Set<String> wrong = new TreeSet<>();
    String refusal = "";
    for (int seed = 0; seed < CASES; seed++) {
      OpCase opCase = generator.of(seed);
      String what = generator + ", seed " + seed;
      List<List<Result>> expected = new ArrayList<>();
      PeerAnswer answer = ask(opCase, expected);
      if (opCase.oracle() != null) {
        wrong.add(opCase.oracle().reason());
        expected = oracle(opCase, expected);
      } else if (!answer.ok()) {
        refused++;
        refusal = what + ": " + answer.message();
        surviveRefused(opCase);
        continue;
      }
      for (InterpreterOptions options : options(seed)) {
        compare(opCase, options, expected, what);
      }
      equal++;
    }
    COUNTS.add(
        String.format("%-40s equal %d, peer refuses %d %s", generator, equal, refused, wrong));
    assertTrue(refused <= CASES / 2, "the peer refuses most: " + refusal);
  }

  /**
   * Every kind of elements that an operator is offered for is among the generators; the audio front
   * end has no peer but tflite-micro, SignalTest holds it.
   */
  @Test
  void everyOperatorAndTypeTakesPart() {
    Set<String> offered =
        Ops.ALL.stream()
            .filter(spec -> !spec.name().startsWith("Signal"))
            .flatMap(spec -> spec.types().stream().map(type -> spec.name() + " " + type))
            .filter(offer -> offer.matches(ONLY))
            .collect(Collectors.toCollection(TreeSet::new));
    AllCases.generators().forEach(generator -> offered.remove(generator.toString()));
    assertEquals(Set.of(), offered);
  }

  /** An output of a run. */
  private record Result(String type, int[] shape, byte[] bytes) {}

  private static PeerAnswer ask(OpCase opCase, List<List<Result>> results) {
    PeerAnswer answer = peer.load(opCase.model(), PeerKernels.BUILT_IN, 1);
    if (answer.ok() && !opCase.shapes().isEmpty()) {
      answer = peer.resize(opCase.shapes());
    }
    for (int run = 0; run < opCase.runs().size() && answer.ok(); run++) {
      answer = peer.run(opCase.runs().get(run));
      List<Result> outputs = new ArrayList<>();
      for (int i = 0; i < answer.values().size(); i++) {
        PeerTensor tensor = answer.outputs().get(i);
        // of no elements at all it may still have a byte
        boolean empty =
            tensor.type().bytes() > 0 && IntStream.of(tensor.shape()).anyMatch(dim -> dim == 0);
        outputs.add(
            new Result(
                tensor.type().toString(),
                tensor.shape(),
                empty ? new byte[0] : answer.values().get(i)));
      }
      results.add(outputs);
    }
    return answer;
  }

  private static List<List<Result>> oracle(OpCase opCase, List<List<Result>> peer) {
    List<List<Result>> results = new ArrayList<>();
    for (int run = 0; run < opCase.runs().size(); run++) {
      List<byte[]> outputs = opCase.oracle().outputs(opCase.runs().get(run));
      List<Result> row = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        Result theirs = run < peer.size() ? peer.get(run).get(i) : new Result(null, null, null);
        row.add(new Result(theirs.type(), theirs.shape(), outputs.get(i)));
      }
      results.add(row);
    }
    return results;
  }

  private static List<InterpreterOptions> options(int seed) {
    InterpreterOptions exact = new InterpreterOptions().numerics(Numerics.EXACT);
    List<InterpreterOptions> options = new ArrayList<>();
    options.add(exact);
    options.add(exact.poison(true).reference(true));
    options.add(new InterpreterOptions());
    List<String> lesser = ISAS.subList(0, Math.max(0, ISAS.indexOf(Octet.isa())));
    if (!lesser.isEmpty()) {
      options.add(exact.isa(lesser.get(seed % lesser.size())));
    }
    return options;
  }

  private static void surviveRefused(OpCase opCase) {
    try (Model model = Model.load(opCase.model());
        Interpreter interpreter = model.interpreter()) {
      interpreter.run();
    } catch (OctetException e) {
      // an answer as good as any to what the peer refuses
    }
  }

  private static void compare(
      OpCase opCase, InterpreterOptions options, List<List<Result>> expected, String what) {
    try (Model model = Model.load(opCase.model());
        Interpreter interpreter = model.interpreter(options)) {
      for (int i = 0; i < opCase.shapes().size(); i++) {
        interpreter.resize(i, opCase.shapes().get(i));
      }
      int steps = options.numerics() == Numerics.FAST ? opCase.fastSteps() : opCase.exactSteps();
      for (int run = 0; run < opCase.runs().size(); run++) {
        List<byte[]> inputs = opCase.runs().get(run);
        for (int i = 0; i < inputs.size(); i++) {
          interpreter.input(i).buffer().put(inputs.get(i));
        }
        interpreter.run();
        for (int i = 0; i < interpreter.outputCount(); i++) {
          String where = what + ", " + options + ", run " + run + ", output " + i;
          compare(interpreter.output(i), expected.get(run).get(i), opCase, steps, where);
        }
      }
    } catch (OctetException e) {
      fail(what + ", " + options + ": " + e, e);
    }
  }

  private static void compare(
      Tensor output, Result expected, OpCase opCase, int steps, String what) {
    if (expected.type() != null) {
      assertEquals(expected.type(), output.type().toString(), what);
      assertEquals(
          java.util.Arrays.toString(expected.shape()),
          java.util.Arrays.toString(output.shape()),
          what);
    }
    ByteBuffer bytes = output.buffer();
    byte[] actual = new byte[bytes.remaining()];
    bytes.get(actual);
    String difference =
        Elements.difference(output.type(), expected.bytes(), actual, opCase.tolerance(), steps);
    if (difference != null) {
      fail(what + ": " + difference);
    }
  }
}
