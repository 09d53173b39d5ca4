// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Drops operators whose results nobody reads. */
final class RemoveDeadNodes implements Pass {
  @Override
  public boolean optional() {
    return true;
  }

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    Set<Integer> needed = new HashSet<>(taps);
    for (int id : graph.outputs()) {
      needed.add(id);
    }
    List<Node> kept = new ArrayList<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      boolean read = node.op().stateful();
      for (int id : node.outputs()) {
        read |= needed.contains(id);
      }
      if (read) {
        kept.add(node);
        for (int id : node.inputs()) {
          needed.add(id);
        }
      }
    }
    Collections.reverse(kept);
    return graph.withNodes(kept);
  }
}
