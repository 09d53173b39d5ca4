// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.TfliteReader;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ModelComparisonTest {
  @Test
  void aModelIsItself() throws IOException {
    ModelComparison comparison =
        ModelComparison.of(
            TfliteReader.read("a", ShippedFiles.bytes("digits_int8.tflite")),
            TfliteReader.read("b", ShippedFiles.bytes("digits_int8.tflite")));
    assertTrue(comparison.same(), comparison.toString());
    assertTrue(comparison.weights().total() > 1000 && comparison.biases().total() > 10);
  }

  @Test
  void everyKindOfDifferenceIsSeen() throws IOException {
    EditableModel expected = EditableModel.read("e", ShippedFiles.bytes("digits_int8.tflite"));
    EditableModel actual = expected.copy();
    EditableGraph graph = actual.graphs().get(0);
    EditableTensor weights =
        graph.tensors().stream()
            .filter(t -> t.constant() && t.type() == TensorType.INT8)
            .findFirst()
            .orElseThrow();
    byte[] bytes = new byte[weights.data().remaining()];
    weights.data().get(bytes);
    bytes[0] += bytes[0] > 0 ? -1 : 1;
    bytes[1] += bytes[1] > 0 ? -9 : 9;
    weights.data(ByteBuffer.wrap(bytes));
    graph.operators().get(1).version(99);
    ModelComparison comparison = ModelComparison.of(expected.toModel(), actual.toModel());
    assertFalse(comparison.same());
    assertEquals(1, comparison.structure().size(), comparison.toString());
    assertTrue(comparison.structure().get(0).contains("version 99"), comparison.toString());
    assertEquals(1, comparison.weights().offByOne());
    assertEquals(1, comparison.weights().wrong());
  }

  @Test
  void anotherAxisIsAnotherLayout() throws IOException {
    EditableModel expected = EditableModel.read("e", ShippedFiles.bytes("digits_float.tflite"));
    EditableModel actual = expected.copy();
    for (EditableModel model : new EditableModel[] {expected, actual}) {
      EditableTensor tensor =
          model.graphs().get(0).tensors().stream()
              .filter(t -> t.constant() && t.rank() > 1 && t.elements() > 500)
              .findFirst()
              .orElseThrow();
      int axis = model == expected ? 0 : WeightQuantization.PER_TENSOR;
      WeightQuantization.of(tensor, axis, 8, NearZero.WIDENED).applyTo(tensor);
    }
    ModelComparison comparison = ModelComparison.of(expected.toModel(), actual.toModel());
    assertTrue(comparison.structure().get(0).contains("number of scales"), comparison.toString());
  }
}
