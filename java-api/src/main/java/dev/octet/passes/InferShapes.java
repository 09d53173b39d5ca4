// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.ops.HostOp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives every value the shape that follows from the inputs', and folds operators whose inputs are
 * all constant, or of which they need only the shapes: in one walk, since a folded value may decide
 * the shape of what follows.
 *
 * <p>Operators that need a shape or contents which only a run knows are taken out of the graph and
 * become the {@link Deferred} one at its end.
 */
final class InferShapes implements Pass {
  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    return new Walk(graph, taps).result();
  }

  /** One walk over a graph. */
  private static final class Walk {
    private final Graph graph;
    private final Set<Integer> taps;
    private final List<Value> values;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> deferred = new ArrayList<>();
    private final Set<Integer> unknown = new HashSet<>();
    private final Set<Integer> contents = new HashSet<>();
    private boolean deferredState;

    Walk(Graph graph, Set<Integer> taps) {
      this.graph = graph;
      this.taps = taps;
      this.values = new ArrayList<>(graph.values());
    }

    Graph result() {
      for (Value value : values) {
        if (value.dynamic()) {
          unknown.add(value.id());
        }
      }
      for (Node node : graph.nodes()) {
        if (waits(node)) {
          defer(node);
        } else {
          infer(node);
        }
      }
      if (!deferred.isEmpty()) {
        nodes.add(tail());
      }
      return graph.withValues(values).withNodes(nodes);
    }

    private boolean waits(Node node) {
      boolean waits = deferredState && node.op().stateful();
      for (int id : node.inputs()) {
        waits |= unknown.contains(id);
      }
      return waits;
    }

    private void defer(Node node) {
      deferred.add(node);
      deferredState |= node.op().stateful();
      for (int id : node.outputs()) {
        unknown.add(id);
        values.set(id, values.get(id).withoutDeclared());
      }
    }

    private void infer(Node node) {
      Graph current = graph.withValues(values);
      NodeContext context = current.context(node);
      int[][] shapes = node.op().infer(context);
      boolean host = node.op() instanceof HostOp;
      for (int[] shape : shapes) {
        if (shape == null && !host) {
          need(context);
          defer(node);
          return;
        }
      }
      for (int i = 0; i < shapes.length; i++) {
        Value output = context.output(i);
        if (shapes[i] == null) {
          values.set(output.id(), output.withDynamic(true).withoutDeclared());
          unknown.add(output.id());
        } else {
          requireSize(context, output, shapes[i]);
          values.set(output.id(), output.withShape(shapes[i]));
        }
      }
      List<ByteBuffer> folded = node.op().stateful() ? null : fold(graph, values, node);
      if (folded == null) {
        nodes.add(node);
      } else {
        for (int i = 0; i < folded.size(); i++) {
          int id = node.outputs()[i];
          values.set(id, values.get(id).withData(folded.get(i)));
        }
      }
    }

    private void need(NodeContext context) {
      boolean any = false;
      for (int i = 0; i < context.inputCount(); i++) {
        if (context.has(i)
            && !context.input(i).constant()
            && context.node().op().decides(context, i)) {
          // compiled in it would still be no constant, and the shape would wait without end
          context.require(
              !context.input(i).variable(), context.input(i), "is a variable and decides a shape");
          contents.add(context.input(i).id());
          any = true;
        }
      }
      context.require(any, null, "the shape of an output cannot be decided");
    }

    private Node tail() {
      Set<Integer> made = new HashSet<>();
      Set<Integer> read = new LinkedHashSet<>();
      boolean stateful = false;
      for (Node node : deferred) {
        for (int id : node.inputs()) {
          if (id >= 0 && !made.contains(id) && !(values.get(id).constant() && !input(id))) {
            read.add(id);
          }
        }
        for (int id : node.outputs()) {
          made.add(id);
        }
        stateful |= node.op().stateful();
      }
      Set<Integer> given = new LinkedHashSet<>();
      for (int id : graph.outputs()) {
        given.add(id);
      }
      given.addAll(taps);
      given.retainAll(made);
      int[] inputs = ints(read);
      int[] outputs = ints(given);
      boolean[] decides = new boolean[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        decides[i] = contents.contains(inputs[i]);
      }
      Graph tail = graph.withValues(values).withNodes(deferred).withEnds(inputs, outputs);
      for (int id : outputs) {
        values.set(id, values.get(id).withDynamic(true));
      }
      return new Node(-1, new Deferred(tail, decides, stateful), inputs, outputs);
    }

    private boolean input(int id) {
      return graph.isInput(id);
    }

    private static int[] ints(Set<Integer> ids) {
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private static List<ByteBuffer> fold(Graph graph, List<Value> values, Node node) {
    if (!node.op().foldsByShape()) {
      for (int id : node.inputs()) {
        if (id >= 0 && !values.get(id).constant()) {
          return null;
        }
      }
    }
    return node.inputs().length == 0
        ? null
        : node.op().foldAll(graph.withValues(values).context(node));
  }

  private static void requireSize(NodeContext context, Value value, int[] shape) {
    CheckOperators.requireRank(context, value, shape);
    for (int dim : shape) {
      context.require(dim >= 0, value, "dimension " + dim + " is negative");
    }
    context.require(
        Value.fits(value.type(), shape), value, "is larger than " + Value.MAX_BYTES + " bytes");
  }
}
