// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.Quantization;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.peer.Difference;
import dev.octet.peer.PeerAnswer;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.PeerProcess;
import dev.octet.peer.PeerTensor;
import dev.octet.peer.SeededInputs;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Holds models that the toolkit writes against the built-in kernels of TensorFlow Lite 2.20. */
public final class ProducedModels {
  /** Of the greatest value of a tensor of floats. */
  public static final double FLOAT_TOLERANCE = 1e-5;

  private static final Duration TIMEOUT = Duration.ofSeconds(120);
  private static final int RANDOM_INPUTS = 4;
  private static final long SEED = 4;

  /** One for all tests of this process; it ends with it, when its input does. */
  private static final PeerProcess PEER = new PeerProcess(TIMEOUT);

  private ProducedModels() {}

  /**
   * TensorFlow Lite loads the model, sees the same inputs and outputs (types, shapes, scales, zero
   * points) and gives Octet's EXACT answers: integers bit for bit, floats within {@link
   * #FLOAT_TOLERANCE}. The inputs are seeded: random, zero, least and greatest values (floats from
   * -1 to 1). A state is kept from run to run on both sides.
   */
  public static void assertSameAsPeer(byte[] model) {
    assertSameAsPeer(model, seeded(model));
  }

  /** Likewise with given inputs: for each run the little-endian bytes of each input. */
  public static void assertSameAsPeer(byte[] model, List<List<byte[]>> runs) {
    assertSameAsPeer(model, runs, FLOAT_TOLERANCE);
  }

  /**
   * Likewise with a tolerance for floats: for a model in which equal arithmetic is not expected,
   * such as one that rounds a float sum to 8 bits on its way (hybrid kernels).
   */
  public static void assertSameAsPeer(
      byte[] model, List<List<byte[]>> runs, double floatTolerance) {
    assertTrue(!runs.isEmpty(), "no inputs");
    synchronized (PEER) {
      compare(model, runs, floatTolerance);
    }
  }

  private static void compare(byte[] model, List<List<byte[]>> runs, double floatTolerance) {
    try (Model octet = Model.load(model);
        Interpreter interpreter =
            octet.interpreter(new InterpreterOptions().numerics(Numerics.EXACT))) {
      PeerAnswer loaded = PEER.load(model, PeerKernels.BUILT_IN, 1).orThrow();
      assertEquals(describe(loaded.inputs()), inputs(interpreter), "inputs");
      List<Difference> differences = new ArrayList<>();
      loaded.outputs().forEach(each -> differences.add(new Difference()));
      for (List<byte[]> each : runs) {
        PeerAnswer answer = PEER.run(each).orThrow();
        List<byte[]> peer = answer.values();
        List<byte[]> ours = run(interpreter, each);
        // after the run: before it, an output whose shape is data has none
        assertEquals(describe(answer.outputs()), outputs(interpreter), "outputs");
        for (int i = 0; i < differences.size(); i++) {
          differences.get(i).add(interpreter.output(i).type(), ours.get(i), peer.get(i));
        }
      }
      for (int i = 0; i < differences.size(); i++) {
        assertNear(differences.get(i), loaded.outputs().get(i), floatTolerance);
      }
    }
  }

  private static void assertNear(Difference difference, PeerTensor output, double tolerance) {
    String message = output.name() + ": " + difference;
    if (output.type() == TensorType.FLOAT32) {
      assertTrue(difference.greatestRelative() <= tolerance, message);
    } else {
      assertEquals(0, difference.differing(), message);
    }
  }

  /** Seeded inputs of a model whose inputs are floats or quantized. */
  public static List<List<byte[]>> seeded(byte[] model) {
    try (Model octet = Model.load(model);
        Interpreter interpreter = octet.interpreter()) {
      List<SeededInputs.Kind> kinds = new ArrayList<>();
      for (int i = 0; i < interpreter.inputCount(); i++) {
        Tensor input = interpreter.input(i);
        kinds.add(new SeededInputs.Kind(input.type(), input.elements()));
      }
      return SeededInputs.of(kinds, RANDOM_INPUTS, SEED);
    }
  }

  /** The first samples of a data set, in the types and scales of the model's inputs. */
  public static List<List<byte[]>> encoded(byte[] model, DataSet data, int samples)
      throws IOException {
    List<List<byte[]>> runs = new ArrayList<>();
    try (Model octet = Model.load(model);
        Interpreter interpreter = octet.interpreter()) {
      for (Sample sample : data) {
        if (runs.size() == samples) {
          break;
        }
        Samples.fill(interpreter, sample);
        List<byte[]> inputs = new ArrayList<>();
        for (int i = 0; i < interpreter.inputCount(); i++) {
          inputs.add(bytes(interpreter.input(i)));
        }
        runs.add(inputs);
      }
    }
    return runs;
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.bytes()];
    tensor.buffer().get(bytes);
    return bytes;
  }

  /** Octet's outputs for the bytes of each input. */
  public static List<byte[]> run(Interpreter interpreter, List<byte[]> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      interpreter.input(i).buffer().put(inputs.get(i));
    }
    interpreter.run();
    List<byte[]> outputs = new ArrayList<>();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      outputs.add(bytes(interpreter.output(i)));
    }
    return outputs;
  }

  private static List<String> describe(List<PeerTensor> tensors) {
    List<String> lines = new ArrayList<>();
    for (PeerTensor each : tensors) {
      lines.add(each + " scale " + each.scale() + " zero point " + each.zeroPoint());
    }
    return lines;
  }

  private static List<String> inputs(Interpreter interpreter) {
    List<PeerTensor> tensors = new ArrayList<>();
    for (int i = 0; i < interpreter.inputCount(); i++) {
      tensors.add(seen(interpreter.input(i)));
    }
    return describe(tensors);
  }

  private static List<String> outputs(Interpreter interpreter) {
    List<PeerTensor> tensors = new ArrayList<>();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      tensors.add(seen(interpreter.output(i)));
    }
    return describe(tensors);
  }

  private static PeerTensor seen(Tensor tensor) {
    Quantization single = tensor.info().quantization().filter(q -> !q.perAxis()).orElse(null);
    return new PeerTensor(
        tensor.name(),
        tensor.type(),
        tensor.shape(),
        tensor.bytes(),
        single == null ? 0 : single.scale(),
        single == null ? 0 : single.zeroPoint());
  }
}
