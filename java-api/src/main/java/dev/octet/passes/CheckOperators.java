// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import java.util.Set;

/** Asks every operator whether its types and arity are supported. */
final class CheckOperators implements Pass {
  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    for (Node node : graph.nodes()) {
      node.op().check(graph.context(node));
    }
    return graph;
  }
}
