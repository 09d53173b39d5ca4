// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.differential.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published models that were compiled for the Edge TPU, on a simulated device which runs the model
 * that they were compiled from: equal byte for byte to that model on the CPU.
 */
final class CompiledModelsTest {
  private static final int RUNS = 4;

  static Stream<Arguments> stateless() {
    return Stream.of("mobilenet_v1_0.25_128_quant", "split_concat")
        .flatMap(name -> SimulatedEdgeTpu.VARIANTS.stream().map(v -> Arguments.of(name, v)));
  }

  static Stream<String> variants() {
    return SimulatedEdgeTpu.VARIANTS.stream();
  }

  private static Model shared(String name) {
    return Model.load(Shared.require("models/" + name + ".tflite"));
  }

  private static void fill(Random random, Interpreter interpreter) {
    for (int i = 0; i < interpreter.inputCount(); i++) {
      byte[] bytes = new byte[interpreter.input(i).buffer().remaining()];
      random.nextBytes(bytes);
      interpreter.input(i).buffer().put(bytes);
    }
  }

  private static List<byte[]> outputs(Interpreter interpreter) {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      ByteBuffer buffer = interpreter.output(i).buffer();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      all.add(bytes);
    }
    return all;
  }

  private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "output " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("stateless")
  void likeTheTwinOnTheCpu(String name, String variant) throws IOException {
    try (SimulatedEdgeTpu simulated = new SimulatedEdgeTpu(variant);
        Model twin = shared(name);
        TwinServer server = new TwinServer(simulated.socket(), TwinServer.twin(twin))) {
      simulated.settings(SimulatedEdgeTpu.STICK, "socket " + simulated.socket());
      try (EdgeTpu tpu = EdgeTpu.open("usb");
          Model compiled = shared(name + "_edgetpu");
          Interpreter device = compiled.interpreter(new InterpreterOptions().delegate(tpu));
          Interpreter cpu = twin.interpreter()) {
        for (int run = 0; run < RUNS; run++) {
          fill(new Random(run), device);
          fill(new Random(run), cpu);
          device.run();
          cpu.run();
          assertSame(outputs(cpu), outputs(device));
        }
      }
      simulated.assertAllFreed();
      assertEquals(RUNS, simulated.trace("invoke k1").size());
    }
  }

  /**
   * A twin keeps its state itself: what the device is given as state names the twin it is of. A
   * variable that was reset holds its zero point throughout, and begins a twin.
   */
  private static final class Recurrent implements TwinServer.Device {
    private final Model model;
    private final Map<ByteBuffer, Interpreter> twins = new HashMap<>();
    private final Random random = new Random(3);

    Recurrent(Model model) {
      this.model = model;
    }

    @Override
    public void answer(TwinServer.Request request) {
      byte[] state = request.inputs().get(1).bytes();
      Interpreter twin =
          IntStream.range(0, state.length).allMatch(i -> state[i] == state[0])
              ? model.interpreter()
              : twins.remove(ByteBuffer.wrap(state));
      if (twin == null) {
        throw new IllegalStateException("a state that no execution has left");
      }
      twin.input(0).buffer().put(request.inputs().get(0).bytes());
      twin.run();
      twin.output(0).buffer().get(request.outputs().get(0).bytes());
      for (TwinServer.Part output : request.outputs()) {
        if (output.name().endsWith("_variable_output")) {
          random.nextBytes(output.bytes());
        }
      }
      twins.put(ByteBuffer.wrap(request.outputs().get(1).bytes()), twin);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void statesOfAnLstmAreTheInterpreters(String variant) throws IOException {
    try (SimulatedEdgeTpu simulated = new SimulatedEdgeTpu(variant);
        Model twin = shared("keras_lstm_mnist_ptq");
        TwinServer server = new TwinServer(simulated.socket(), new Recurrent(twin))) {
      simulated.settings(SimulatedEdgeTpu.STICK, "socket " + simulated.socket());
      try (EdgeTpu tpu = EdgeTpu.open("usb");
          Model compiled = shared("keras_lstm_mnist_ptq_edgetpu")) {
        InterpreterOptions options = new InterpreterOptions().delegate(tpu);
        try (Interpreter device = compiled.interpreter(options);
            Interpreter another = compiled.interpreter(options);
            Interpreter cpu = twin.interpreter();
            Interpreter anotherCpu = twin.interpreter()) {
          List<byte[]> first = null;
          for (int run = 0; run < RUNS; run++) {
            fill(new Random(9), device);
            fill(new Random(9), cpu);
            device.run();
            cpu.run();
            assertSame(outputs(cpu), outputs(device));
            fill(new Random(100 + run), another);
            fill(new Random(100 + run), anotherCpu);
            another.run();
            anotherCpu.run();
            assertSame(outputs(anotherCpu), outputs(another));
            first = run == 0 ? outputs(device) : first;
          }
          assertFalse(Arrays.equals(first.get(0), outputs(device).get(0)), "the state counts");
          device.resetVariables();
          device.run();
          assertSame(first, outputs(device));
        }
      }
      simulated.assertAllFreed();
    }
  }
}
