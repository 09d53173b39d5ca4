// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an interpreter remembers, and what a resize and a reset do to it; strings. */
final class StateTest {
  private static final Table ADD = Table.of("AddOptions");

  private static Model load(TestModel model) {
    ByteBuffer file = model.write();
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return Model.load(bytes);
  }

  private static Table signature(String key, int subgraph, String in, int x, String out, int y) {
    Table.Builder builder =
        Table.builder("SignatureDef").set("signature_key", key).set("subgraph_index", subgraph);
    builder.set("inputs", x < 0 ? List.of() : List.of(map(in, x)));
    builder.set("outputs", List.of(map(out, y)));
    return builder.build();
  }

  private static Table map(String name, int tensor) {
    return Table.builder("TensorMap").set("name", name).set("tensor_index", tensor).build();
  }

  private static int handle(TestModel.Graph graph) {
    int handle = graph.tensor("handle", TensorType.RESOURCE);
    graph.operator(
        BuiltinOperator.VAR_HANDLE,
        1,
        Table.builder("VarHandleOptions").set("shared_name", "sum").build(),
        new int[0],
        new int[] {handle});
    return handle;
  }

  /**
   * "grow" adds its input to a resource variable, which an initial subgraph sets to (1, 1), and
   * gives the sum; "peek" gives the variable.
   */
  private static Model sums() {
    TestModel model = new TestModel();
    TestModel.Graph grow = model.graph();
    int x = grow.input("x", TensorType.FLOAT32, 2);
    grow.operator(
        BuiltinOperator.CALL_ONCE,
        1,
        Table.builder("CallOnceOptions").set("init_subgraph_index", 1).build(),
        new int[0],
        new int[0]);
    int before = grow.tensor("before", TensorType.FLOAT32, 2);
    int handle = handle(grow);
    Table read = Table.of("ReadVariableOptions");
    Table assign = Table.of("AssignVariableOptions");
    grow.operator(BuiltinOperator.READ_VARIABLE, 1, read, new int[] {handle}, new int[] {before});
    int y = grow.output("y", TensorType.FLOAT32, 2);
    grow.operator(BuiltinOperator.ADD, 1, ADD, new int[] {before, x}, new int[] {y});
    grow.operator(BuiltinOperator.ASSIGN_VARIABLE, 1, assign, new int[] {handle, y}, new int[0]);
    TestModel.Graph first = model.graph();
    int ones = first.constant("ones", TensorType.FLOAT32, TestModel.floats(1, 1), 2);
    first.operator(
        BuiltinOperator.ASSIGN_VARIABLE, 1, assign, new int[] {handle(first), ones}, new int[0]);
    TestModel.Graph peek = model.graph();
    int now = peek.output("now", TensorType.FLOAT32, 2);
    peek.operator(
        BuiltinOperator.READ_VARIABLE, 1, read, new int[] {handle(peek)}, new int[] {now});
    model
        .model()
        .set(
            "signature_defs",
            List.of(
                signature("grow", 0, "x", x, "y", y), signature("peek", 2, "", -1, "now", now)));
    return load(model);
  }

  @Test
  void resourceVariablesAreSharedByEntryPointsAndSurviveAResize() {
    try (Model model = sums();
        Interpreter grow = model.interpreter(new InterpreterOptions().signature("grow"));
        Interpreter peek = grow.withSignature("peek");
        Interpreter stranger = model.interpreter(new InterpreterOptions().signature("peek"))) {
      InferenceException e = assertThrows(InferenceException.class, peek::run);
      assertTrue(e.getMessage().contains("READ_VARIABLE"), e.getMessage());
      grow.input("x").set(new float[] {2, 3});
      grow.run();
      grow.run();
      peek.run();
      assertArrayEquals(new float[] {5, 7}, peek.output("now").toFloats());
      grow.resize("x", 1);
      grow.input("x").set(new float[] {1});
      grow.run();
      assertArrayEquals(new float[] {6, 8}, grow.output("y").toFloats(), "broadcast");
      assertThrows(InferenceException.class, stranger::run, "its own variables");
      peek.resetVariables();
      grow.run();
      assertArrayEquals(new float[] {2, 2}, grow.output("y").toFloats(), "initialized again");
    }
  }

  /** SVDF of rank 1 with one feature and a memory of 3: y = state . (1, 10, 100), newest last. */
  private static Model memory() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 1);
    int feature = graph.constant("f", TensorType.FLOAT32, TestModel.floats(1), 1, 1);
    int time = graph.constant("t", TensorType.FLOAT32, TestModel.floats(100, 10, 1), 1, 3);
    int state = graph.tensor("state", TensorType.FLOAT32, 1, 3);
    graph.tensor(state).set("is_variable", true);
    int y = graph.output("y", TensorType.FLOAT32, 1, 1);
    graph.operator(
        BuiltinOperator.SVDF,
        1,
        Table.builder("SVDFOptions").set("rank", 1).build(),
        new int[] {x, feature, time, -1, state},
        new int[] {y});
    return load(model);
  }

  private static float run(Interpreter interpreter, float x) {
    interpreter.input(0).set(new float[] {x});
    interpreter.run();
    return interpreter.output(0).toFloats()[0];
  }

  @Test
  void variableTensorsSurviveRunsAndAreZeroAfterAResizeOrReset() {
    try (Model model = memory();
        Interpreter interpreter = model.interpreter();
        Interpreter poisoned = model.interpreter(new InterpreterOptions().poison(true))) {
      for (Interpreter each : List.of(interpreter, poisoned)) {
        assertEquals(1, run(each, 1));
        assertEquals(12, run(each, 2));
        assertEquals(123, run(each, 3));
        each.resetVariables();
        assertEquals(4, run(each, 4));
        assertEquals(45, run(each, 5));
        each.resize(0, 1, 1);
        assertEquals(6, run(each, 6));
      }
    }
  }

  @Test
  void anEndlessLoopIsEndedByTheDeadlineAndByCancel() throws InterruptedException {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 4);
    int y = graph.output("y", TensorType.FLOAT32, 4);
    graph.operator(
        BuiltinOperator.WHILE,
        1,
        Table.builder("WhileOptions")
            .set("cond_subgraph_index", 1)
            .set("body_subgraph_index", 2)
            .build(),
        new int[] {x},
        new int[] {y});
    TestModel.Graph condition = model.graph();
    condition.input("x", TensorType.FLOAT32, 4);
    int forever = condition.constant("true", TensorType.BOOL, TestModel.bytes(1), 1);
    condition.table().set("outputs", new int[] {forever});
    TestModel.Graph body = model.graph();
    int in = body.input("x", TensorType.FLOAT32, 4);
    int out = body.output("y", TensorType.FLOAT32, 4);
    body.operator(BuiltinOperator.ADD, 1, ADD, new int[] {in, in}, new int[] {out});
    try (Model endless = load(model);
        Interpreter interpreter = endless.interpreter()) {
      interpreter.deadline(Duration.ofMillis(30));
      InferenceException e = assertThrows(InferenceException.class, interpreter::run);
      assertEquals(InferenceException.Kind.DEADLINE_EXCEEDED, e.kind());
      interpreter.deadline(Duration.ZERO);
      Thread killer =
          new Thread(
              () -> {
                for (int i = 0; i < 200; i++) {
                  try {
                    Thread.sleep(10);
                  } catch (InterruptedException stop) {
                    return;
                  }
                  interpreter.cancel();
                }
              });
      killer.start();
      e = assertThrows(InferenceException.class, interpreter::run);
      assertEquals(InferenceException.Kind.CANCELLED, e.kind());
      killer.interrupt();
      killer.join();
    }
  }

  @Test
  void stringsAreJavaStrings() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.STRING, 1, 3);
    int shape = graph.constant("shape", TensorType.INT32, TestModel.ints(3, 1), 2);
    int y = graph.output("y", TensorType.STRING, 3, 1);
    graph.operator(
        BuiltinOperator.RESHAPE,
        1,
        Table.of("ReshapeOptions"),
        new int[] {x, shape},
        new int[] {y});
    try (Model strings = load(model);
        Interpreter interpreter = strings.interpreter()) {
      assertArrayEquals(new String[] {"", "", ""}, interpreter.input(0).toStrings());
      interpreter.input(0).set("grüße", "", "水");
      interpreter.run();
      assertArrayEquals(new int[] {3, 1}, interpreter.output(0).shape());
      assertArrayEquals(new String[] {"grüße", "", "水"}, interpreter.output(0).toStrings());
      Tensor input = interpreter.input(0);
      assertThrows(IllegalArgumentException.class, () -> input.set("one"));
      assertThrows(IllegalStateException.class, () -> input.set(new float[3]));
      assertThrows(IllegalArgumentException.class, () -> input.setStrings(TestModel.ints(3, 5, 5)));
      input.setStrings(TestModel.strings("a", "bc", ""));
      interpreter.run();
      assertArrayEquals(new String[] {"a", "bc", ""}, interpreter.output(0).toStrings());
    }
  }
}
