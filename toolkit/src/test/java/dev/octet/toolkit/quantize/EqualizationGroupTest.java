// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.NumpyRandom;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two dense layers. */
class EqualizationGroupTest {
  private final EditableGraph graph = new EditableGraph("main");
  private final EditableModel model = new EditableModel("two layers", graph);

  private static EditableTensor constant(float[] values, int... shape) {
    return new EditableTensor("constant", TensorType.FLOAT32, shape).floats(values);
  }

  private static float[] drawn(int seed, int count) {
    return new NumpyRandom(seed).uniform(-1, 1, count);
  }

  private EditableTensor input(int... shape) {
    EditableTensor x = new EditableTensor("x", TensorType.FLOAT32, shape);
    graph.inputs().add(x);
    return x;
  }

  private EditableTensor dense(int rows, int ci, EditableTensor x, float[] weights, float[] bias) {
    int co = bias.length;
    EditableTensor y =
        new EditableTensor("y" + graph.operators().size(), TensorType.FLOAT32, rows, co);
    EditableTensor w = constant(weights, co, ci);
    graph
        .operators()
        .add(
            new EditableOperator(
                BuiltinOperator.FULLY_CONNECTED, List.of(x, w, constant(bias, co)), List.of(y)));
    return y;
  }

  private float[] run() {
    try (Model loaded = Model.load(model.toBytes());
        Interpreter interpreter = loaded.interpreter()) {
      interpreter.input(0).set(drawn(9, interpreter.input(0).toFloats().length));
      interpreter.run();
      return interpreter.output(0).toFloats();
    }
  }

  /** Weights [6, 5] of which every second row is a thousand times as large. */
  private static float[] uneven() {
    float[] weights = drawn(1, 30);
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= i / 5 % 2 == 0 ? 1000 : 1;
    }
    return weights;
  }

  @Test
  void rowsThatAreNoMultipleOfTheChannelsAreCountedThroughTheFlatInput() {
    EditableTensor hidden = dense(2, 5, input(2, 5), uneven(), drawn(2, 6));
    graph.outputs().add(dense(3, 4, hidden, drawn(3, 12), drawn(4, 3)));
    float[] before = run();
    List<Equalization.Result> results = Equalization.apply(model);
    assertEquals(List.of(2), results.stream().map(Equalization.Result::channels).toList());
    assertTrue(results.get(0).greatest() > 10 * results.get(0).least(), "" + results);
    assertArrayEquals(before, run(), 0.01f);
  }

  @Test
  void weightsThatAreAnOutputStay() {
    EditableTensor hidden = dense(1, 5, input(1, 5), uneven(), drawn(2, 6));
    graph.outputs().add(dense(1, 6, hidden, drawn(3, 18), drawn(4, 3)));
    EditableTensor weights = graph.operators().get(0).input(1);
    graph.outputs().add(weights);
    assertEquals(List.of(), Equalization.apply(model));
    assertArrayEquals(uneven(), weights.floats());
  }

  @Test
  void aChannelOfAlmostNoWeightsKeepsItsBias() {
    float[] weights = uneven();
    for (int i = 0; i < 5; i++) {
      weights[i] *= 1e-30f;
    }
    float[] bias = drawn(2, 6);
    EditableTensor hidden = dense(1, 5, input(1, 5), weights, bias);
    graph.outputs().add(dense(1, 6, hidden, drawn(3, 18), drawn(4, 3)));
    assertTrue(Equalization.apply(model).get(0).greatest() < 100);
    assertEquals(bias[0], graph.operators().get(0).input(2).floats()[0]);
  }
}
