// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.UnsupportedOperatorException;
import dev.octet.delegate.HostedGraph.Partition;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.ops.HostOp;
import dev.octet.ops.Op;
import dev.octet.passes.Pass;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * One graph's delegation, from the offer to the last run: as a pass it puts one operator in the
 * place of each part that the delegate claims.
 *
 * <p>Offered are operators that stand in the graph as in the file, whose options have a C layout
 * and whose values are dense, of known size, not empty, and of whole bytes. What passes made (a
 * composite's decomposition, the turns of a loop) is not, nor what keeps a state, such as an LSTM
 * or a custom operator of the user's.
 */
public final class Delegation implements Pass, AutoCloseable {
  private final Delegations delegations;
  private HostedGraph hosted;
  private int values;
  private int tensors;

  Delegation(Delegations delegations) {
    this.delegations = delegations;
  }

  /** Lets operators that Octet does not run come as far as the offer. */
  public static Graph offering(Graph graph) {
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      boolean runs = node.op() instanceof OfferedOp || runs(graph, node);
      nodes.add(
          runs
              ? node
              : new Node(node.index(), new OfferedOp(node.op()), node.inputs(), node.outputs()));
    }
    return graph.withNodes(nodes);
  }

  private static boolean runs(Graph graph, Node node) {
    try {
      node.op().check(graph.context(node));
      return true;
    } catch (UnsupportedOperatorException e) {
      return false;
    }
  }

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    List<TfliteOperator> offers = new ArrayList<>();
    for (Node node : graph.nodes()) {
      offers.add(offer(graph, node));
    }
    Graph claimed = graph;
    if (offers.stream().anyMatch(offer -> offer != null)) {
      DelegateSource source = delegations.source();
      GraphBlock block = GraphBlock.of(graph, taps, offers, delegations.copies());
      hosted = new HostedGraph(source, graph.source(), block);
      values = graph.values().size();
      tensors = block.tensors();
      claimed = claim(graph);
    }
    for (Node node : claimed.nodes()) {
      if (node.op() instanceof OfferedOp offered) {
        offered.refused().check(claimed.context(node));
      }
    }
    return claimed;
  }

  /** The file's operator where the node is to be offered, else null. */
  private TfliteOperator offer(Graph graph, Node node) {
    TfliteOperator operator = delegations.operator(graph.index(), node.index());
    if (operator == null || !same(graph, node) || BuiltinData.of(operator) == null) {
      return null;
    }
    boolean remembers = operator.builtin() != BuiltinOperator.CUSTOM || node.op() instanceof HostOp;
    if (node.op().stateful() && remembers) {
      return null;
    }
    for (int[] ids : List.of(node.inputs(), node.outputs())) {
      for (int id : ids) {
        if (id >= 0 && !plain(graph.value(id))) {
          return null;
        }
      }
    }
    return operator;
  }

  private static boolean same(Graph graph, Node node) {
    Op op = node.op() instanceof OfferedOp offered ? offered.refused() : node.op();
    Node file = graph.subgraphs().get(graph.index()).nodes().get(node.index());
    return file.op() == op
        && Arrays.equals(file.inputs(), node.inputs())
        && Arrays.equals(file.outputs(), node.outputs());
  }

  private static boolean plain(Value value) {
    return !value.hosted()
        && value.elements() > 0
        && value.blocks() == null
        && GraphBlock.describes(value)
        && !value.sparse();
  }

  private Graph claim(Graph graph) {
    List<Partition> partitions = hosted.partitions();
    if (partitions.isEmpty()) {
      hosted.close();
      hosted = null;
      return graph;
    }
    boolean[] gone = new boolean[graph.nodes().size()];
    List<Node> parts = new ArrayList<>();
    for (int i = 0; i < partitions.size(); i++) {
      Partition partition = partitions.get(i);
      Node first = graph.nodes().get(partition.nodes()[0]);
      for (int position : partition.nodes()) {
        gone[position] = true;
      }
      TfliteOperator operator = delegations.operator(graph.index(), first.index());
      delegations.source().check(graph, first, operator);
      DelegatedOp op =
          new DelegatedOp(hosted, i, name(graph, partition), delegations.source().kernel());
      parts.add(new Node(first.index(), op, partition.inputs(), partition.outputs()));
    }
    return graph.withNodes(NodeOrder.of(graph, gone, parts));
  }

  /** The operator, or the first and last of several and their number. */
  private static String name(Graph graph, Partition partition) {
    int[] nodes = partition.nodes();
    String first = graph.nodes().get(nodes[0]).op().name();
    if (nodes.length == 1) {
      return first;
    }
    String last = graph.nodes().get(nodes[nodes.length - 1]).op().name();
    return first + ".." + last + " (" + nodes.length + ")";
  }

  /**
   * Says where the values of the graph are, once they have places.
   *
   * @param address of a value by its id, 0 for one that has no place
   * @param arena what the addresses point into
   */
  public void bind(IntToLongFunction address, ByteBuffer arena) {
    if (hosted == null) {
      return;
    }
    long[] addresses = new long[tensors];
    Arrays.setAll(addresses, i -> i < values ? address.applyAsLong(i) : 0);
    hosted.bind(addresses, arena);
  }

  @Override
  public void close() {
    if (hosted != null) {
      hosted.close();
    }
  }
}
