// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.ops.StablehloComposite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the operators of a composite's decomposition in its place. They and their values get numbers
 * behind those that the graph has.
 */
final class InlineComposites implements Pass {
  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    if (graph.nodes().stream().noneMatch(node -> node.op() instanceof StablehloComposite)) {
      return graph;
    }
    Inlined inlined = new Inlined(graph);
    for (Node node : graph.nodes()) {
      inlined.add(graph, node, Map.of());
    }
    return graph.withValues(inlined.values).withNodes(inlined.nodes);
  }

  /** The graph in the making. */
  private static final class Inlined {
    final List<Value> values;
    final List<Node> nodes = new ArrayList<>();
    private int index;

    Inlined(Graph graph) {
      this.values = new ArrayList<>(graph.values());
      for (Node node : graph.nodes()) {
        index = Math.max(index, node.index() + 1);
      }
    }

    /**
     * @param ids of the node's graph, where they have other numbers here; empty for the outermost
     */
    void add(Graph from, Node node, Map<Integer, Integer> ids) {
      int[] inputs = mapped(node.inputs(), ids);
      int[] outputs = mapped(node.outputs(), ids);
      if (!(node.op() instanceof StablehloComposite composite)) {
        boolean outermost = ids.isEmpty();
        nodes.add(new Node(outermost ? node.index() : index++, node.op(), inputs, outputs));
        return;
      }
      composite.check(from.context(node));
      Graph body = from.subgraphs().get(composite.subgraph());
      Map<Integer, Integer> bodyIds = new HashMap<>();
      for (int i = 0; i < body.inputs().length; i++) {
        bodyIds.put(body.inputs()[i], inputs[i]);
      }
      for (int i = 0; i < body.outputs().length; i++) {
        bodyIds.putIfAbsent(body.outputs()[i], outputs[i]);
      }
      for (Value value : body.values()) {
        bodyIds.computeIfAbsent(value.id(), id -> copy(value));
      }
      for (Node each : body.nodes()) {
        add(body, each, bodyIds);
      }
      for (int i = 0; i < outputs.length; i++) {
        int made = bodyIds.get(body.outputs()[i]);
        if (made != outputs[i] || body.value(body.outputs()[i]).constant()) {
          handThrough(body.value(body.outputs()[i]), made, outputs[i]);
        }
      }
    }

    private int copy(Value value) {
      Value copy = value.withId(values.size());
      values.add(copy);
      return copy.id();
    }

    /** An output that is an input or a constant: the same elements under its own number. */
    private void handThrough(Value inside, int from, int to) {
      int source = inside.constant() ? copy(inside) : from;
      nodes.add(new Node(index++, new Same(), new int[] {source}, new int[] {to}));
    }

    private static int[] mapped(int[] from, Map<Integer, Integer> ids) {
      int[] mapped = new int[from.length];
      for (int i = 0; i < from.length; i++) {
        mapped[i] = from[i] < 0 ? -1 : ids.getOrDefault(from[i], from[i]);
      }
      return mapped;
    }
  }
}
