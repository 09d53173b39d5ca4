// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.RealNumbers;
import java.util.ArrayList;
import java.util.List;

/** Makes sure that a model is one to quantize from. */
final class FloatSource {
  private FloatSource() {}

  /**
   * Makes float16 constants with a DEQUANTIZE plain float32.
   *
   * @return whether there were any
   * @throws IllegalArgumentException naming model, operator and tensor if it is quantized already
   */
  static boolean prepare(EditableModel model) {
    boolean changed = false;
    for (EditableGraph graph : model.graphs()) {
      changed |= foldFloat16(graph);
      for (EditableOperator operator : graph.operators()) {
        List<EditableTensor> ends = new ArrayList<>(operator.inputs());
        ends.addAll(operator.outputs());
        for (EditableTensor tensor : ends) {
          if (tensor != null && quantized(tensor)) {
            throw new IllegalArgumentException(
                model.source()
                    + ": the model is quantized already: "
                    + operator
                    + " has tensor "
                    + tensor
                    + " with a scale; give the float model that it was made of");
          }
        }
      }
    }
    return changed;
  }

  private static boolean quantized(EditableTensor tensor) {
    return tensor.type() != TensorType.FLOAT32
        && tensor.quantization() != null
        && (tensor.quantization().affine() != null || tensor.quantization().details() != null);
  }

  private static boolean foldFloat16(EditableGraph graph) {
    int before = graph.operators().size();
    for (EditableOperator operator : List.copyOf(graph.operators())) {
      if (operator.is(BuiltinOperator.DEQUANTIZE)
          && operator.input(0) != null
          && operator.input(0).type() == TensorType.FLOAT16
          && operator.input(0).constant()
          && !operator.input(0).sparse()) {
        float[] values = RealNumbers.of(operator.input(0));
        EditableTensor real = operator.output(0);
        if (!real.variable()) {
          real.floats(values);
          graph.operators().remove(operator);
        } else if (allZero(values)) {
          // TensorFlow makes a variable's initial zeros a constant; variables start with zeros
          graph.operators().remove(operator);
        }
      }
    }
    return graph.operators().size() < before;
  }

  private static boolean allZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
