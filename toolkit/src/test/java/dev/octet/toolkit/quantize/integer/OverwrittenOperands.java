// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What TensorFlow Lite's calibration measures: it looks at an operator's inputs after the operator
 * has run. ADD writes its sum over the first operand that nothing else reads, so that this operand
 * has the range of both.
 */
final class OverwrittenOperands implements ActivationRanges {
  private final ActivationRanges measured;
  private final Map<Integer, Integer> overwritten = new HashMap<>();

  OverwrittenOperands(EditableModel model, ActivationRanges measured) {
    this.measured = measured;
    EditableGraph graph = model.graphs().get(0);
    for (EditableOperator op : graph.operators()) {
      if (op.is(BuiltinOperator.ADD)) {
        for (EditableTensor operand : op.inputs()) {
          if (graph.consumers(operand).size() == 1
              && !operand.constant()
              && Arrays.equals(operand.shape(), op.output(0).shape())) {
            overwritten.put(operand.sourceIndex(), op.output(0).sourceIndex());
            break;
          }
        }
      }
    }
  }

  @Override
  public Range range(int graph, int tensor) {
    Range range = measured.range(graph, tensor);
    Integer by = overwritten.get(tensor);
    return by == null ? range : range.union(measured.range(graph, by));
  }
}
