// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * An order for a graph of which some nodes were put together: each behind those that write what it
 * reads, and otherwise as they stood. Stateful nodes that stayed keep their order among themselves.
 */
final class NodeOrder {
  private NodeOrder() {}

  /**
   * @param gone of each of the graph's nodes, whether a part has taken its place
   * @param parts the nodes in their place; they depend on one another without a circle
   */
  static List<Node> of(Graph graph, boolean[] gone, List<Node> parts) {
    List<Node> nodes = new ArrayList<>();
    int last = -1;
    Map<Integer, List<Integer>> behind = new HashMap<>();
    for (int i = 0; i < gone.length; i++) {
      if (gone[i]) {
        continue;
      }
      Node node = graph.nodes().get(i);
      if (node.op().stateful()) {
        if (last >= 0) {
          behind.computeIfAbsent(last, key -> new ArrayList<>()).add(nodes.size());
        }
        last = nodes.size();
      }
      nodes.add(node);
    }
    nodes.addAll(parts);
    return sorted(graph, nodes, behind);
  }

  private static List<Node> sorted(
      Graph graph, List<Node> nodes, Map<Integer, List<Integer>> behind) {
    Map<Integer, Integer> writers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (int id : nodes.get(i).outputs()) {
        writers.put(id, i);
      }
    }
    int[] waiting = new int[nodes.size()];
    for (int i = 0; i < waiting.length; i++) {
      for (int id : nodes.get(i).inputs()) {
        Integer writer = writers.get(id);
        if (writer != null && writer != i) {
          behind.computeIfAbsent(writer, key -> new ArrayList<>()).add(i);
        }
      }
    }
    behind.values().forEach(all -> all.forEach(i -> waiting[i]++));
    PriorityQueue<Integer> ready =
        new PriorityQueue<>((a, b) -> Integer.compare(place(nodes, a), place(nodes, b)));
    for (int i = 0; i < waiting.length; i++) {
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    List<Node> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.remove();
      sorted.add(nodes.get(next));
      for (int i : behind.getOrDefault(next, List.of())) {
        if (--waiting[i] == 0) {
          ready.add(i);
        }
      }
    }
    if (sorted.size() != nodes.size()) {
      throw new IllegalStateException(
          graph.source() + ": the delegate's parts depend on one another in a circle");
    }
    return sorted;
  }

  /** Its number in the file; operators that have to wait for a run come last. */
  private static int place(List<Node> nodes, int i) {
    int index = nodes.get(i).index();
    return index < 0 ? Integer.MAX_VALUE : index;
  }
}
