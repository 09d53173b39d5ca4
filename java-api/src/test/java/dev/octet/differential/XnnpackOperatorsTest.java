// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.octet.Emulation;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.PluginDelegate;
import dev.octet.Profile;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.delegate.Simulators;
import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpCase;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.peer.Difference;
import dev.octet.peer.PeerAnswer;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.PeerProcess;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random models of every operator, offered to XNNPACK: where it claims the operator, Octet's answer
 * is that of TensorFlow Lite with the same delegate, bit by bit. It holds the options' C layouts.
 */
final class XnnpackOperatorsTest {
  private static final int CASES = Integer.getInteger("octet.cases", 6);
  private static final String ONLY = System.getProperty("octet.cases.only", ".*");

  /** XNNPACK takes the DEQUANTIZE of these with it; Octet folds it before it offers the rest. */
  private static final String HALF_WEIGHTS = "f16w";

  private static final double HALF_TOLERANCE = 2e-3;

  /** What XNNPACK claims of the cases; another version may claim more. */
  private static final Set<String> CLAIMED = new TreeSet<>();

  private static PeerProcess peer;
  private static PluginDelegate xnnpack;

  @BeforeAll
  static void start() {
    assumeFalse(Emulation.ON, "TensorFlow Lite is the machine's own, not the emulated one's");
    String plugin = Simulators.require("libxnnpack_plugin.so").toString();
    xnnpack =
        PluginDelegate.load(
            plugin, Map.of("library", Loader.load(tensorflowlite.class), "threads", "1"));
    peer = new PeerProcess(Duration.ofSeconds(30));
  }

  @AfterAll
  static void stop() {
    if (peer != null) {
      peer.close();
      xnnpack.close();
      if (ONLY.equals(".*")) {
        assertTrue(CLAIMED.size() >= 100, "XNNPACK claims only " + CLAIMED);
      }
    }
  }

  static List<OpGenerator> generators() {
    return AllCases.generators().stream().filter(g -> g.toString().matches(ONLY)).toList();
  }

  @ParameterizedTest
  @MethodSource("generators")
  void whatIsClaimedIsThePeers(OpGenerator generator) {
    for (int seed = 0; seed < CASES; seed++) {
      OpCase opCase = generator.of(seed);
      byte[] file = withOutputShapes(opCase.model());
      List<List<byte[]>> answers = file == null ? null : run(file, opCase, generator);
      if (answers == null) {
        continue;
      }
      PeerAnswer answer = peer.load(file, PeerKernels.XNNPACK, 1);
      if (answer.ok() && !opCase.shapes().isEmpty()) {
        answer = peer.resize(opCase.shapes());
      }
      for (int run = 0; run < answers.size() && answer.ok(); run++) {
        answer = peer.run(opCase.runs().get(run));
        for (int i = 0; i < answer.values().size(); i++) {
          String what = generator + ", seed " + seed + ", run " + run + ", output " + i;
          TensorType type = answer.outputs().get(i).type();
          compare(generator, type, answers.get(run).get(i), answer.values().get(i), what);
        }
      }
    }
  }

  private static void compare(
      OpGenerator generator, TensorType type, byte[] actual, byte[] expected, String what) {
    if (!generator.types().equals(HALF_WEIGHTS)) {
      assertArrayEquals(expected, actual, what);
      return;
    }
    Difference difference = new Difference();
    difference.add(type, actual, expected);
    assertTrue(difference.greatestRelative() <= HALF_TOLERANCE, what + ": " + difference);
  }

  /**
   * The model with the shapes that its outputs have: TensorFlow Lite offers a graph before it knows
   * them. Null where Octet refuses the model.
   */
  private static byte[] withOutputShapes(byte[] file) {
    TfliteModel read = TfliteReader.read("case", file);
    Table subgraph = read.table().tables("subgraphs").get(0);
    List<Table> tensors = new ArrayList<>(subgraph.tables("tensors"));
    try (Model model = Model.load(file);
        Interpreter interpreter = model.interpreter()) {
      for (int i = 0; i < interpreter.outputCount(); i++) {
        Tensor output = interpreter.output(i);
        int index = output.info().index();
        tensors.set(index, tensors.get(index).toBuilder().set("shape", output.shape()).build());
      }
    } catch (OctetException | IllegalStateException e) {
      return null;
    }
    List<Table> subgraphs = new ArrayList<>(read.table().tables("subgraphs"));
    subgraphs.set(0, subgraph.toBuilder().set("tensors", tensors).build());
    ByteBuffer written =
        TfliteWriter.write(read.table().toBuilder().set("subgraphs", subgraphs).build());
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }

  /** The outputs of each run; null where Octet refuses the model or XNNPACK does not claim it. */
  private static List<List<byte[]>> run(byte[] file, OpCase opCase, OpGenerator generator) {
    List<List<byte[]>> answers = new ArrayList<>();
    InterpreterOptions options = new InterpreterOptions().delegate(xnnpack);
    try (Model model = Model.load(file);
        Interpreter interpreter = model.interpreter(options)) {
      for (int i = 0; i < opCase.shapes().size(); i++) {
        interpreter.resize(i, opCase.shapes().get(i));
      }
      for (List<byte[]> inputs : opCase.runs()) {
        for (int i = 0; i < inputs.size(); i++) {
          interpreter.input(i).buffer().put(inputs.get(i));
        }
        interpreter.run();
        answers.add(outputs(interpreter));
      }
      List<Profile.Entry> entries = interpreter.profile(1).entries();
      if (!entries.isEmpty()
          && entries.stream().allMatch(entry -> entry.kernel().equals("delegate"))) {
        CLAIMED.add(generator.toString());
        return answers;
      }
      return null;
    } catch (OctetException e) {
      return null;
    }
  }

  private static List<byte[]> outputs(Interpreter interpreter) {
    List<byte[]> outputs = new ArrayList<>();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      if (interpreter.output(i).info().type().bytes() == 0) {
        outputs.add(new byte[0]);
        continue;
      }
      ByteBuffer memory = interpreter.output(i).buffer();
      byte[] output = new byte[memory.remaining()];
      memory.get(output);
      outputs.add(output);
    }
    return outputs;
  }
}
