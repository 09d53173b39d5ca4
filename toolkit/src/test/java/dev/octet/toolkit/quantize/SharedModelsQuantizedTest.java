// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.SignatureInfo;
import dev.octet.TensorInfo;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Published float models of all sorts (control flow, composites, several signatures, shapes that
 * are data, states, constants as outputs) in every mode and with every type of the ends: the same
 * bytes each time, and in TensorFlow Lite 2.20 the same answers as here.
 */
class SharedModelsQuantizedTest {
  private static final int SAMPLES = 8;
  private static final int RUNS = 4;

  /**
   * Of the greatest value, for dynamic-range files: pretrainedResnet begins with a float
   * convolution, and the order of its sums decides steps of the hybrid layers. Measured: 0.0005.
   */
  private static final double HYBRID = 0.002;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ad01_fp32.tflite",
        "branching_conv_fc.tflite",
        "call_once_mul.bin",
        "constant_output_tensor.tflite",
        "conv_fc_mnist.tflite",
        "embedding_lookup.tflite",
        "hello_world_float.tflite",
        "lstm.bin",
        "multi_signatures.bin",
        "nested_while.bin",
        "pretrainedResnet.tflite",
        "q_einsum.tflite",
        "rope.tflite",
        "simple_composite.tflite",
        "simple_topk_op.tflite",
        "single_broadcast_to.tflite",
        "single_hard_swish.tflite",
        "single_resize_nearest_neighbor.tflite",
        "single_unpack.tflite",
        "topo_sort_fork_violation.tflite",
        "trained_lstm.tflite",
        "two_signatures.tflite",
        "unidirectional_sequence_lstm.bin",
        "vww_96_float.tflite",
        "weight_sharing_fcs.tflite",
        "zero_size_constant.bin"
      })
  void everyModeRunsInTensorFlowLite(String name) throws IOException {
    byte[] source = Files.readAllBytes(SharedFolder.file("models/" + name));
    Map<String, DataSet> samples = new LinkedHashMap<>();
    DataSet runs;
    try (Model model = Model.load(source)) {
      runs = DataSets.random(2, RUNS, model.inputs());
      for (SignatureInfo each : model.signatures()) {
        List<TensorInfo> inputs = List.copyOf(each.inputs().values());
        samples.put(each.key(), DataSets.random(1, SAMPLES, inputs));
      }
    }
    int files = 0;
    for (Mode mode : Mode.values()) {
      for (IoType io : ends(mode)) {
        byte[] made = made(name, source, samples, mode, io);
        String what = name + " " + mode + " with ends of " + io;
        assertArrayEquals(made, made(name, source, samples, mode, io), what);
        try {
          ProducedModels.assertSameAsPeer(
              made,
              ProducedModels.encoded(made, runs, RUNS),
              mode == Mode.DYNAMIC ? HYBRID : ProducedModels.FLOAT_TOLERANCE);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(what + ": " + e.getMessage(), e);
        }
        files++;
      }
    }
    assertTrue(files == 8, files + " files");
  }

  /** Two graphs may share weights whose biases have other scales in each. */
  @ParameterizedTest
  @CsvSource({
    "multi_signatures.bin, INT8, 0.02",
    "multi_signatures.bin, INT16X8, 0.0002",
    "two_signatures.tflite, INT8, 0.02",
    "two_signatures.tflite, INT16X8, 0.0002",
    "weight_sharing_fcs.tflite, INT8, 0.05",
    "weight_sharing_fcs.tflite, INT16X8, 0.01"
  })
  void everySignatureComputesWhatTheFloatsDo(String name, Mode mode, double share)
      throws IOException {
    byte[] source = Files.readAllBytes(SharedFolder.file("models/" + name));
    Map<String, DataSet> samples = new LinkedHashMap<>();
    try (Model model = Model.load(source)) {
      for (SignatureInfo each : model.signatures()) {
        List<TensorInfo> inputs = List.copyOf(each.inputs().values());
        samples.put(each.key(), DataSets.random(1, SAMPLES, inputs));
      }
    }
    byte[] made = made(name, source, samples, mode, IoType.FLOAT);
    for (Map.Entry<String, DataSet> each : samples.entrySet()) {
      List<float[]> real = outputs(source, each.getKey(), each.getValue());
      List<float[]> quantized = outputs(made, each.getKey(), each.getValue());
      double greatest = 0;
      double error = 0;
      for (int i = 0; i < real.size(); i++) {
        for (int k = 0; k < real.get(i).length; k++) {
          greatest = Math.max(greatest, Math.abs(real.get(i)[k]));
          error = Math.max(error, Math.abs(real.get(i)[k] - quantized.get(i)[k]));
        }
      }
      assertTrue(error > 0, name + " " + each.getKey() + " is not quantized");
      assertTrue(
          error <= share * greatest,
          name + " " + each.getKey() + ": error " + error + " of " + greatest);
    }
  }

  private static List<float[]> outputs(byte[] bytes, String signature, DataSet samples)
      throws IOException {
    List<float[]> outputs = new ArrayList<>();
    try (Model model = Model.load(bytes);
        Interpreter interpreter = model.interpreter().withSignature(signature)) {
      for (Sample sample : samples) {
        Samples.fill(interpreter, sample);
        interpreter.run();
        for (int i = 0; i < interpreter.outputCount(); i++) {
          outputs.add(interpreter.output(i).toFloats());
        }
      }
    }
    return outputs;
  }

  private static List<IoType> ends(Mode mode) {
    return switch (mode) {
      case INT8 -> List.of(IoType.FLOAT, IoType.INT8, IoType.UINT8);
      case INT16X8 -> List.of(IoType.FLOAT, IoType.INT16);
      default -> List.of(IoType.FLOAT);
    };
  }

  private static byte[] made(
      String name, byte[] source, Map<String, DataSet> samples, Mode mode, IoType io) {
    Quantizer quantizer = Quantizer.of(name, source).mode(mode).io(io);
    if (mode == Mode.INT8 || mode == Mode.INT16X8) {
      quantizer.calibration(samples);
    }
    return quantizer.quantize().bytes();
  }
}
