// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.UnsupportedOperatorException;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import java.util.Set;

/** Asks every operator whether its types are supported; checks the size of inputs and outputs. */
final class CheckOperators implements Pass {
  private static final int MAX_RANK = 8;

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    Passes.check(graph);
    for (Node node : graph.nodes()) {
      for (int id : node.inputs()) {
        if (id >= 0) {
          requireRank(graph.context(node), graph.value(id), graph.value(id).shape());
        }
      }
    }
    requireMemory(graph, "INPUT", graph.inputs());
    requireMemory(graph, "OUTPUT", graph.outputs());
    return graph;
  }

  /** Requires that the arena may hold a value of this shape. */
  static void requireRank(NodeContext node, Value value, int[] shape) {
    node.require(
        shape.length <= MAX_RANK || value.type().bytes() == 0,
        value,
        "rank " + shape.length + " is over " + MAX_RANK);
  }

  private static void requireMemory(Graph graph, String what, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      Value value = graph.value(ids[i]);
      String rule =
          value.dynamic() || Value.fits(value.type(), value.shape())
              ? null
              : "is larger than " + Value.MAX_BYTES + " bytes";
      if (rule != null) {
        throw new UnsupportedOperatorException(graph.source(), i, what, value.name(), rule);
      }
    }
  }
}
