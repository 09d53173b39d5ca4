// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Emulation;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.Octet;
import dev.octet.peer.Difference;
import dev.octet.peer.PeerKernels;
import dev.octet.program.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Published models give what TensorFlow Lite 2.20 gives, on every instruction set there is. */
final class ModelDifferentialTest {
  static final List<String> QUANTIZED =
      List.of(
          "models/mobilenet_v1_0.25_128_quant.tflite",
          "models/mobilenet_v2_1.0_224_quant.tflite",
          "models/tf2_mobilenet_v2_1.0_224_ptq.tflite",
          "models/ad01_int8.tflite",
          "models/pretrainedResnet_quant.tflite",
          "models/kws_ref_model.tflite",
          "models/vww_96_int8.tflite",
          "models/person_detect.tflite",
          "models/hello_world_int8.tflite",
          "models/micro_speech_quantized.tflite",
          "reference/mnist_articles/int8_float_io.tflite",
          "reference/mnist_articles/int8_int8_io.tflite",
          "reference/mnist_articles/int8_uint8_io.tflite");

  static final List<String> FLOAT =
      List.of(
          "models/ad01_fp32.tflite",
          "models/pretrainedResnet.tflite",
          "models/vww_96_float.tflite",
          "models/hello_world_float.tflite",
          "models/conv_fc_mnist.tflite",
          "models/mnist_quantized.tflite",
          "reference/mnist_articles/float.tflite");

  private static final List<String> INSTRUCTION_SETS =
      List.of("scalar", "avx2", "avx512", "avx512vnni", "neon", "neondot");

  /** Of the greatest value; or twice what the peer's two modes differ, where that is more. */
  private static final double FLOAT_TOLERANCE = 1e-5;

  /**
   * In units of the output's last place: on random inputs, where classes are near each other,
   * TensorFlow Lite's own two modes choose classes that are up to 4 apart.
   */
  static final double GREATEST_FIRST_LOSS = 4;

  /** Each of several CPUs is emulated then, and takes as long. */
  private static final boolean EMULATED = Emulation.ON;

  private static final int LARGE_BYTES = 2_000_000;
  private static final int LAST_RANDOM = 16;

  private static final Map<String, PeerReference> BUILT_IN = new HashMap<>();
  private static final Map<String, PeerReference> XNNPACK = new HashMap<>();

  @AfterAll
  static void forget() {
    BUILT_IN.clear();
    XNNPACK.clear();
  }

  static List<String> instructionSets() {
    if (EMULATED) {
      return List.of(Octet.isa());
    }
    List<String> available = new ArrayList<>();
    for (String isa : INSTRUCTION_SETS) {
      try {
        Engine.isa(isa);
        available.add(isa);
      } catch (IllegalArgumentException e) {
        // not on this machine
      }
    }
    return available;
  }

  private static Stream<Arguments> each(List<String> models) {
    return models.stream()
        .flatMap(model -> instructionSets().stream().map(isa -> Arguments.of(model, isa)));
  }

  static Stream<Arguments> quantized() {
    return each(QUANTIZED);
  }

  static Stream<Arguments> real() {
    return each(FLOAT);
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("quantized")
  void exactIsBitEqualToBuiltInKernels(String model, String isa) {
    Path file = Shared.require(model);
    PeerReference peer =
        BUILT_IN.computeIfAbsent(model, m -> PeerReference.of(file, PeerKernels.BUILT_IN));
    Difference difference = compare(file, peer, options(isa).numerics(Numerics.EXACT));
    System.out.println("EXACT " + model + " on " + isa + ": " + difference);
    assertEquals(0, difference.differing(), difference.toString());
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("quantized")
  void fastChoosesWhatTheDelegateChooses(String model, String isa) {
    Path file = Shared.require(model);
    PeerReference peer =
        XNNPACK.computeIfAbsent(model, m -> PeerReference.of(file, PeerKernels.XNNPACK));
    Difference difference = compare(file, peer, options(isa).numerics(Numerics.FAST));
    System.out.println("FAST " + model + " on " + isa + ": " + difference);
    assertTrue(difference.greatestFirstLoss() <= GREATEST_FIRST_LOSS, difference.toString());
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("real")
  void floatsAreNearThoseOfBuiltInKernels(String model, String isa) {
    Path file = Shared.require(model);
    PeerReference peer =
        BUILT_IN.computeIfAbsent(model, m -> PeerReference.of(file, PeerKernels.BUILT_IN));
    PeerReference delegate =
        XNNPACK.computeIfAbsent(model, m -> PeerReference.of(file, PeerKernels.XNNPACK));
    double noise = PeerModesTest.between(peer, delegate).greatestRelative();
    Difference difference = compare(file, peer, options(isa));
    System.out.printf("FLOAT %s on %s: %s, peer's own %.2g%n", model, isa, difference, noise);
    assertTrue(
        difference.greatestRelative() <= Math.max(FLOAT_TOLERANCE, 2 * noise),
        difference.toString());
  }

  private static InterpreterOptions options(String isa) {
    return new InterpreterOptions().isa(isa);
  }

  private static Difference compare(Path file, PeerReference peer, InterpreterOptions options) {
    Difference difference = new Difference();
    try (Model model = Model.load(file);
        Interpreter interpreter = model.interpreter(options)) {
      // a large model takes seconds a set, and the sets agree by tests of every kernel
      boolean all =
          !EMULATED && Octet.isa().equals(options.isa()) || file.toFile().length() < LARGE_BYTES;
      for (int run = 0; run < peer.inputs().size(); run += all || run >= LAST_RANDOM ? 1 : 4) {
        List<byte[]> outputs = run(interpreter, peer.inputs().get(run));
        difference.add(peer.types(), outputs, peer.outputs().get(run));
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
}
