// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.passes.Passes;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A WHILE whose variables keep their shapes: one graph is a turn, the condition behind the body, or
 * the body alone where the number of turns is known.
 *
 * @param test the condition, asked before the first turn
 * @param turn its outputs are those of the body and, where it has one more, the condition
 * @param turns -1 where the condition decides
 */
record Turns(Graph test, Graph turn, long turns) implements HostOp {
  /** Null for a loop that has to be run graph by graph. */
  static Turns of(NodeContext node, CountedLoop loop, Graph test, Graph body) {
    for (int i = 0; i < node.outputCount(); i++) {
      if (node.output(i).hosted() || node.input(i).hosted()) {
        return null;
      }
    }
    if (remembers(test) || remembers(body)) {
      return null;
    }
    if (loop != null) {
      return new Turns(test, ListUpdate.inPlace(loop, body), loop.turns());
    }
    boolean plain = test.nodes().stream().noneMatch(each -> each.op().stateful());
    int[][] shapes = Passes.outputShapes(test, ControlFlow.inputShapes(node, 0));
    return plain && shapes[0] != null ? new Turns(test, joined(body, test), -1) : null;
  }

  /** True for a graph with variables of its own, which all that call it share. */
  private static boolean remembers(Graph graph) {
    return graph.values().stream().anyMatch(Value::variable);
  }

  /** The body and behind it the condition of what it gives. */
  private static Graph joined(Graph body, Graph test) {
    List<Value> values = new ArrayList<>(body.values());
    Map<Integer, Integer> ids = new HashMap<>();
    for (int i = 0; i < test.inputs().length; i++) {
      ids.putIfAbsent(test.inputs()[i], body.outputs()[i]);
    }
    for (Value value : test.values()) {
      if (!ids.containsKey(value.id())) {
        ids.put(value.id(), values.size());
        values.add(value.withId(values.size()));
      }
    }
    List<Node> nodes = new ArrayList<>(body.nodes());
    for (Node each : test.nodes()) {
      nodes.add(
          new Node(
              each.index(), each.op(), mapped(each.inputs(), ids), mapped(each.outputs(), ids)));
    }
    int count = body.outputs().length;
    int[] outputs = Arrays.copyOf(body.outputs(), count + 1);
    outputs[count] = ids.get(test.outputs()[0]);
    return body.withValues(values).withNodes(nodes).withEnds(body.inputs(), outputs);
  }

  private static int[] mapped(int[] of, Map<Integer, Integer> ids) {
    return Arrays.stream(of).map(id -> id < 0 ? id : ids.get(id)).toArray();
  }

  @Override
  public String name() {
    return "WHILE";
  }

  @Override
  public void check(NodeContext node) {
    // the loop was checked
  }

  @Override
  public int[][] infer(NodeContext node) {
    return ControlFlow.inputShapes(node, 0);
  }

  @Override
  public void run(HostCall call) {
    HostTensor[] values = ControlFlow.inputs(call, 0);
    boolean any = turns > 0;
    if (turns < 0) {
      HostTensor result = call.call(test, values, null)[0];
      if (result.elements() != 1) {
        throw call.failure("the condition is not one boolean");
      }
      any = ControlFlow.condition(result);
    }
    HostTensor[] last = any ? call.loop(turn, values, turns) : values;
    for (int i = 0; i < values.length; i++) {
      call.output(i, last[i]);
    }
  }

  /** A body may change what the interpreter remembers. */
  @Override
  public boolean stateful() {
    return true;
  }
}
