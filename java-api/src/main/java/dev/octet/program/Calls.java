// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.graph.Graph;
import dev.octet.graph.Value;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The executions of one graph that other operators call, one for each shape of its inputs and,
 * where they decide, contents. The ones used last are kept.
 */
final class Calls {
  /** Executions kept: enough for a loop over a few shapes, few enough to bound the memory. */
  private static final int KEPT = 8;

  private record Entry(List<Object> key, HostTensor[] deciding, Execution execution) {
    /** True when what decides has the contents that the execution was compiled for. */
    boolean decidedBy(HostTensor[] inputs) {
      for (int i = 0; i < deciding.length; i++) {
        if (deciding[i] != null && !deciding[i].memory().equals(inputs[i].memory())) {
          return false;
        }
      }
      return true;
    }
  }

  private final Session session;
  private final Graph graph;
  private final Deque<Entry> entries = new ArrayDeque<>();

  /** Of the execution that {@link #loop} ran last. */
  private LoopVariables variables;

  Calls(Session session, Graph graph) {
    this.session = session;
    this.graph = graph;
  }

  /** Runs the graph; the outputs are valid until it runs again. */
  HostTensor[] call(HostTensor[] inputs, boolean[] decides) {
    Execution execution = execution(inputs, decides);
    for (int i = 0; i < inputs.length; i++) {
      execution.set(graph.inputs()[i], inputs[i]);
    }
    execution.run();
    if (whole() && session.observer() != null) {
      session.observer().ran(graph, execution);
    }
    HostTensor[] outputs = new HostTensor[graph.outputs().length];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = execution.get(graph.outputs()[i]);
    }
    return outputs;
  }

  /** See {@link HostCall#loop}. */
  HostTensor[] loop(HostTensor[] inputs, long turns) {
    Execution execution = execution(inputs, null);
    for (int i = 0; i < inputs.length; i++) {
      execution.set(graph.inputs()[i], inputs[i]);
    }
    if (variables == null || !variables.of(execution)) {
      variables = new LoopVariables(graph, execution);
    }
    HostTensor[] outputs = variables.outputs();
    for (long turn = 0; ; turn++) {
      execution.run();
      boolean more =
          turns < 0 ? outputs[outputs.length - 1].memory().get(0) != 0 : turn + 1 < turns;
      if (!more) {
        return outputs;
      }
      variables.advance();
    }
  }

  /** Input {@code i} of the execution that ran last, as it is now. */
  HostTensor input(int i) {
    return entries.getFirst().execution().get(graph.inputs()[i]);
  }

  private Execution execution(HostTensor[] inputs, boolean[] decides) {
    Entry last = entries.peekFirst();
    if (last != null && last.execution().takes(graph.inputs(), inputs) && last.decidedBy(inputs)) {
      return last.execution();
    }
    List<Object> key = key(inputs, decides);
    for (Entry entry : entries) {
      if (entry.key().equals(key)) {
        entries.remove(entry);
        entries.addFirst(entry);
        return entry.execution();
      }
    }
    List<Value> values = new ArrayList<>(graph.values());
    HostTensor[] deciding = new HostTensor[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      Value value = values.get(graph.inputs()[i]);
      value = value.withDynamic(false).withShape(inputs[i].shape());
      if (decides(decides, i)) {
        deciding[i] = new HostTensor(value.type(), inputs[i].shape(), copy(inputs[i]));
        value = value.withData(deciding[i].memory());
      }
      values.set(value.id(), value);
    }
    Execution execution = new Execution(session, graph.withValues(values), taps());
    entries.addFirst(new Entry(key, deciding, execution));
    if (entries.size() > KEPT) {
      entries.removeLast().execution().close();
    }
    return execution;
  }

  /** True for a subgraph of the file, not operators that had to wait. */
  private boolean whole() {
    return graph.subgraphs().get(graph.index()) == graph;
  }

  private Set<Integer> taps() {
    return whole() && session.observer() != null ? session.observer().taps(graph) : Set.of();
  }

  private static boolean decides(boolean[] decides, int i) {
    return decides != null && decides[i];
  }

  private static List<Object> key(HostTensor[] inputs, boolean[] decides) {
    List<Object> key = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      for (int dim : inputs[i].shape()) {
        key.add(dim);
      }
      key.add("");
      if (decides(decides, i)) {
        key.add(copy(inputs[i]));
      }
    }
    return key;
  }

  private static ByteBuffer copy(HostTensor tensor) {
    ByteBuffer copy = ByteBuffer.allocate(tensor.bytes());
    tensor.copyTo(copy);
    return copy;
  }

  void resetVariables() {
    entries.forEach(entry -> entry.execution().resetVariables());
  }

  Iterable<Execution> executions() {
    return entries.stream().map(Entry::execution)::iterator;
  }

  void close() {
    entries.forEach(entry -> entry.execution().close());
    entries.clear();
    variables = null;
  }

  @Override
  public String toString() {
    return "calls of " + Arrays.toString(graph.outputs());
  }
}
