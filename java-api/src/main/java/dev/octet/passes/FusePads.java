// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.ops.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Leaves PAD to the convolution behind it: both put zeros around an image, and a convolution's cost
 * no pass over memory. Converters write a PAD wherever strides need other padding than SAME.
 * Whoever else reads the padded image still gets it.
 */
final class FusePads implements Pass {
  @Override
  public boolean optional() {
    return true;
  }

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    Map<Integer, Node> pads = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node pad = node.inputs().length == 0 ? null : pads.get(node.inputs()[0]);
      nodes.add(pad == null ? node : fused(graph, pad, node));
      if (node.op().zerosAround(graph.context(node)) != null) {
        pads.put(node.outputs()[0], node);
      }
    }
    return graph.withNodes(nodes);
  }

  private static Node fused(Graph graph, Node pad, Node node) {
    int[] zeros = pad.op().zerosAround(graph.context(pad));
    Op op = node.op().imagining(graph.context(node), zeros);
    Value image = graph.value(pad.inputs()[0]);
    if (op == null || image.constant() && !graph.isInput(image.id())) {
      return node;
    }
    int[] inputs = node.inputs().clone();
    inputs[0] = image.id();
    return new Node(node.index(), op, inputs, node.outputs());
  }
}
