// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.Model;
import dev.octet.TensorInfo;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.RecurrentModels;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoresTest {
  /** Operators one behind the other on a tensor [1, 4]. */
  private static Scores behind(BuiltinOperator... operators) {
    return of(new EditableTensor("end", TensorType.FLOAT32, 1, 4), operators);
  }

  private static Scores of(EditableTensor end, BuiltinOperator... operators) {
    EditableModel model = RecurrentModels.empty("scores");
    EditableGraph graph = model.graphs().get(0);
    EditableTensor tensor = new EditableTensor("x", TensorType.FLOAT32, 1, 4);
    graph.inputs().add(tensor);
    for (int i = 0; i < operators.length; i++) {
      boolean last = i == operators.length - 1;
      EditableTensor next = last ? end : new EditableTensor("t" + i, TensorType.FLOAT32, 1, 4);
      graph.operators().add(new EditableOperator(operators[i], List.of(tensor), List.of(next)));
      tensor = next;
    }
    graph.outputs().add(end);
    byte[] bytes = model.toBytes();
    try (Model loaded = Model.load(bytes)) {
      TensorInfo output = loaded.outputs().get(0);
      return Scores.of(EditableModel.read("scores", bytes), 0, output);
    }
  }

  @Test
  void theLastOperatorTellsWhatScoresAre() {
    assertEquals(Scores.PROBABILITIES, behind(BuiltinOperator.SOFTMAX));
    assertEquals(Scores.PROBABILITIES, behind(BuiltinOperator.LOGISTIC));
    assertEquals(Scores.LOG_PROBABILITIES, behind(BuiltinOperator.LOG_SOFTMAX));
    assertEquals(Scores.LOGITS, behind(BuiltinOperator.TANH));
    assertEquals(Scores.LOGITS, behind(BuiltinOperator.SOFTMAX, BuiltinOperator.NEG));
    assertEquals(
        Scores.PROBABILITIES,
        behind(
            BuiltinOperator.ABS,
            BuiltinOperator.SOFTMAX,
            BuiltinOperator.SQUEEZE,
            BuiltinOperator.RESHAPE,
            BuiltinOperator.DEQUANTIZE));
    assertEquals(Scores.LOGITS, behind(BuiltinOperator.RESHAPE));
  }

  @Test
  void oneWholeNumberIsTheClass() {
    assertEquals(
        Scores.CLASS, of(new EditableTensor("end", TensorType.INT64, 1), BuiltinOperator.ARG_MAX));
    assertEquals(
        Scores.LOGITS, of(new EditableTensor("end", TensorType.INT32, 1, 4), BuiltinOperator.CAST));
    assertEquals(0, Scores.CLASS.classes(1));
    assertEquals(2, Scores.LOGITS.classes(1));
    assertEquals(10, Scores.LOGITS.classes(10));
  }
}
