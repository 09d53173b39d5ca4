// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.UnsupportedOperatorException;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusedOperatorsTest {
  /** FULLY_CONNECTED whose weights have no dimensions. */
  private static byte[] scalarWeights() {
    EditableGraph graph = new EditableGraph("main");
    EditableTensor x = new EditableTensor("x", TensorType.FLOAT32, 1, 4);
    EditableTensor w = new EditableTensor("w", TensorType.FLOAT32);
    w.floats(new float[] {1});
    EditableTensor y = new EditableTensor("y", TensorType.FLOAT32, 1, 1);
    graph.inputs().add(x);
    graph.outputs().add(y);
    graph
        .operators()
        .add(new EditableOperator(BuiltinOperator.FULLY_CONNECTED, List.of(x, w), List.of(y)));
    return new EditableModel("scalar", graph).toBytes();
  }

  @Test
  void brokenOperatorsStayFloat() {
    byte[] source = scalarWeights();
    for (Mode mode : List.of(Mode.DYNAMIC, Mode.WEIGHT_ONLY, Mode.INT8, Mode.INT16X8)) {
      Quantizer quantizer = Quantizer.of("scalar", source).mode(mode).minWeightElements(1);
      quantizer.calibration((graph, tensor) -> new Range(-1, 1));
      QuantizedModel made = quantizer.quantize();
      assertEquals(0, made.quantized().size(), mode.toString());
      String words = made.kept().get(0).words();
      assertTrue(words.startsWith("Octet does not run it: tensor 'w"), words);
      String strict =
          assertThrows(OctetException.class, () -> quantizer.strict(true).quantize()).getMessage();
      assertTrue(strict.startsWith("scalar cannot be quantized to integers only"), strict);
    }
  }

  @Test
  void calibrationNamesTheModelAndItsTensors() {
    byte[] source = scalarWeights();
    Calibrator calibrator = new Calibrator("scalar", source);
    UnsupportedOperatorException refusal;
    try (Model model = Model.load(source)) {
      refusal =
          assertThrows(
              UnsupportedOperatorException.class,
              () -> calibrator.calibrate(null, DataSets.random(1, 2, model.inputs())));
    }
    assertTrue(refusal.getMessage().startsWith("scalar: operator 0 "), refusal.getMessage());
    assertTrue(refusal.tensor().startsWith("w"), refusal.tensor());
    assertFalse(refusal.rule().isEmpty());
  }

  @Test
  void variablesThatDecideAShapeAreRefused() {
    EditableGraph graph = new EditableGraph("main");
    EditableTensor shape = new EditableTensor("shape", TensorType.INT32, 2).variable(true);
    EditableTensor value = new EditableTensor("value", TensorType.FLOAT32);
    EditableTensor y = new EditableTensor("y", TensorType.FLOAT32, 1, 1);
    graph.inputs().addAll(List.of(shape, value));
    graph.outputs().add(y);
    graph
        .operators()
        .add(new EditableOperator(BuiltinOperator.FILL, List.of(shape, value), List.of(y)));
    try (Model model = Model.load(new EditableModel("fill", graph).toBytes())) {
      UnsupportedOperatorException refusal =
          assertThrows(UnsupportedOperatorException.class, model::interpreter);
      assertEquals("is a variable and decides a shape", refusal.rule());
    }
  }
}
