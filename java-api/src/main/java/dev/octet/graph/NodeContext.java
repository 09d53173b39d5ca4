// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import dev.octet.TensorType;
import dev.octet.UnsupportedOperatorException;
import java.util.Arrays;

/** An operator with its values: what checks, shape rules and lowerings read. */
public final class NodeContext {
  private final Graph graph;
  private final Node node;

  NodeContext(Graph graph, Node node) {
    this.graph = graph;
    this.node = node;
  }

  public Graph graph() {
    return graph;
  }

  public Node node() {
    return node;
  }

  public int inputCount() {
    return node.inputs().length;
  }

  public int outputCount() {
    return node.outputs().length;
  }

  /** True when input {@code i} is there. */
  public boolean has(int i) {
    return i < node.inputs().length && node.inputs()[i] >= 0;
  }

  /** Input {@code i}; {@link #arity} has made sure that it is there. */
  public Value input(int i) {
    return graph.value(node.inputs()[i]);
  }

  /** Input {@code i}, or null when it is absent. */
  public Value optional(int i) {
    return has(i) ? input(i) : null;
  }

  public Value output(int i) {
    return graph.value(node.outputs()[i]);
  }

  /** Requires {@code least} to {@code most} inputs, the first {@code least} present. */
  public void arity(int least, int most, int outputs) {
    int count = node.inputs().length;
    require(
        count >= least && count <= most,
        null,
        "has " + count + " inputs, not " + least + (least == most ? "" : " to " + most));
    for (int i = 0; i < least; i++) {
      require(node.inputs()[i] >= 0, null, "input " + i + " is absent");
    }
    require(
        node.outputs().length == outputs,
        null,
        "has " + node.outputs().length + " outputs, not " + outputs);
  }

  /** Requires one of the given element types. */
  public void type(Value value, TensorType... types) {
    require(
        Arrays.asList(types).contains(value.type()),
        value,
        "type " + value.type() + " is not supported here, only " + Arrays.toString(types));
  }

  /** Requires a rank. */
  public void rank(Value value, int rank) {
    require(value.rank() == rank, value, "rank " + value.rank() + " is not " + rank);
  }

  /** Requires quantization with one scale. */
  public void perTensor(Value value) {
    require(value.quantization() != null, value, "has no quantization parameters");
    require(!value.quantization().perAxis(), value, "is quantized per axis, not per tensor");
  }

  /**
   * Refuses the operator with {@code rule}, naming {@code value} (may be null), unless it holds.
   */
  public void require(boolean holds, Value value, String rule) {
    if (!holds) {
      throw unsupported(value, rule);
    }
  }

  public UnsupportedOperatorException unsupported(Value value, String rule) {
    return new UnsupportedOperatorException(
        graph.source(),
        node.index(),
        node.op().name(),
        value == null ? null : value.name() + Arrays.toString(value.shape()),
        rule);
  }
}
