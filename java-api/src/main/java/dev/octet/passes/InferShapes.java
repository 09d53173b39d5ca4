// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Gives every value the shape that follows from the inputs', and folds operators whose inputs are
 * all constant, or of which they need only the shapes: in one walk, since a folded value may decide
 * the shape of what follows.
 */
final class InferShapes implements Pass {
  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    List<Value> values = new ArrayList<>(graph.values());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Graph current = graph.withValues(values);
      NodeContext context = current.context(node);
      int[][] shapes = node.op().infer(context);
      for (int i = 0; i < shapes.length; i++) {
        Value output = context.output(i);
        requireSize(context, output, shapes[i]);
        values.set(output.id(), output.withShape(shapes[i]));
      }
      List<ByteBuffer> folded = fold(graph, values, node);
      if (folded == null) {
        nodes.add(node);
      } else {
        for (int i = 0; i < folded.size(); i++) {
          int id = node.outputs()[i];
          values.set(id, values.get(id).withData(folded.get(i)));
        }
      }
    }
    return graph.withValues(values).withNodes(nodes);
  }

  private static List<ByteBuffer> fold(Graph graph, List<Value> values, Node node) {
    if (!node.op().foldsByShape()) {
      for (int id : node.inputs()) {
        if (id >= 0 && !values.get(id).constant()) {
          return null;
        }
      }
    }
    return node.inputs().length == 0
        ? null
        : node.op().foldAll(graph.withValues(values).context(node));
  }

  private static void requireSize(NodeContext context, Value value, int[] shape) {
    for (int dim : shape) {
      context.require(dim >= 0, value, "dimension " + dim + " is negative");
    }
    context.require(
        Value.fits(value.type(), shape), value, "is larger than " + Value.MAX_BYTES + " bytes");
  }
}
