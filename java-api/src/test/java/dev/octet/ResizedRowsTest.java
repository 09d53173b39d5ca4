// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.util.Arrays;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Models that were made for one number of rows, run with another: constants that name rows follow
 * where that is sound, and nothing is dropped or mixed silently.
 */
class ResizedRowsTest {
  /** A model of one input; {@code operators} gets its graph and input and gives the output. */
  private static Model model(int[] shape, BiFunction<TestModel.Graph, Integer, Integer> operators) {
    return signed(shape, null, operators);
  }

  private static Model signed(
      int[] shape, int[] signature, BiFunction<TestModel.Graph, Integer, Integer> operators) {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, shape);
    if (signature != null) {
      graph.tensor(x).set("shape_signature", signature);
    }
    graph.table().set("outputs", new int[] {operators.apply(graph, x)});
    return Model.load(model.write());
  }

  private static int ints(TestModel.Graph graph, int... values) {
    return graph.constant("", TensorType.INT32, TestModel.ints(values), values.length);
  }

  private static int y(TestModel.Graph graph) {
    return graph.tensor("y", TensorType.FLOAT32);
  }

  private static int reshape(TestModel.Graph graph, int x, int... shape) {
    int y = y(graph);
    graph.operator(
        BuiltinOperator.RESHAPE, 1, null, new int[] {x, ints(graph, shape)}, new int[] {y});
    return y;
  }

  private static int slice(TestModel.Graph graph, int x, int[] begin, int[] size) {
    int y = y(graph);
    graph.operator(
        BuiltinOperator.SLICE,
        1,
        null,
        new int[] {x, ints(graph, begin), ints(graph, size)},
        new int[] {y});
    return y;
  }

  private static int stridedSlice(TestModel.Graph graph, int x, int begin, int end, int shrink) {
    int y = y(graph);
    graph.operator(
        BuiltinOperator.STRIDED_SLICE,
        1,
        Table.builder("StridedSliceOptions").set("shrink_axis_mask", shrink).build(),
        new int[] {x, ints(graph, begin), ints(graph, end), ints(graph, 1)},
        new int[] {y});
    return y;
  }

  /** The output of counting numbers, in an interpreter resized to that shape. */
  private static float[] run(Model model, int[] resized, int... expectedShape) {
    try (Interpreter interpreter = model.interpreter()) {
      interpreter.resize(0, resized);
      assertArrayEquals(expectedShape, interpreter.output(0).shape());
      float[] x = new float[Arrays.stream(resized).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < x.length; i++) {
        x[i] = i;
      }
      interpreter.input(0).set(x);
      interpreter.run();
      return interpreter.output(0).toFloats();
    }
  }

  private static float[] counting(int n) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  private static void refused(Model model, int... resized) {
    try (Interpreter interpreter = model.interpreter()) {
      int[] before = interpreter.output(0).shape();
      assertThrows(UnsupportedOperatorException.class, () -> interpreter.resize(0, resized));
      assertArrayEquals(before, interpreter.output(0).shape());
      interpreter.run();
    }
  }

  @Test
  void aConstantShapeFollowsItsRows() {
    try (Model model = model(new int[] {1, 2, 3}, (g, x) -> reshape(g, x, 1, 6))) {
      assertArrayEquals(counting(24), run(model, new int[] {4, 2, 3}, 4, 6));
      assertArrayEquals(counting(6), run(model, new int[] {1, 2, 3}, 1, 6));
    }
    try (Model model = model(new int[] {2, 6}, (g, x) -> reshape(g, x, 2, 3, 1, 2))) {
      assertArrayEquals(counting(18), run(model, new int[] {3, 6}, 3, 3, 1, 2));
    }
  }

  @Test
  void aShapeWhoseRowsAreOthersIsRefused() {
    try (Model model = model(new int[] {1, 2, 3}, (g, x) -> reshape(g, x, 2, 3))) {
      refused(model, 4, 2, 3);
    }
    try (Model model = model(new int[] {2, 6}, (g, x) -> reshape(g, x, 4, 3))) {
      refused(model, 4, 6);
    }
    // not only the rows are others
    try (Model model = model(new int[] {1, 2, 3}, (g, x) -> reshape(g, x, 1, 6))) {
      refused(model, 4, 2, 2);
    }
  }

  @Test
  void anOpenDimensionTakesAllRows() {
    // TensorFlow Lite's rule: -1 is whatever is left
    try (Model model = model(new int[] {1, 2, 3}, (g, x) -> reshape(g, x, 1, -1))) {
      assertArrayEquals(counting(24), run(model, new int[] {4, 2, 3}, 1, 24));
    }
  }

  @Test
  void aConstantThatTookAllRowsIsRefusedWhenThereAreMore() {
    int[] shape = {1, 4};
    int[] all = {0, 0};
    try (Model model = model(shape, (g, x) -> slice(g, x, all, new int[] {1, 2}))) {
      refused(model, 3, 4);
    }
    try (Model model = model(shape, (g, x) -> stridedSlice(g, x, 0, 1, 0))) {
      refused(model, 3, 4);
    }
    try (Model model = model(shape, (g, x) -> stridedSlice(g, x, -1, 0, 1))) {
      refused(model, 3, 4);
    }
  }

  @Test
  void aConstantThatMeantSomeRowsStillMeansThem() {
    int[] all = {0, 0};
    try (Model model = model(new int[] {2, 4}, (g, x) -> slice(g, x, all, new int[] {1, 4}))) {
      assertArrayEquals(counting(4), run(model, new int[] {3, 4}, 1, 4));
    }
    // the file says that there may be any number of rows
    int[] open = {-1, 4};
    try (Model model =
        signed(new int[] {1, 4}, open, (g, x) -> slice(g, x, all, new int[] {1, 4}))) {
      assertArrayEquals(counting(4), run(model, new int[] {3, 4}, 1, 4));
    }
    try (Model model = model(new int[] {1, 4}, (g, x) -> slice(g, x, all, new int[] {-1, 4}))) {
      assertArrayEquals(counting(12), run(model, new int[] {3, 4}, 3, 4));
    }
  }

  @Test
  void rowsThatARunCountsAreNotThoseOfTheFile() {
    TestModel file = new TestModel();
    TestModel.Graph graph = file.graph();
    int x = graph.input("x", TensorType.FLOAT32, 12);
    int shape = graph.input("shape", TensorType.INT32, 2);
    int rows = graph.tensor("rows", TensorType.FLOAT32, 1, 4);
    graph.operator(BuiltinOperator.RESHAPE, 1, null, new int[] {x, shape}, new int[] {rows});
    int y = slice(graph, rows, new int[] {0, 0}, new int[] {1, 4});
    graph.table().set("outputs", new int[] {y});
    try (Model model = Model.load(file.write());
        Interpreter interpreter = model.interpreter()) {
      interpreter.input(0).set(counting(12));
      interpreter.input(1).set(new int[] {3, 4});
      interpreter.run();
      assertArrayEquals(counting(4), interpreter.output(0).toFloats());
    }
  }

  /** {@code reshape(x, pack(shape(x)[0], 6))}. */
  @Test
  void arithmeticOnShapesIsDoneBeforeTheRun() {
    try (Model model =
        model(
            new int[] {1, 2, 3},
            (g, x) -> {
              int shape = g.tensor("shape", TensorType.INT32);
              int rows = g.tensor("rows", TensorType.INT32);
              int wanted = g.tensor("wanted", TensorType.INT32);
              int six = g.constant("six", TensorType.INT32, TestModel.ints(6));
              g.operator(
                  BuiltinOperator.SHAPE,
                  1,
                  Table.builder("ShapeOptions").set("out_type", TensorType.INT32).build(),
                  new int[] {x},
                  new int[] {shape});
              g.operator(
                  BuiltinOperator.STRIDED_SLICE,
                  1,
                  Table.builder("StridedSliceOptions").set("shrink_axis_mask", 1).build(),
                  new int[] {shape, ints(g, 0), ints(g, 1), ints(g, 1)},
                  new int[] {rows});
              g.operator(
                  BuiltinOperator.PACK,
                  1,
                  Table.builder("PackOptions").set("values_count", 2).build(),
                  new int[] {rows, six},
                  new int[] {wanted});
              int y = y(g);
              g.operator(BuiltinOperator.RESHAPE, 1, null, new int[] {x, wanted}, new int[] {y});
              return y;
            })) {
      assertArrayEquals(counting(30), run(model, new int[] {5, 2, 3}, 5, 6));
      assertTrue(model.unsupported(model.signatures().get(0)).isEmpty());
    }
  }
}
