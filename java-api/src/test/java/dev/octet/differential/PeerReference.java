// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import dev.octet.TensorType;
import dev.octet.peer.PeerAnswer;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.PeerProcess;
import dev.octet.peer.PeerTensor;
import dev.octet.peer.SeededInputs;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What TensorFlow Lite gives for the seeded inputs of one model.
 *
 * @param types of the outputs
 * @param inputs for each run the bytes of each input
 * @param outputs for each run the bytes of each output
 */
record PeerReference(
    List<TensorType> types, List<List<byte[]>> inputs, List<List<byte[]>> outputs) {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int RANDOM_INPUTS = 20;
  private static final long SEED = 20;

  /** Runs the model in a process of its own. */
  static PeerReference of(Path file, PeerKernels kernels) {
    byte[] model;
    try {
      model = acceptable(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (PeerProcess process = new PeerProcess(TIMEOUT)) {
      PeerAnswer loaded = process.load(model, kernels, 1).orThrow();
      List<SeededInputs.Kind> kinds = new ArrayList<>();
      for (PeerTensor each : loaded.inputs()) {
        int elements = (int) (each.bytes() / each.type().bytes());
        kinds.add(new SeededInputs.Kind(each.type(), elements));
      }
      List<List<byte[]>> inputs = SeededInputs.of(kinds, RANDOM_INPUTS, SEED);
      List<List<byte[]>> outputs = new ArrayList<>();
      for (List<byte[]> each : inputs) {
        outputs.add(process.run(each).orThrow().values());
      }
      return new PeerReference(
          loaded.outputs().stream().map(PeerTensor::type).toList(), inputs, outputs);
    }
  }

  /**
   * The model with the axis of per-axis biases set to 0: older converters wrote the axis of the
   * weights there, which TensorFlow Lite 2.20 refuses and Octet, like older versions, ignores.
   */
  static byte[] acceptable(byte[] model) {
    byte[] patched = model.clone();
    ByteBuffer bytes = ByteBuffer.wrap(patched).order(ByteOrder.LITTLE_ENDIAN);
    for (Table subgraph : TfliteReader.read("peer", model).table().tables("subgraphs")) {
      for (Table tensor : subgraph.tables("tensors")) {
        Table quantization = tensor.table("quantization");
        if (tensor.ints("shape").length == 1
            && quantization != null
            && quantization.integer("quantized_dimension") > 0) {
          bytes.putInt(quantization.offset("quantized_dimension"), 0);
        }
      }
    }
    return patched;
  }
}
