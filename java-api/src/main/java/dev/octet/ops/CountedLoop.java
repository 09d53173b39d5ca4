// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.passes.Passes;
import dev.octet.tflite.Activation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A WHILE that is known to run its body {@code turns} times: variables that start as constants and
 * grow by 1 a turn are less than constants. A variable is a number of an input of the operator.
 */
final class CountedLoop {
  private final NodeContext node;
  private final Graph body;
  private final Map<Integer, Node> makers = new HashMap<>();
  private final long turns;

  private CountedLoop(NodeContext node, Graph test, Graph body) {
    this.node = node;
    this.body = body;
    for (Node each : body.nodes()) {
      for (int id : each.outputs()) {
        makers.put(id, each);
      }
    }
    this.turns = turns(test, test.outputs()[0]);
  }

  /** The loop, or null for one that is not counted or that remembers something. */
  static CountedLoop of(NodeContext node, Graph test, Graph body) {
    for (int i = 0; i < node.inputCount(); i++) {
      if (node.input(i).hosted() || node.output(i).hosted() && node.output(i).type().bytes() == 0) {
        return null;
      }
    }
    for (Graph graph : List.of(test, body)) {
      for (Node each : graph.nodes()) {
        if (each.op().stateful()) {
          return null;
        }
      }
    }
    CountedLoop loop = new CountedLoop(node, shaped(node, body, test), shaped(node, body, body));
    return loop.turns < 0 ? null : loop;
  }

  /** The graph for the shapes of the loop's variables; those that the body keeps are constants. */
  private static Graph shaped(NodeContext node, Graph body, Graph graph) {
    List<Value> values = new ArrayList<>(graph.values());
    for (int i = 0; i < graph.inputs().length; i++) {
      Value outside = node.input(i);
      Value inside = values.get(graph.inputs()[i]).withShape(outside.shape());
      boolean kept = body.outputs()[i] == body.inputs()[i] && outside.constant();
      values.set(inside.id(), kept ? inside.withData(outside.data()) : inside);
    }
    return Passes.shaped(graph.withValues(values));
  }

  /** -1 where it is not known. */
  private long turns(Graph test, int condition) {
    for (Node each : test.nodes()) {
      if (each.outputs().length != 1 || each.outputs()[0] != condition) {
        continue;
      }
      if (each.inputs().length != 2) {
        return -1;
      }
      if (each.op().name().equals("LOGICAL_AND")) {
        long a = turns(test, each.inputs()[0]);
        long b = turns(test, each.inputs()[1]);
        return a < 0 || b < 0 ? -1 : Math.min(a, b);
      }
      Value limit = test.value(each.inputs()[1]);
      int variable = indexOf(test.inputs(), each.inputs()[0]);
      boolean counts = each.op().name().equals("LESS") && counter(variable);
      if (!counts || !number(limit)) {
        return -1;
      }
      return Math.max(0L, (long) limit.ints()[0] - node.input(variable).ints()[0]);
    }
    return -1;
  }

  private static boolean number(Value value) {
    return value.constant() && value.type() == TensorType.INT32 && value.elements() == 1;
  }

  static int indexOf(int[] ids, int id) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == id) {
        return i;
      }
    }
    return -1;
  }

  NodeContext node() {
    return node;
  }

  long turns() {
    return turns;
  }

  int variables() {
    return body.inputs().length;
  }

  /** A value of the body. */
  Value value(int id) {
    return body.value(id);
  }

  /** Elements of a value of the body; -1 where its shape changes from turn to turn. */
  long elements(int id) {
    return value(id).dynamic() ? -1 : value(id).elements();
  }

  /** The body's value of a variable before a turn. */
  int before(int variable) {
    return body.inputs()[variable];
  }

  /** The body's value of a variable after a turn. */
  int after(int variable) {
    return body.outputs()[variable];
  }

  /** The variable that this is before a turn, or -1. */
  int variable(int id) {
    return indexOf(body.inputs(), id);
  }

  /** True for a variable that stays as it is. */
  boolean keeps(int variable) {
    return after(variable) == before(variable);
  }

  /** True for a variable that starts as a constant and grows by 1 a turn. */
  boolean counter(int variable) {
    return variable >= 0 && number(node.input(variable)) && next(after(variable)) == variable;
  }

  /** The variable of which this is 1 more, or -1. */
  int next(int id) {
    Node sum = made(id, "ADD");
    if (sum == null || value(id).type() != TensorType.INT32 || !plain(sum)) {
      return -1;
    }
    for (int i = 0; i < 2; i++) {
      Value one = value(sum.inputs()[1 - i]);
      int variable = variable(sum.inputs()[i]);
      if (variable >= 0 && number(one) && one.ints()[0] == 1 && elements(id) == 1) {
        return variable;
      }
    }
    return -1;
  }

  /** The operator that gives a value, where it has this name; else null. */
  Node made(int id, String name) {
    Node maker = makers.get(id);
    return maker != null && maker.op().name().equals(name) ? maker : null;
  }

  /** The value whose elements these are in the same order under another shape. */
  int unshaped(int id) {
    int at = id;
    while (makers.containsKey(at) && makers.get(at).op().reshapes()) {
      at = makers.get(at).inputs()[0];
    }
    return at;
  }

  /** True for an addition or multiplication of as many elements as it gives, and no activation. */
  boolean elementwise(Node node) {
    long count = elements(node.outputs()[0]);
    return plain(node)
        && count >= 0
        && elements(node.inputs()[0]) == count
        && elements(node.inputs()[1]) == count;
  }

  /** True for an addition or multiplication without an activation. */
  static boolean plain(Node node) {
    return node.op() instanceof Add add && add.activation() == Activation.NONE && !add.subtract()
        || node.op() instanceof Mul mul && mul.activation() == Activation.NONE;
  }
}
