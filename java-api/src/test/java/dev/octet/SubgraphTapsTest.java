// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SubgraphTapsTest {
  private static final Table ADD = Table.of("AddOptions");

  /** x becomes 2 x + 1, in two steps, while it is less than 10. */
  private static Model loop() {
    TestModel model = new TestModel();
    TestModel.Graph main = model.graph();
    int x = main.input("x", TensorType.FLOAT32, 1);
    int y = main.output("y", TensorType.FLOAT32, 1);
    main.operator(
        BuiltinOperator.WHILE,
        1,
        Table.builder("WhileOptions")
            .set("cond_subgraph_index", 1)
            .set("body_subgraph_index", 2)
            .build(),
        new int[] {x},
        new int[] {y});
    TestModel.Graph condition = model.graph();
    int value = condition.input("x", TensorType.FLOAT32, 1);
    int ten = condition.constant("ten", TensorType.FLOAT32, TestModel.floats(10), 1);
    int less = condition.output("less", TensorType.BOOL, 1);
    condition.operator(
        BuiltinOperator.LESS, 1, Table.of("LessOptions"), new int[] {value, ten}, new int[] {less});
    TestModel.Graph body = model.graph();
    int before = body.input("x", TensorType.FLOAT32, 1);
    int one = body.constant("one", TensorType.FLOAT32, TestModel.floats(1), 1);
    int between = body.tensor("between", TensorType.FLOAT32, 1);
    int after = body.output("y", TensorType.FLOAT32, 1);
    body.operator(BuiltinOperator.ADD, 1, ADD, new int[] {before, one}, new int[] {between});
    body.operator(BuiltinOperator.ADD, 1, ADD, new int[] {between, before}, new int[] {after});
    ByteBuffer file = model.write();
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return Model.load(bytes);
  }

  /** Notes what subgraph {@code graph} computes in {@code names}. */
  private record Notes(int graph, Set<String> wanted, List<Float> seen) implements SubgraphTaps {
    @Override
    public Set<String> names(int subgraph) {
      return subgraph == graph ? wanted : Set.of();
    }

    @Override
    public void ran(int subgraph, Function<String, Tensor> tap) {
      if (subgraph == graph) {
        wanted.forEach(name -> seen.add(tap.apply(name).toFloats()[0]));
      }
    }
  }

  @Test
  void eachRunOfABodyIsSeenInOrder() {
    Notes inside = new Notes(2, Set.of("between"), new ArrayList<>());
    Notes inputs = new Notes(1, Set.of("x"), new ArrayList<>());
    try (Model model = loop();
        Interpreter plain = model.interpreter();
        Interpreter seen = model.interpreter(new InterpreterOptions().subgraphTaps(inside));
        Interpreter tests = model.interpreter(new InterpreterOptions().subgraphTaps(inputs))) {
      for (Interpreter each : List.of(plain, seen, tests)) {
        each.input(0).set(new float[] {1});
        each.run();
        assertArrayEquals(new float[] {15}, each.output(0).toFloats());
      }
    }
    assertEquals(List.of(2f, 4f, 8f), inside.seen());
    assertEquals(List.of(1f, 3f, 7f, 15f), inputs.seen());
  }

  @Test
  void aNameThatTheSubgraphDoesNotComputeIsRefused() {
    Notes none = new Notes(2, Set.of("one"), new ArrayList<>());
    try (Model model = loop();
        Interpreter interpreter = model.interpreter(new InterpreterOptions().subgraphTaps(none))) {
      assertThrows(NoSuchElementException.class, interpreter::run);
    }
  }

  @Test
  void anExceptionOfTheObserverEndsTheRunAndNoMore() {
    List<RuntimeException> thrown =
        new ArrayList<>(
            List.of(new IllegalStateException("mine"), new ArithmeticException("mine")));
    SubgraphTaps failing =
        new SubgraphTaps() {
          @Override
          public Set<String> names(int subgraph) {
            return Set.of();
          }

          @Override
          public void ran(int subgraph, Function<String, Tensor> tap) {
            if (subgraph == 2 && !thrown.isEmpty()) {
              throw thrown.remove(0);
            }
          }
        };
    try (Model model = loop();
        Interpreter interpreter =
            model.interpreter(new InterpreterOptions().subgraphTaps(failing))) {
      interpreter.input(0).set(new float[] {1});
      assertEquals(
          "mine", assertThrows(IllegalStateException.class, interpreter::run).getMessage());
      interpreter.input(0).set(new float[] {1});
      InferenceException wrapped = assertThrows(InferenceException.class, interpreter::run);
      assertEquals("mine", wrapped.getCause().getMessage());
      interpreter.input(0).set(new float[] {1});
      interpreter.run();
      assertArrayEquals(new float[] {15}, interpreter.output(0).toFloats());
    }
  }
}
