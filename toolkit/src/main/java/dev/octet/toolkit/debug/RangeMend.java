// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.integer.OutputScale;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Gives a layer's output another range: all tensors whose scale is tied to it get the same, and
 * biases of the layers that read it are quantized anew.
 */
final class RangeMend {
  private RangeMend() {}

  static boolean apply(LayerMatching matching, Layer layer, Range range) {
    EditableTensor output = layer.quantizedOutput();
    Grid before = Grid.of(output);
    if (before == null) {
      return false;
    }
    Set<EditableTensor> tied = tied(matching.quantized(), output, before);
    for (EditableOperator operator : matching.quantized().operators()) {
      boolean touches =
          operator.inputs().stream().anyMatch(tied::contains)
              || operator.outputs().stream().anyMatch(tied::contains);
      if (touches && !allows(operator, tied)) {
        return false;
      }
    }
    Grid after = Grid.fitted(output.type(), range);
    for (EditableTensor tensor : tied) {
      tensor.quantization(
          new TfliteQuantization(
              new float[0],
              new float[0],
              new float[] {after.scale()},
              new int[] {after.zeroPoint()},
              0,
              null));
    }
    for (EditableOperator operator : matching.quantized().operators()) {
      if (WeightErrors.linear(operator) && tied.contains(Bias.data(operator))) {
        Bias.rescale(matching, operator);
      }
    }
    return true;
  }

  /** Recurrent operators hold scales that follow from their neighbours'; fixed ones allow none. */
  private static boolean allows(EditableOperator operator, Set<EditableTensor> tied) {
    boolean recurrent =
        operator.is(
            BuiltinOperator.LSTM,
            BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
            BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM,
            BuiltinOperator.SVDF,
            BuiltinOperator.RNN,
            BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_RNN,
            BuiltinOperator.BIDIRECTIONAL_SEQUENCE_RNN);
    boolean fixed = false;
    for (EditableTensor output : operator.outputs()) {
      fixed |=
          tied.contains(output)
              && OutputScale.of(operator.builtin(), output.type()) == OutputScale.FIXED;
    }
    return !recurrent && !fixed && tied.stream().noneMatch(EditableTensor::constant);
  }

  private static Set<EditableTensor> tied(EditableGraph graph, EditableTensor output, Grid grid) {
    Set<EditableTensor> tied = Collections.newSetFromMap(new IdentityHashMap<>());
    tied.add(output);
    int before = 0;
    while (tied.size() > before) {
      before = tied.size();
      for (EditableOperator operator : graph.operators()) {
        List<EditableTensor> ends = new ArrayList<>(operator.inputs());
        ends.addAll(operator.outputs());
        boolean passes = OutputScale.of(operator.builtin(), output.type()) == OutputScale.AS_INPUTS;
        if (passes && ends.stream().anyMatch(tied::contains)) {
          ends.stream()
              .filter(tensor -> tensor != null && grid.equals(Grid.of(tensor)))
              .forEach(tied::add);
        }
      }
    }
    return tied;
  }
}
