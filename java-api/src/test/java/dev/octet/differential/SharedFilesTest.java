// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.octet.Emulation;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.OctetException;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.peer.PeerAnswer;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.PeerProcess;
import dev.octet.tflite.TfliteReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file of the shared folder of models runs as TensorFlow Lite's built-in kernels do, or is
 * refused for the reason that is stated here.
 */
final class SharedFilesTest {
  private static final String CUSTOM = "Octet has no custom operator of this name";
  private static final String DEVICE = "was compiled for a Coral Edge TPU";

  /** Files that Octet refuses, and words of the reason. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("0_subgraphs.bin", "has no subgraph"),
          Map.entry("no_subgraphs.bin", "has no subgraph"),
          Map.entry("test_model_broken.bin", "not 'TFL3'"),
          Map.entry("add_shared_tensors.bin", "writes tensor 1"),
          Map.entry("segment_sum_invalid_buffer.bin", "reads tensor 2"),
          Map.entry("add_quantized.bin", "type FLOAT32 is not supported here"),
          Map.entry("add_quantized_int8.bin", "type FLOAT32 is not supported here"),
          Map.entry("int16x8_fallback.tflite", "is no variable"),
          Map.entry("custom_sinh.bin", CUSTOM),
          Map.entry("sparse_tensor.bin", CUSTOM),
          Map.entry("with_metadata.bin", CUSTOM),
          Map.entry("model_invoking_error.tflite", CUSTOM),
          Map.entry("keras_lstm_mnist_ptq_edgetpu.tflite", DEVICE),
          Map.entry("mobilenet_v1_0.25_128_quant_edgetpu.tflite", DEVICE),
          Map.entry("movenet_single_pose_lightning_ptq_edgetpu.tflite", DEVICE),
          Map.entry("split_concat_edgetpu.tflite", DEVICE));

  /**
   * Files whose floats may differ by more than 1e-5 of the greatest: a deep sum of large terms, and
   * activations that are quantized on the fly, where 1e-7 before a rounding is a whole step behind
   * it.
   */
  private static final Map<String, Double> TOLERANCE =
      Map.of(
          "mnist_softmax/float.tflite", 3e-5,
          "mobilenet_v2_float/dynamic.tflite", 2e-2);

  private static PeerProcess peer;

  @BeforeAll
  static void start() {
    peer = new PeerProcess(Duration.ofSeconds(10));
  }

  @AfterAll
  static void stop() {
    peer.close();
  }

  static Stream<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("models", "reference")) {
      if (Shared.has(folder)) {
        try (Stream<Path> all = Files.walk(Shared.require(folder))) {
          all.filter(file -> file.toString().matches(".*\\.(tflite|bin)")).forEach(files::add);
        }
      }
    }
    // one skipped case tells that the folder is not there
    return files.isEmpty() ? Stream.of(Path.of("models")) : files.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("files")
  void runsAsThePeerOrIsRefusedForItsReason(Path file) throws IOException {
    Shared.require("models");
    String name = file.getFileName().toString();
    assumeFalse(
        Emulation.ON && name.equals("conv_huge_im2col.bin"),
        "skipped: " + name + " takes minutes under emulation");
    InterpreterOptions options =
        new InterpreterOptions().numerics(Numerics.EXACT).deadline(Duration.ofSeconds(60));
    if (REFUSED.containsKey(name)) {
      OctetException e =
          assertThrows(
              OctetException.class,
              () -> {
                try (Model model = Model.load(file);
                    Interpreter interpreter = model.interpreter(options)) {
                  interpreter.run();
                }
              });
      assertTrue(e.getMessage().contains(REFUSED.get(name)), e.getMessage());
      return;
    }
    try (Model model = Model.load(file);
        Interpreter interpreter = model.interpreter(options)) {
      Map<Integer, byte[]> inputs = fill(interpreter);
      interpreter.run();
      int[] order =
          TfliteReader.map(file).subgraphs().get(interpreter.signature().subgraph()).inputs();
      boolean comparable = interpreter.signature().subgraph() == 0;
      PeerAnswer answer = peer.load(Files.readAllBytes(file), PeerKernels.BUILT_IN, 1);
      if (answer.ok() && comparable && inputs.size() == order.length) {
        answer = peer.run(Stream.of(boxed(order)).map(inputs::get).toList());
        if (answer.ok()) {
          compare(file, interpreter, answer);
        }
      }
    }
  }

  private static Integer[] boxed(int[] ints) {
    return java.util.Arrays.stream(ints).boxed().toArray(Integer[]::new);
  }

  /** Random inputs, by tensor; strings stay empty. */
  private static Map<Integer, byte[]> fill(Interpreter interpreter) {
    Random random = new Random(5);
    Map<Integer, byte[]> inputs = new HashMap<>();
    for (int i = 0; i < interpreter.inputCount(); i++) {
      Tensor tensor = interpreter.input(i);
      if (tensor.type() == TensorType.STRING) {
        continue;
      }
      byte[] bytes = new byte[tensor.bytes()];
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (buffer.hasRemaining()) {
        switch (tensor.type()) {
          case FLOAT32 -> buffer.putFloat((float) random.nextGaussian());
          case INT32 -> buffer.putInt(random.nextInt(3));
          case INT64 -> buffer.putLong(random.nextInt(3));
          case BOOL -> buffer.put((byte) random.nextInt(2));
          default -> buffer.put((byte) random.nextInt());
        }
      }
      tensor.buffer().put(bytes);
      inputs.put(tensor.info().index(), bytes);
    }
    return inputs;
  }

  private static void compare(Path file, Interpreter interpreter, PeerAnswer answer) {
    int[] outputs =
        TfliteReader.map(file).subgraphs().get(interpreter.signature().subgraph()).outputs();
    double tolerance = 1e-5;
    for (Map.Entry<String, Double> entry : TOLERANCE.entrySet()) {
      tolerance = file.toString().endsWith(entry.getKey()) ? entry.getValue() : tolerance;
    }
    for (int i = 0; i < interpreter.outputCount(); i++) {
      Tensor tensor = interpreter.output(i);
      for (int j = 0; j < outputs.length; j++) {
        if (outputs[j] == tensor.info().index()) {
          byte[] actual = new byte[tensor.bytes()];
          tensor.buffer().get(actual);
          byte[] expected = answer.values().get(j);
          assertNull(Elements.difference(tensor.type(), expected, actual, tolerance, 0));
        }
      }
    }
  }
}
