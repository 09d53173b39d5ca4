// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.UnsupportedOperatorException;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import java.util.Set;

/** Asks every operator, and every input and output, whether its types are supported. */
final class CheckOperators implements Pass {
  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    for (Node node : graph.nodes()) {
      node.op().check(graph.context(node));
    }
    requireSize(graph, "INPUT", graph.inputs());
    requireSize(graph, "OUTPUT", graph.outputs());
    return graph;
  }

  private static void requireSize(Graph graph, String what, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      Value value = graph.value(ids[i]);
      if (value.type().bytes() == 0) {
        throw new UnsupportedOperatorException(
            graph.source(), i, what, value.name(), "type " + value.type() + " is not supported");
      }
    }
  }
}
