// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.differential.Shared;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.PeerProcess;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * MoveNet, of which the compiler left 59 operators to the CPU: two before the device's and 57
 * behind it. The device answers with seeded numbers. What is before and behind it is made a model
 * of its own each, which Octet and TensorFlow Lite compute without a device.
 */
final class PartlyCompiledModelTest {
  private static final int DEVICE_OPERATOR = 2;
  private static final int RUNS = 3;

  private Path file;
  private Table table;
  private final List<TwinServer.Request> requests = new ArrayList<>();

  @BeforeEach
  void read() {
    file = Shared.require("models/movenet_single_pose_lightning_ptq_edgetpu.tflite");
    table = TfliteReader.map(file).table();
    requests.clear();
  }

  @AfterEach
  void forget() {
    table = null;
  }

  private Table graph() {
    return table.tables("subgraphs").get(0);
  }

  private Table device() {
    return graph().tables("operators").get(DEVICE_OPERATOR);
  }

  /** The model of some of its operators, with inputs and outputs that these then have. */
  private byte[] part(int from, int to, int[] inputs, int[] outputs) {
    Table.Builder graph =
        graph().toBuilder()
            .set("operators", graph().tables("operators").subList(from, to))
            .set("inputs", inputs)
            .set("outputs", outputs);
    ByteBuffer written =
        TfliteWriter.write(
            table.toBuilder()
                .set("subgraphs", List.of(graph.build()))
                .set("signature_defs", List.of())
                .build());
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }

  private byte[] before() {
    return part(0, DEVICE_OPERATOR, graph().ints("inputs"), device().ints("inputs"));
  }

  private byte[] behind() {
    int count = graph().tables("operators").size();
    return part(DEVICE_OPERATOR + 1, count, device().ints("outputs"), graph().ints("outputs"));
  }

  /** Numbers that the run decides, as whose answer the request is kept. */
  private void answer(TwinServer.Request request) {
    Random random = new Random(requests.size());
    request.outputs().forEach(output -> random.nextBytes(output.bytes()));
    requests.add(request);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] run(Interpreter interpreter, List<byte[]> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      interpreter.input(i).buffer().put(inputs.get(i));
    }
    interpreter.run();
    return bytes(interpreter.output(0).buffer());
  }

  private static List<byte[]> pictures(int run) {
    byte[] picture = new byte[192 * 192 * 3];
    new Random(run).nextBytes(picture);
    return List.of(picture);
  }

  private static List<byte[]> answers(TwinServer.Request request) {
    return request.outputs().stream().map(TwinServer.Part::bytes).toList();
  }

  /** Runs of the whole model with the device; the requests are kept. */
  private List<byte[]> poses(String variant, InterpreterOptions options) throws IOException {
    List<byte[]> poses = new ArrayList<>();
    try (SimulatedEdgeTpu simulated = new SimulatedEdgeTpu(variant);
        TwinServer server = new TwinServer(simulated.socket(), this::answer)) {
      simulated.settings(SimulatedEdgeTpu.STICK, "socket " + simulated.socket());
      try (EdgeTpu tpu = EdgeTpu.open("");
          Model model = Model.load(file);
          Interpreter interpreter = model.interpreter(options.delegate(tpu))) {
        for (int run = 0; run < RUNS; run++) {
          poses.add(run(interpreter, pictures(run)));
        }
      }
      simulated.assertAllFreed();
      assertEquals(List.of("Prepared d2 nodes=60 claimed=1"), simulated.trace("Prepared"));
    }
    assertEquals(RUNS, requests.size());
    assertFalse(Arrays.equals(poses.get(0), poses.get(1)), "the answers count");
    return poses;
  }

  static List<String> variants() {
    return SimulatedEdgeTpu.VARIANTS;
  }

  @ParameterizedTest
  @MethodSource("variants")
  void operatorsOfTheCpuAreThoseOfModelsWithoutADevice(String variant) throws IOException {
    List<byte[]> poses = poses(variant, new InterpreterOptions());
    try (Model before = Model.load(before());
        Model behind = Model.load(behind());
        Interpreter head = before.interpreter();
        Interpreter tail = behind.interpreter()) {
      for (int run = 0; run < RUNS; run++) {
        TwinServer.Request request = requests.get(run);
        assertArrayEquals(run(head, pictures(run)), request.inputs().get(0).bytes(), "run " + run);
        assertArrayEquals(run(tail, answers(request)), poses.get(run), "run " + run);
      }
    }
  }

  @Test
  void andThoseOfTensorFlowLite() throws IOException {
    List<byte[]> poses = poses("112_88", new InterpreterOptions().numerics(Numerics.EXACT));
    try (PeerProcess peer = new PeerProcess(Duration.ofSeconds(60))) {
      peer.load(before(), PeerKernels.BUILT_IN, 1).orThrow();
      for (int run = 0; run < RUNS; run++) {
        byte[] quantized = peer.run(pictures(run)).orThrow().values().get(0);
        assertArrayEquals(quantized, requests.get(run).inputs().get(0).bytes(), "run " + run);
      }
      peer.load(behind(), PeerKernels.BUILT_IN, 1).orThrow();
      for (int run = 0; run < RUNS; run++) {
        byte[] pose = peer.run(answers(requests.get(run))).orThrow().values().get(0);
        assertArrayEquals(floats(pose), floats(poses.get(run)), 1e-6f, "run " + run);
      }
    }
  }

  private static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }
}
