// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Puts in an operator's place what computes the same faster, where it knows such: in place of a
 * loop all steps of a recurrent network in one instruction, or one graph for a turn. Not where
 * somebody wants to see the turns of loops.
 */
final class FuseLoops implements Pass {
  @Override
  public boolean optional() {
    return true;
  }

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    List<Value> values = new ArrayList<>(graph.values());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<Node> faster = node.op().faster(graph.context(node), values);
      nodes.addAll(faster == null ? List.of(node) : faster);
    }
    return graph.withValues(values).withNodes(nodes);
  }
}
