// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.ops.Swish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One operator in place of {@code x * LOGISTIC(x)} of float32, which EfficientNets and YOLOs have
 * behind every convolution: a pass over memory less. A gate that somebody else reads stays.
 */
final class FuseSwish implements Pass {
  @Override
  public boolean optional() {
    return true;
  }

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    Map<Integer, Node> writers = new HashMap<>();
    Map<Integer, Integer> readers = new HashMap<>();
    for (Node node : graph.nodes()) {
      for (int id : node.inputs()) {
        readers.merge(id, 1, Integer::sum);
      }
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node result = node;
      for (int i = 0; i < 2 && node.inputs().length == 2; i++) {
        int x = node.inputs()[i];
        int gate = node.inputs()[1 - i];
        Node writer = writers.get(gate);
        boolean alone =
            readers.get(gate) == 1 && !taps.contains(gate) && !graph.isInputOrOutput(gate);
        if (writer != null
            && alone
            && writer.inputs()[0] == x
            && Swish.isMadeOf(graph.context(node), graph.context(writer))) {
          result = new Node(node.index(), new Swish(), new int[] {x}, node.outputs());
        }
      }
      nodes.add(result);
      if (node.inputs().length == 1 && node.outputs().length == 1) {
        writers.put(node.outputs()[0], node);
      }
    }
    return graph.withNodes(nodes);
  }
}
