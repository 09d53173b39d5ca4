// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.toolkit.calibrate.RecurrentModels;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Float models with WHILE and IF over vectors [1, N]. */
final class LoopModels {
  static final int N = 6;
  private static final int TURNS = 7;

  private final Random random = new Random(17);
  private final EditableModel model;
  private int made;

  private LoopModels(int graphs) {
    model = RecurrentModels.empty("loop", graphs);
  }

  /** Of what the body of a loop makes the next {@code state} of state and x. */
  enum Body {
    /** {@code tanh(W state + x)} */
    RECURRENT,
    /** {@code 0.9 state + tanh(W x)} */
    ACCUMULATING,
    /** {@code sin(state) + W x}: SIN has no integer form */
    WITHOUT_INTEGERS,
    /** x and state change places */
    SWAPPING
  }

  private EditableTensor vector(String name) {
    return new EditableTensor(name + made++, TensorType.FLOAT32, 1, N);
  }

  private EditableTensor counter(String name) {
    return new EditableTensor(name + made++, TensorType.INT32);
  }

  private EditableTensor constant(int value) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, value);
    return counter("k").data(bytes);
  }

  private EditableTensor floats(double least, double greatest, int... shape) {
    EditableTensor tensor = new EditableTensor("w" + made++, TensorType.FLOAT32, shape);
    float[] values = new float[tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (least + (greatest - least) * random.nextDouble());
    }
    return tensor.floats(values);
  }

  private EditableTensor apply(
      EditableGraph graph, BuiltinOperator builtin, EditableTensor... inputs) {
    EditableTensor y = inputs[0].type() == TensorType.INT32 ? counter("i") : vector("y");
    graph.operators().add(new EditableOperator(builtin, List.of(inputs), List.of(y)));
    return y;
  }

  private EditableTensor product(EditableGraph graph, EditableTensor x) {
    return apply(
        graph, BuiltinOperator.FULLY_CONNECTED, x, floats(-0.6, 0.6, N, N), floats(-0.2, 0.2, N));
  }

  /** {@code FC(WHILE(i < 7, state, x))} with state at first zero; x is the model's input. */
  static EditableModel loop(Body kind) {
    LoopModels m = new LoopModels(3);
    EditableGraph main = m.model.graphs().get(0);
    EditableTensor x = m.vector("x");
    EditableTensor state = m.vector("state");
    EditableTensor last = m.vector("x_last");
    EditableTensor zero = m.floats(0, 0, 1, N);
    main.inputs().add(x);
    main.operators()
        .add(
            new EditableOperator(
                    BuiltinOperator.WHILE,
                    List.of(m.constant(0), zero, x),
                    List.of(m.counter("i"), state, last))
                .options(
                    Table.builder("WhileOptions")
                        .set("cond_subgraph_index", 1)
                        .set("body_subgraph_index", 2)
                        .build()));
    main.outputs().add(m.product(main, state));
    m.condition(m.model.graphs().get(1));
    m.body(m.model.graphs().get(2), kind);
    return m.model.copy();
  }

  private void condition(EditableGraph graph) {
    EditableTensor i = counter("i");
    graph.inputs().addAll(List.of(i, vector("state"), vector("x")));
    EditableTensor more = new EditableTensor("more", TensorType.BOOL);
    graph
        .operators()
        .add(
            new EditableOperator(BuiltinOperator.LESS, List.of(i, constant(TURNS)), List.of(more)));
    graph.outputs().add(more);
  }

  private void body(EditableGraph graph, Body kind) {
    EditableTensor i = counter("i");
    EditableTensor state = vector("state");
    EditableTensor x = vector("x");
    graph.inputs().addAll(List.of(i, state, x));
    graph.outputs().add(apply(graph, BuiltinOperator.ADD, i, constant(1)));
    switch (kind) {
      case RECURRENT -> {
        EditableTensor sum = apply(graph, BuiltinOperator.ADD, product(graph, state), x);
        graph.outputs().addAll(List.of(apply(graph, BuiltinOperator.TANH, sum), x));
      }
      case ACCUMULATING -> {
        EditableTensor gate = apply(graph, BuiltinOperator.TANH, product(graph, x));
        EditableTensor kept = apply(graph, BuiltinOperator.MUL, state, floats(0.9, 0.9, 1, N));
        graph.outputs().addAll(List.of(apply(graph, BuiltinOperator.ADD, kept, gate), x));
      }
      case WITHOUT_INTEGERS -> {
        EditableTensor sine = apply(graph, BuiltinOperator.SIN, state);
        EditableTensor sum = apply(graph, BuiltinOperator.ADD, sine, product(graph, x));
        graph.outputs().addAll(List.of(sum, x));
      }
      case SWAPPING -> graph.outputs().addAll(List.of(x, state));
    }
  }

  /** {@code IF(argmax(x) < N / 2) tanh(W x) else 0.5 x + 2, x}, then the sum of both. */
  static EditableModel choice() {
    LoopModels m = new LoopModels(3);
    EditableGraph main = m.model.graphs().get(0);
    EditableTensor x = m.vector("x");
    main.inputs().add(x);
    EditableTensor place = new EditableTensor("place", TensorType.INT32, 1);
    main.operators()
        .add(
            new EditableOperator(BuiltinOperator.ARG_MAX, List.of(x, m.constant(1)), List.of(place))
                .options(
                    Table.builder("ArgMaxOptions").set("output_type", TensorType.INT32).build()));
    EditableTensor first = new EditableTensor("first", TensorType.BOOL, 1);
    main.operators()
        .add(
            new EditableOperator(
                BuiltinOperator.LESS, List.of(place, m.constant(N / 2)), List.of(first)));
    EditableTensor y = m.vector("chosen");
    EditableTensor same = m.vector("same");
    main.operators()
        .add(
            new EditableOperator(BuiltinOperator.IF, List.of(first, x), List.of(y, same))
                .options(
                    Table.builder("IfOptions")
                        .set("then_subgraph_index", 1)
                        .set("else_subgraph_index", 2)
                        .build()));
    main.outputs().add(m.apply(main, BuiltinOperator.ADD, y, same));
    for (int branch = 1; branch < 3; branch++) {
      EditableGraph graph = m.model.graphs().get(branch);
      EditableTensor in = m.vector("in");
      graph.inputs().add(in);
      EditableTensor out =
          branch == 1
              ? m.apply(graph, BuiltinOperator.TANH, m.product(graph, in))
              : m.apply(
                  graph,
                  BuiltinOperator.ADD,
                  m.apply(graph, BuiltinOperator.MUL, in, m.floats(0.5, 0.5, 1, N)),
                  m.floats(2, 2, 1, N));
      graph.outputs().addAll(List.of(out, in));
    }
    return m.model.copy();
  }
}
