// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableSignature;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the float model's operator in the place of the quantized one, with DEQUANTIZE before and
 * QUANTIZE after it where its neighbours are quantized. An output of the model becomes float.
 */
final class FloatMend {
  private FloatMend() {}

  static boolean apply(EditableModel model, LayerMatching matching, Layer layer) {
    if (layer.input()) {
      return false;
    }
    EditableOperator quantized = layer.quantized();
    Map<EditableTensor, EditableTensor> tensors = new IdentityHashMap<>();
    List<EditableOperator> before = new ArrayList<>();
    for (EditableTensor input : quantized.inputs()) {
      EditableTensor twin = input == null ? null : matching.twin(input);
      if (twin == null || tensors.containsKey(twin)) {
        continue;
      }
      EditableTensor read = input;
      if (Grid.of(input) != null) {
        read = real(input, "_float");
        before.add(operator(BuiltinOperator.DEQUANTIZE, input, read));
      }
      tensors.put(twin, read);
    }
    for (EditableTensor read : layer.real().inputs()) {
      EditableTensor input = matching.plain(read);
      if (input == null || tensors.containsKey(input)) {
        continue;
      }
      if (!input.constant() || input.variable()) {
        return false;
      }
      tensors.put(input, input.copy(input.name() + "_float"));
    }
    List<EditableOperator> after = new ArrayList<>();
    for (int i = 0; i < quantized.outputs().size(); i++) {
      EditableTensor output = quantized.output(i);
      EditableTensor written = output;
      if (layer.real().output(i).type() == TensorType.FLOAT32 && Grid.of(output) != null) {
        written = real(output, "_float");
        after.add(operator(BuiltinOperator.QUANTIZE, written, output));
        ends(model, output, written);
      }
      tensors.put(layer.real().output(i), written);
    }
    if (!layer.real().intermediates().isEmpty()) {
      return false;
    }
    List<EditableOperator> operators = matching.quantized().operators();
    int at = operators.indexOf(quantized);
    operators.remove(at);
    operators.addAll(at, after);
    operators.add(at, layer.real().copy(t -> tensors.get(matching.plain(t))));
    operators.addAll(at, before);
    return true;
  }

  /** Everything that would only make floats of the output again reads them at once. */
  private static void ends(EditableModel model, EditableTensor output, EditableTensor written) {
    EditableGraph graph = model.graphs().get(0);
    for (EditableOperator consumer : graph.consumers(output)) {
      boolean passes = consumer.is(BuiltinOperator.DEQUANTIZE, BuiltinOperator.QUANTIZE);
      if (passes && graph.outputs().contains(consumer.output(0))) {
        replaceOutput(model, consumer.output(0), written);
        graph.operators().remove(consumer);
      } else if (consumer.is(BuiltinOperator.DEQUANTIZE)) {
        graph.replaceUses(consumer.output(0), written);
        graph.operators().remove(consumer);
      }
    }
    replaceOutput(model, output, written);
  }

  private static void replaceOutput(
      EditableModel model, EditableTensor output, EditableTensor written) {
    EditableGraph graph = model.graphs().get(0);
    Collections.replaceAll(graph.outputs(), output, written);
    for (EditableSignature signature : model.signatures()) {
      if (signature.graph() == graph) {
        signature.outputs().replaceAll((name, tensor) -> tensor == output ? written : tensor);
      }
    }
  }

  private static EditableTensor real(EditableTensor tensor, String suffix) {
    return tensor.copy(tensor.name() + suffix).type(TensorType.FLOAT32).quantization(null);
  }

  private static EditableOperator operator(
      BuiltinOperator builtin, EditableTensor from, EditableTensor to) {
    return new EditableOperator(builtin, List.of(from), List.of(to)).version(2);
  }
}
