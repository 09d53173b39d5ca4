// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteWriter;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ranges of the tensors in graphs that operators run. */
class BodiesTest {
  private static EditableModel graphs(int count) {
    ByteBuffer bytes =
        TfliteWriter.write(
            Table.builder("Model")
                .set("version", 3)
                .set("subgraphs", Collections.nCopies(count, Table.of("SubGraph")))
                .set("buffers", List.of(Table.of("Buffer")))
                .build());
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    return EditableModel.read("bodies", array);
  }

  private static EditableTensor tensor(String name, TensorType type) {
    return new EditableTensor(name, type, 1);
  }

  private static EditableTensor real(String name) {
    return tensor(name, TensorType.FLOAT32);
  }

  private static EditableTensor constant(String name, float value) {
    return real(name).floats(new float[] {value});
  }

  private static void add(
      EditableGraph graph, BuiltinOperator builtin, List<EditableTensor> in, EditableTensor out) {
    graph.operators().add(new EditableOperator(builtin, in, List.of(out)));
  }

  private static void options(EditableGraph graph, String table, Object... fields) {
    Table.Builder builder = Table.builder(table);
    for (int i = 0; i < fields.length; i += 2) {
      builder.set((String) fields[i], fields[i + 1]);
    }
    graph.operators().get(graph.operators().size() - 1).options(builder.build());
  }

  private static Range range(CalibrationStatistics seen, byte[] file, int graph, String name) {
    return seen.range(graph, index(file, graph, name));
  }

  /** Of the tensor of that name. */
  private static int index(byte[] file, int graph, String name) {
    for (EditableTensor tensor : EditableModel.read("bodies", file).graphs().get(graph).tensors()) {
      if (tensor.name().equals(name)) {
        return tensor.sourceIndex();
      }
    }
    throw new AssertionError("no tensor " + name);
  }

  private static ListedSamples numbers(float... values) {
    float[][] arrays = new float[values.length][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = new float[] {values[i]};
    }
    return ListedSamples.of(new int[] {1}, arrays);
  }

  private static void ends(EditableGraph graph, EditableTensor in, EditableTensor out) {
    graph.inputs().add(in);
    graph.outputs().add(out);
  }

  /** y = x; while y < 10: y = (if y < 4 then y + y else y + 3), with an IF inside the loop. */
  private static byte[] loop() {
    EditableModel model = graphs(5);
    EditableTensor x = real("same name");
    EditableTensor y = real("same name");
    ends(model.graphs().get(0), x, y);
    add(model.graphs().get(0), BuiltinOperator.WHILE, List.of(x), y);
    options(
        model.graphs().get(0), "WhileOptions", "cond_subgraph_index", 1, "body_subgraph_index", 2);
    less(model.graphs().get(1), 10, true);
    EditableGraph body = model.graphs().get(2);
    EditableTensor small = less(body, 4, false);
    EditableTensor out = real("chosen");
    body.outputs().add(out);
    add(body, BuiltinOperator.IF, List.of(small, body.inputs().get(0)), out);
    options(body, "IfOptions", "then_subgraph_index", 3, "else_subgraph_index", 4);
    for (int g = 3; g < 5; g++) {
      EditableTensor in = real("in");
      EditableTensor sum = real("sum");
      ends(model.graphs().get(g), in, sum);
      add(
          model.graphs().get(g),
          BuiltinOperator.ADD,
          List.of(in, g == 3 ? in : constant("three", 3)),
          sum);
    }
    return model.toBytes();
  }

  private static EditableTensor less(EditableGraph graph, float bound, boolean output) {
    EditableTensor in = real("in");
    EditableTensor less = tensor("less", TensorType.BOOL);
    graph.inputs().add(in);
    if (output) {
      graph.outputs().add(less);
    }
    add(graph, BuiltinOperator.LESS, List.of(in, constant("bound", bound)), less);
    return less;
  }

  @Test
  void bodiesOfLoopsAndBranchesAreSeenAtEachRun() {
    byte[] file = loop();
    // 1, 2, 4, 7, 10 and 5, 8, 11
    CalibrationStatistics seen = new Calibrator("bodies", file).calibrate(null, numbers(1, 5));
    assertEquals(new Range(1, 11), range(seen, file, 1, "in"));
    assertEquals(new Range(1, 8), range(seen, file, 2, "in"));
    assertEquals(new Range(2, 11), range(seen, file, 2, "chosen"));
    assertEquals(new Range(1, 2), range(seen, file, 3, "in"));
    assertEquals(new Range(2, 4), range(seen, file, 3, "sum"));
    assertEquals(new Range(4, 8), range(seen, file, 4, "in"));
    assertEquals(new Range(7, 11), range(seen, file, 4, "sum"));
    TensorStatistics then = seen.tensor(3, index(file, 3, "in"));
    assertEquals("[1.0, NaN]", Arrays.toString(then.sampleMin()));
    assertEquals(2, then.count());
  }

  @Test
  void aBranchThatNoSampleTookHasNoRange() {
    byte[] file = loop();
    CalibrationStatistics seen = new Calibrator("bodies", file).calibrate(null, numbers(6));
    assertNull(range(seen, file, 3, "sum"));
    assertEquals(new Range(9, 12), range(seen, file, 4, "sum"));
  }

  /** Two composites of 2 x + 1, one in the other's place of input: y = 2 (2 x + 1) + 1. */
  @Test
  void decompositionsAreSeenWhereverTheyStand() {
    EditableModel model = graphs(2);
    EditableTensor x = real("x");
    EditableTensor middle = real("middle");
    EditableTensor y = real("y");
    EditableGraph main = model.graphs().get(0);
    ends(main, x, y);
    for (List<EditableTensor> each : List.of(List.of(x, middle), List.of(middle, y))) {
      add(main, BuiltinOperator.STABLEHLO_COMPOSITE, List.of(each.get(0)), each.get(1));
      options(
          main,
          "StableHLOCompositeOptions",
          "name",
          "twice and one",
          "decomposition_subgraph_index",
          1);
    }
    EditableGraph body = model.graphs().get(1);
    EditableTensor in = real("in");
    EditableTensor twice = real("twice");
    EditableTensor out = real("out");
    ends(body, in, out);
    add(body, BuiltinOperator.ADD, List.of(in, in), twice);
    add(body, BuiltinOperator.ADD, List.of(twice, constant("one", 1)), out);
    byte[] file = model.toBytes();
    CalibrationStatistics seen = new Calibrator("bodies", file).calibrate(null, numbers(1, -3));
    assertEquals(new Range(-5, 3), range(seen, file, 0, "middle"));
    assertEquals(new Range(-9, 7), range(seen, file, 0, "y"));
    assertEquals(new Range(-5, 3), range(seen, file, 1, "in"));
    assertEquals(new Range(-10, 6), range(seen, file, 1, "twice"));
    assertEquals(new Range(-9, 7), range(seen, file, 1, "out"));
  }

  /** The positive elements of x, doubled: how many there are, only a run tells. */
  @Test
  void tensorsOfShapesThatOnlyARunKnowsAreSeen() {
    EditableModel model = graphs(1);
    EditableGraph main = model.graphs().get(0);
    EditableTensor x = new EditableTensor("x", TensorType.FLOAT32, 4);
    EditableTensor positive = new EditableTensor("positive", TensorType.BOOL, 4);
    EditableTensor where = new EditableTensor("where", TensorType.INT64, 4, 1);
    EditableTensor gathered = new EditableTensor("gathered", TensorType.FLOAT32, 4);
    EditableTensor y = new EditableTensor("y", TensorType.FLOAT32, 4);
    ends(main, x, y);
    add(main, BuiltinOperator.GREATER, List.of(x, constant("zero", 0)), positive);
    add(main, BuiltinOperator.WHERE, List.of(positive), where);
    add(main, BuiltinOperator.GATHER_ND, List.of(x, where), gathered);
    add(main, BuiltinOperator.ADD, List.of(gathered, gathered), y);
    byte[] file = model.toBytes();
    ListedSamples samples =
        ListedSamples.of(
            new int[] {4},
            new float[] {-1, 2, 3, -4},
            new float[] {-1, -1, -1, -1},
            new float[] {1, 5, 1, 1});
    CalibrationStatistics seen = new Calibrator("where", file).calibrate(null, samples);
    assertEquals(new Range(1, 5), range(seen, file, 0, "gathered"));
    assertEquals(new Range(2, 10), range(seen, file, 0, "y"));
    assertEquals(
        "[2.0, NaN, 1.0]", Arrays.toString(seen.tensor(0, index(file, 0, "gathered")).sampleMin()));
  }

  /** A state to which each run adds the input. */
  @Test
  void variablesAreForgottenBetweenSamplesOrNot() {
    EditableModel model = graphs(1);
    EditableGraph main = model.graphs().get(0);
    EditableTensor x = new EditableTensor("x", TensorType.FLOAT32, 1, 1);
    EditableTensor state = new EditableTensor("state", TensorType.FLOAT32, 1, 2).variable(true);
    EditableTensor y = new EditableTensor("y", TensorType.FLOAT32, 1, 1);
    EditableTensor feature =
        new EditableTensor("f", TensorType.FLOAT32, 1, 1).floats(new float[] {1});
    EditableTensor time =
        new EditableTensor("t", TensorType.FLOAT32, 1, 2).floats(new float[] {1, 1});
    ends(main, x, y);
    List<EditableTensor> inputs = new ArrayList<>(List.of(x, feature, time));
    inputs.add(null);
    inputs.add(state);
    add(main, BuiltinOperator.SVDF, inputs, y);
    options(main, "SVDFOptions", "rank", 1);
    byte[] file = model.toBytes();
    ListedSamples samples =
        ListedSamples.of(new int[] {1, 1}, new float[] {1}, new float[] {2}, new float[] {4});
    CalibrationStatistics apart = new Calibrator("svdf", file).calibrate(null, samples);
    assertEquals(new Range(1, 4), range(apart, file, 0, "y"));
    CalibrationStatistics sequence =
        new Calibrator("svdf", file).resetBetweenSamples(false).calibrate(null, samples);
    assertEquals(new Range(1, 6), range(sequence, file, 0, "y"));
  }

  @Test
  void theLoopOfAnLstmIsSeenAtEachStep() throws IOException {
    Path folder = SharedFolder.file("reference/mnist_lstm");
    byte[] file = Files.readAllBytes(folder.resolve("float.tflite"));
    ListedSamples samples = ReferenceRangesTest.calibration(folder);
    CalibrationStatistics seen = new Calibrator("mnist_lstm", file).calibrate(null, samples);
    EditableModel model = EditableModel.read("mnist_lstm", file);
    int checked = 0;
    for (EditableGraph graph : model.graphs()) {
      int index = model.graphs().indexOf(graph);
      for (EditableOperator operator : graph.operators()) {
        for (EditableTensor output : operator.outputs()) {
          if (output.type() == TensorType.FLOAT32) {
            TensorStatistics tensor = seen.tensor(index, output.sourceIndex());
            // 28 rows of 100 digits, once for each
            long runs = index == 0 ? 100 : 2800;
            assertEquals(runs * output.elements(), tensor.count(), operator.toString());
            if (operator.is(BuiltinOperator.LOGISTIC)) {
              assertTrue(tensor.min() >= 0 && tensor.max() <= 1, tensor.toString());
              checked++;
            }
          }
        }
      }
    }
    assertEquals(3, checked);
  }
}
