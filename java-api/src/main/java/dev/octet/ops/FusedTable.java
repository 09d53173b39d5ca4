// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code y = table[x]} for x and y of 8 bits, in place of pointwise operators between them: the
 * table holds what these give for each of the 256 numbers.
 *
 * @param nodes the operators, in their order; their inputs are x, what they compute, and constants
 *     of one element
 * @param pass the pass that made this
 */
public record FusedTable(List<Node> nodes, String pass) implements Op {
  private static final int NUMBERS = 256;

  @Override
  public String name() {
    return "TABLE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.input(0), TensorType.INT8, TensorType.UINT8);
    node.type(node.output(0), TensorType.INT8, TensorType.UINT8);
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    int least = OutputRange.least(node.input(0).type());
    ByteBuffer numbers = ByteBuffer.allocate(NUMBERS);
    for (int i = 0; i < NUMBERS; i++) {
      numbers.put((byte) (least + i));
    }
    ByteBuffer answers = emitter.compute(all(node), numbers.flip(), pass);
    boolean signed = node.output(0).type() == TensorType.INT8;
    LookupTables.emit(
        node, emitter, q -> signed ? answers.get(q - least) : answers.get(q - least) & 255);
  }

  /** The operators on all numbers of x at once. */
  private Graph all(NodeContext node) {
    int[] shape = new int[node.input(0).rank()];
    Arrays.fill(shape, 1);
    shape[shape.length - 1] = NUMBERS;
    List<Value> values = new ArrayList<>(node.graph().values());
    values.set(node.input(0).id(), node.input(0).withShape(shape).withFlip(false));
    for (Node each : nodes) {
      int id = each.outputs()[0];
      values.set(id, values.get(id).withShape(shape).withFlip(false));
    }
    return node.graph()
        .withValues(values)
        .withNodes(nodes)
        .withEnds(new int[] {node.input(0).id()}, new int[] {node.output(0).id()});
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}
