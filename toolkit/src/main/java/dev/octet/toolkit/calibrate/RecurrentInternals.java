// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM hold inside: the cell state at every step (TensorFlow
 * looks at it after the last alone, and so may clip those between), the sums before layer
 * normalization, and what is projected. The state of SVDF is seen whole after each run, and
 * BIDIRECTIONAL_SEQUENCE_LSTM has no integer form, so neither needs anything here.
 */
public final class RecurrentInternals implements InternalRanges {
  private final Map<EditableOperator, LstmTrace> traces = new ConcurrentHashMap<>();

  @Override
  public boolean concerns(EditableOperator operator) {
    return trace(operator) != null;
  }

  private LstmTrace trace(EditableOperator operator) {
    return traces.computeIfAbsent(operator, LstmTrace::of);
  }

  @Override
  public void observe(
      EditableOperator operator, List<float[]> inputs, List<int[]> shapes, Report report) {
    LstmTrace.Run run =
        trace(operator)
            .run(inputs.get(LstmInputs.X), inputs.get(LstmInputs.H), inputs.get(LstmInputs.C));
    report.values(operator.input(LstmInputs.C), run.c());
    List<EditableTensor> tensors = operator.intermediates();
    for (int i = 0; i < Math.min(tensors.size(), run.intermediates().length); i++) {
      if (tensors.get(i) != null && run.intermediates()[i] != null) {
        report.values(tensors.get(i), run.intermediates()[i]);
      }
    }
  }
}
