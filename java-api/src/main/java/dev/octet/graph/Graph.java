// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * One subgraph of a model; immutable, equal to itself only. Nodes are in an order in which they can
 * run.
 *
 * @param source the model's file or name, for messages
 * @param index its number in the model
 * @param subgraphs all graphs of the model as they were read, complete once reading has ended
 * @param values all values, by id
 * @param nodes the operators
 * @param inputs value ids, in the model's order
 * @param outputs value ids, in the model's order
 */
public record Graph(
    String source,
    int index,
    List<Graph> subgraphs,
    List<Value> values,
    List<Node> nodes,
    int[] inputs,
    int[] outputs) {
  public Graph {
    values = List.copyOf(values);
    nodes = List.copyOf(nodes);
  }

  public Value value(int id) {
    return values.get(id);
  }

  /** The operator and its values, as its methods see them. */
  public NodeContext context(Node node) {
    return new NodeContext(this, node);
  }

  public Graph withValues(List<Value> values) {
    return new Graph(source, index, subgraphs, values, nodes, inputs, outputs);
  }

  public Graph withNodes(List<Node> nodes) {
    return new Graph(source, index, subgraphs, values, nodes, inputs, outputs);
  }

  /** The same nodes and values with other ends. */
  public Graph withEnds(int[] inputs, int[] outputs) {
    return new Graph(source, index, subgraphs, values, nodes, inputs, outputs);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** A copy in which one value is another of the same id. */
  public Graph withValue(Value value) {
    List<Value> changed = new ArrayList<>(values);
    changed.set(value.id(), value);
    return withValues(changed);
  }

  /** True for a value that the caller of a run sees. */
  public boolean isInputOrOutput(int id) {
    return contains(inputs, id) || contains(outputs, id);
  }

  public boolean isInput(int id) {
    return contains(inputs, id);
  }

  private static boolean contains(int[] ids, int id) {
    for (int other : ids) {
      if (other == id) {
        return true;
      }
    }
    return false;
  }
}
