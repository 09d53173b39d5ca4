// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.peer.Difference;
import dev.octet.peer.PeerKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Published models that remember give what TensorFlow Lite 2.20 gives, run after run. */
final class RecurrentModelsTest {
  /** Integers throughout, or nothing but conversions at their ends. */
  private static final List<String> INTEGER =
      List.of(
          "models/keras_lstm_mnist_ptq.tflite",
          "models/trained_lstm_int8.tflite",
          "models/keyword_scrambled.tflite",
          "reference/mnist_lstm_fused/int8_float_io.tflite",
          "reference/mnist_lstm_fused/int8_int8_io.tflite",
          "reference/mnist_lstm_fused/int8_uint8_io.tflite");

  private static final List<String> FLOAT =
      List.of(
          "models/trained_lstm.tflite",
          "models/lstm.bin",
          "models/unidirectional_sequence_lstm.bin",
          "reference/mnist_lstm/float.tflite",
          "reference/mnist_lstm/dynamic.tflite",
          "reference/mnist_lstm/float16.tflite",
          "reference/mnist_lstm_fused/float.tflite",
          "reference/mnist_lstm_fused/dynamic.tflite",
          "reference/mnist_lstm_fused/float16.tflite");

  /** lstm.bin normalizes two cells whose variance is about the 1e-8 that is added to it. */
  private static final double FLOAT_TOLERANCE = 1e-5;

  private static final double NORMALIZED_TOLERANCE = 2e-5;

  private static Stream<Arguments> each(List<String> models) {
    return models.stream()
        .flatMap(
            model ->
                ModelDifferentialTest.instructionSets().stream()
                    .map(isa -> Arguments.of(model, isa)));
  }

  static Stream<Arguments> integer() {
    return each(INTEGER);
  }

  static Stream<Arguments> real() {
    return each(FLOAT);
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("integer")
  void integersAreThePeers(String model, String isa) {
    Difference difference = compare(model, new InterpreterOptions().numerics(Numerics.EXACT), isa);
    assertEquals(0, difference.differing(), difference.toString());
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("real")
  void floatsAreNearThePeers(String model, String isa) {
    Difference difference = compare(model, new InterpreterOptions(), isa);
    double tolerance = model.endsWith("/lstm.bin") ? NORMALIZED_TOLERANCE : FLOAT_TOLERANCE;
    assertTrue(difference.greatestRelative() <= tolerance, difference.toString());
  }

  private static Difference compare(String model, InterpreterOptions options, String isa) {
    Path file = Shared.require(model);
    PeerReference peer = PeerReference.of(file, PeerKernels.BUILT_IN);
    Difference difference = new Difference();
    try (Model loaded = Model.load(file);
        Interpreter interpreter = loaded.interpreter(options.isa(isa))) {
      for (int run = 0; run < peer.inputs().size(); run++) {
        difference.add(
            peer.types(), run(interpreter, peer.inputs().get(run)), peer.outputs().get(run));
      }
    }
    return difference;
  }

  private static List<byte[]> run(Interpreter interpreter, List<byte[]> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      interpreter.input(i).buffer().put(inputs.get(i));
    }
    interpreter.run();
    List<byte[]> outputs = new ArrayList<>();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      byte[] bytes = new byte[interpreter.output(i).bytes()];
      interpreter.output(i).buffer().get(bytes);
      outputs.add(bytes);
    }
    return outputs;
  }

  /** A second interpreter has a memory of its own, and a reset one forgets. */
  @ParameterizedTest
  @ValueSource(strings = {"models/trained_lstm.tflite", "models/trained_lstm_int8.tflite"})
  void statesBelongToAnInterpreter(String model) {
    try (Model loaded = Model.load(Shared.require(model));
        Interpreter a = loaded.interpreter();
        Interpreter b = loaded.interpreter()) {
      byte[] input = new byte[a.input(0).bytes()];
      Arrays.fill(input, (byte) 0x3d);
      byte[] first = run(a, List.of(input)).get(0);
      byte[] second = run(a, List.of(input)).get(0);
      assertFalse(Arrays.equals(first, second), "nothing was remembered");
      assertArrayEquals(first, run(b, List.of(input)).get(0));
      a.resetVariables();
      assertArrayEquals(first, run(a, List.of(input)).get(0));
      assertArrayEquals(second, run(b, List.of(input)).get(0));
    }
  }
}
