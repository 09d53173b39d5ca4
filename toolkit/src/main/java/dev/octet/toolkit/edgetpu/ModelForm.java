// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.EnumMap;
import java.util.Map;

/** What a model computes on. */
public enum ModelForm {
  /** Activations of 8 bits: what the compiler takes. */
  QUANTIZED("quantized to 8 bits"),
  /** Floats throughout. */
  FLOAT("a float model"),
  /** Weights of 8 bits or less, float activations: dynamic ranges or weight-only. */
  WEIGHTS("quantized in its weights only; its activations are floats"),
  /** Activations of 16 bits. */
  WIDE("quantized to 16-bit activations (16x8)"),
  /** Nothing that is quantized and no floats. */
  OTHER("no quantized model"),
  /** A file of the Edge TPU compiler. */
  COMPILED("compiled for the Edge TPU already");

  private final String words;

  ModelForm(String words) {
    this.words = words;
  }

  /** As the end of a sentence that starts with the model: "is ...". */
  public String words() {
    return words;
  }

  /** What most numbers of the main graph's activations are decides, 8 bits before 16. */
  static ModelForm of(EditableModel model) {
    EditableGraph main = model.graphs().get(0);
    Map<TensorType, Integer> activations = new EnumMap<>(TensorType.class);
    boolean narrowWeights = false;
    for (EditableOperator op : main.operators()) {
      if (op.name().equals(CompiledPackage.OPERATOR)) {
        return COMPILED;
      }
      for (EditableTensor output : op.outputs()) {
        activations.merge(output.type(), 1, Integer::sum);
      }
      for (EditableTensor input : op.inputs()) {
        narrowWeights |= input != null && input.constant() && quantized(input);
      }
    }
    int narrow = count(activations, TensorType.INT8) + count(activations, TensorType.UINT8);
    int wide = count(activations, TensorType.INT16);
    int floats = count(activations, TensorType.FLOAT32);
    if (wide > narrow) {
      return WIDE;
    }
    if (narrow > 0) {
      return QUANTIZED;
    }
    return narrowWeights ? WEIGHTS : floats > 0 ? FLOAT : OTHER;
  }

  private static int count(Map<TensorType, Integer> counts, TensorType type) {
    return counts.getOrDefault(type, 0);
  }

  private static boolean quantized(EditableTensor tensor) {
    boolean narrow =
        tensor.type() == TensorType.INT8
            || tensor.type() == TensorType.UINT8
            || tensor.type() == TensorType.INT4;
    return narrow && tensor.quantization() != null && tensor.quantization().scales().length > 0;
  }
}
