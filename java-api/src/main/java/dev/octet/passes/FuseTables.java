// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.ops.FusedTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One table in place of a chain of pointwise operators from one 8-bit value to another, float
 * operators between DEQUANTIZE and QUANTIZE included: {@code x * LOGISTIC(x)}, a hard swish in
 * pieces, RELU behind LEAKY_RELU. A pass over memory each is saved, and integers stay what they
 * are, since the table is what the operators give for every number.
 */
final class FuseTables implements Pass {
  /** Operators in one table; longer chains, which no real model has, become several. */
  private static final int MOST = 64;

  @Override
  public boolean optional() {
    return true;
  }

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    // of each value that follows pointwise from one 8-bit value: that value and the operators
    Map<Integer, Chain> chains = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (int place = 0; place < graph.nodes().size(); place++) {
      Node node = graph.nodes().get(place);
      Chain chain = chain(graph, node, chains);
      Node result = node;
      if (chain != null) {
        chain.nodes.put(place, node);
        int output = node.outputs()[0];
        chains.put(output, chain);
        if (chain.nodes.size() > 1 && eightBits(graph.value(output))) {
          result =
              new Node(
                  node.index(),
                  new FusedTable(
                      List.copyOf(chain.nodes.values()), FuseTables.class.getSimpleName()),
                  new int[] {chain.root},
                  node.outputs());
        }
      }
      nodes.add(result);
    }
    return graph.withNodes(nodes);
  }

  /** What leads from a root to a value, by place in the graph's order. */
  private record Chain(int root, TreeMap<Integer, Node> nodes) {}

  private static boolean eightBits(Value value) {
    boolean bytes = value.type() == TensorType.INT8 || value.type() == TensorType.UINT8;
    return bytes && value.rank() > 0;
  }

  /** The chains of a node's inputs together, or null where they have no single root. */
  private static Chain chain(Graph graph, Node node, Map<Integer, Chain> chains) {
    NodeContext context = graph.context(node);
    if (node.outputs().length != 1
        || context.output(0).variable()
        || context.output(0).hosted()
        || !node.op().pointwise(context)) {
      return null;
    }
    Chain all = null;
    for (int i = 0; i < node.inputs().length; i++) {
      Value input = context.input(i);
      if (input.constant() && !graph.isInput(input.id())) {
        if (input.elements() != 1 || input.rank() > context.output(0).rank()) {
          return null;
        }
        continue;
      }
      Chain one = chains.get(input.id());
      if (one == null && eightBits(input) && !input.variable() && !input.hosted()) {
        one = new Chain(input.id(), new TreeMap<>());
      }
      boolean same =
          one != null
              && (all == null || all.root == one.root)
              && Arrays.equals(input.shape(), context.output(0).shape());
      if (!same) {
        return null;
      }
      if (all == null) {
        all = new Chain(one.root, new TreeMap<>());
      }
      all.nodes.putAll(one.nodes);
    }
    return all == null || all.nodes.size() >= MOST ? null : all;
  }
}
