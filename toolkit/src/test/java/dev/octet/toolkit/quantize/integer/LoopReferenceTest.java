// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.TensorInfo;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** mnist_lstm, an LSTM as a WHILE loop, which TensorFlow 2.21 dies calibrating. */
final class LoopReferenceTest {
  private static final double FLOAT_ACCURACY = 0.9415;

  /** Points of accuracy that integers may cost. */
  private static final double DROP = 0.003;

  private static byte[] quantized(Compute compute, IntegerOptions options) throws IOException {
    byte[] bytes = Files.readAllBytes(SharedFolder.file("reference/mnist_lstm/float.tflite"));
    List<TensorInfo> inputs;
    try (Model loaded = Model.load(bytes)) {
      inputs = loaded.inputs();
    }
    String samples = SharedFolder.file("reference/mnist_lstm/calibration.npz").toString();
    CalibrationStatistics seen =
        new Calibrator("mnist_lstm", bytes)
            .calibrate(null, DataSets.open(samples, inputs, DataOptions.DEFAULT));
    EditableModel model = EditableModel.read("mnist_lstm", bytes);
    IntegerQuantization.apply(model, seen, op -> OperatorConfig.of(compute), options);
    return model.toBytes();
  }

  @ParameterizedTest
  @CsvSource({"FLOAT, INT8", "INT8, INT8", "UINT8, INT8", "INT16, INT16X8", "FLOAT, INT16X8"})
  void integersOnlyAreAsAccurate(IoType io, Compute compute) throws IOException {
    byte[] bytes = quantized(compute, IntegerOptions.of(io).withStrict(true));
    EditableModel model = EditableModel.read("int8", bytes);
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator op : graph.operators()) {
        boolean end = io == IoType.FLOAT && graph == model.graphs().get(0);
        for (EditableTensor tensor : op.inputs()) {
          assertTrue(
              tensor == null || end || tensor.type() != TensorType.FLOAT32,
              op + " reads " + tensor);
        }
        if (op.is(BuiltinOperator.FULLY_CONNECTED)) {
          assertEquals(TensorType.INT8, op.input(1).type(), op.toString());
        }
      }
    }
    ProducedModels.assertSameAsPeer(bytes);
    double accuracy = MnistAccuracy.of(bytes);
    System.out.println("mnist_lstm " + compute + " of " + io + " ends: " + accuracy);
    assertTrue(accuracy >= FLOAT_ACCURACY - DROP, accuracy + "");
  }

  /** With int8 throughout the cell adds up its roundings: the reason for int16 there. */
  @Test
  void int8AloneIsLessAccurate() throws IOException {
    byte[] bytes = quantized(Compute.INT8, IntegerOptions.of(IoType.INT8).withWideLoops(false));
    ProducedModels.assertSameAsPeer(bytes);
    double accuracy = MnistAccuracy.of(bytes);
    System.out.println("mnist_lstm on int8 alone: " + accuracy);
    assertTrue(accuracy < FLOAT_ACCURACY - DROP, accuracy + "");
  }
}
