// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.octet.CustomOperator;
import dev.octet.Emulation;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.ModelOptions;
import dev.octet.PluginDelegate;
import dev.octet.TensorType;
import dev.octet.UnsupportedOperatorException;
import dev.octet.delegate.Simulators;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What surrounds a delegate's parts: order, control flow, shapes that only a run knows. */
final class DelegatedGraphsTest {
  private static final Table ADD = Table.of("AddOptions");
  private static PluginDelegate xnnpack;

  @BeforeAll
  static void load() {
    assumeFalse(Emulation.ON, "TensorFlow Lite is the machine's own, not the emulated one's");
    String plugin = Simulators.require("libxnnpack_plugin.so").toString();
    xnnpack = PluginDelegate.load(plugin, Map.of("library", Loader.load(tensorflowlite.class)));
  }

  @AfterAll
  static void close() {
    if (xnnpack != null) {
      xnnpack.close();
    }
  }

  private static InterpreterOptions delegated() {
    return new InterpreterOptions().delegate(xnnpack);
  }

  private static Model model(TestModel model, ModelOptions options) {
    ByteBuffer written = model.write();
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return Model.load(bytes, options);
  }

  private static long byDelegate(Interpreter interpreter) {
    return interpreter.profile(1).entries().stream()
        .filter(entry -> entry.kernel().equals("delegate"))
        .count();
  }

  /** Hands its input on and says that it did. */
  private record Note(String text, List<String> notes) implements CustomOperator {
    @Override
    public int[][] shapes(Place place) {
      return new int[][] {place.inputShape(0)};
    }

    @Override
    public void run(Call call) {
      notes.add(text);
      call.output(0).set(call.input(0).toFloats());
    }
  }

  /**
   * Data alone would let the last ADD join the first one, and the second note come before the
   * first.
   */
  @Test
  void operatorsThatKeepStateStayInOrder() {
    List<String> notes = new ArrayList<>();
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 3);
    int twice = graph.tensor("twice", TensorType.FLOAT32, 3);
    int first = graph.output("first", TensorType.FLOAT32, 3);
    int second = graph.tensor("second", TensorType.FLOAT32, 3);
    int y = graph.output("y", TensorType.FLOAT32, 3);
    graph.operator(BuiltinOperator.ADD, 1, ADD, new int[] {x, x}, new int[] {twice});
    graph.custom("First", TestModel.bytes(), new int[] {twice}, new int[] {first});
    graph.custom("Second", TestModel.bytes(), new int[] {x}, new int[] {second});
    graph.operator(BuiltinOperator.ADD, 1, ADD, new int[] {second, twice}, new int[] {y});
    ModelOptions options =
        new ModelOptions()
            .customOperator("First", new Note("first", notes))
            .customOperator("Second", new Note("second", notes));
    try (Model loaded = model(model, options);
        Interpreter interpreter = loaded.interpreter(delegated())) {
      interpreter.input(0).set(new float[] {1, 2, 3});
      interpreter.run();
      assertEquals(List.of("first", "second"), notes);
      assertArrayEquals(new float[] {3, 6, 9}, interpreter.output("y").toFloats());
      assertArrayEquals(new float[] {2, 4, 6}, interpreter.output("first").toFloats());
      assertEquals(2, byDelegate(interpreter));
    }
  }

  @Test
  void shapesThatARunDecidesAreOfferedWhenTheyAreKnown() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 6);
    int shape = graph.input("shape", TensorType.INT32, 2);
    int shaped = graph.tensor("shaped", TensorType.FLOAT32, 1, 6);
    int y = graph.output("y", TensorType.FLOAT32, 1, 6);
    graph.operator(
        BuiltinOperator.RESHAPE,
        1,
        Table.of("ReshapeOptions"),
        new int[] {x, shape},
        new int[] {shaped});
    graph.operator(BuiltinOperator.ADD, 1, ADD, new int[] {shaped, shaped}, new int[] {y});
    try (Model loaded = model(model, new ModelOptions());
        Interpreter interpreter = loaded.interpreter(delegated())) {
      for (int rows : new int[] {2, 3, 2, 6}) {
        interpreter.input(0).set(new float[] {1, 2, 3, 4, 5, 6});
        interpreter.input(1).set(new int[] {rows, 6 / rows});
        interpreter.run();
        assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12}, interpreter.output(0).toFloats(), 0);
        assertArrayEquals(new int[] {rows, 6 / rows}, interpreter.output(0).shape());
      }
      assertTrue(byDelegate(interpreter) > 0, "nothing was claimed");
    }
  }

  /** Counts from start to limit by step; a step that varies keeps the turns unknown. */
  @Test
  void bodiesOfLoopsAreOffered() {
    TestModel model = new TestModel();
    TestModel.Graph main = model.graph();
    int x = main.input("x", TensorType.FLOAT32, 1);
    int y = main.output("y", TensorType.FLOAT32, 1);
    Table loop =
        Table.builder("WhileOptions")
            .set("cond_subgraph_index", 1)
            .set("body_subgraph_index", 2)
            .build();
    main.operator(BuiltinOperator.WHILE, 1, loop, new int[] {x}, new int[] {y});
    TestModel.Graph condition = model.graph();
    int c = condition.input("c", TensorType.FLOAT32, 1);
    int limit = condition.constant("limit", TensorType.FLOAT32, TestModel.floats(100), 1);
    int less = condition.output("less", TensorType.BOOL, 1);
    condition.operator(
        BuiltinOperator.LESS, 1, Table.of("LessOptions"), new int[] {c, limit}, new int[] {less});
    TestModel.Graph body = model.graph();
    int b = body.input("b", TensorType.FLOAT32, 1);
    int twice = body.output("twice", TensorType.FLOAT32, 1);
    body.operator(BuiltinOperator.ADD, 1, ADD, new int[] {b, b}, new int[] {twice});
    try (Model loaded = model(model, new ModelOptions());
        Interpreter interpreter = loaded.interpreter(delegated())) {
      for (float start : new float[] {3, 7, 120}) {
        interpreter.input(0).set(new float[] {start});
        interpreter.run();
        float expected = start;
        while (expected < 100) {
          expected *= 2;
        }
        assertArrayEquals(new float[] {expected}, interpreter.output(0).toFloats());
      }
      interpreter.input(0).set(new float[] {3});
      assertTrue(byDelegate(interpreter) > 0, "nothing was claimed");
    }
  }

  @Test
  void whatNobodyRunsIsRefusedAsWithoutADelegate() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 3);
    int made = graph.tensor("made", TensorType.FLOAT32, 3);
    int y = graph.output("y", TensorType.FLOAT32, 3);
    graph.custom("Nobodys", TestModel.bytes(), new int[] {x}, new int[] {made});
    graph.operator(BuiltinOperator.ADD, 1, ADD, new int[] {made, made}, new int[] {y});
    try (Model loaded = model(model, new ModelOptions())) {
      String plain =
          assertThrows(UnsupportedOperatorException.class, loaded::interpreter).getMessage();
      String offered =
          assertThrows(UnsupportedOperatorException.class, () -> loaded.interpreter(delegated()))
              .getMessage();
      assertEquals(plain, offered);
    }
  }
}
