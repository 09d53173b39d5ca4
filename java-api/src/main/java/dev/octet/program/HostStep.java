// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.ops.HostOp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Supplier;

/** An operator that Java computes, in its place in an execution. */
final class HostStep implements HostCall {
  /** Where an operator's state is kept: by its place in the model. */
  record StateKey(int subgraph, int node) {}

  private final Execution execution;
  private final Session session;
  private final HostOp op;
  private final Node place;
  private final NodeContext node;

  HostStep(Execution execution, Session session, Instruction instruction) {
    this.execution = execution;
    this.session = session;
    this.op = instruction.host();
    this.place = instruction.node();
    this.node = execution.plan().graph().context(place);
  }

  void run() {
    session.checkStopped();
    try {
      op.run(this);
    } catch (IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException e) {
      throw new InferenceException(
          InferenceException.Kind.INTERNAL, -1, "fails: " + e + origin(), e);
    } catch (OutOfMemoryError e) {
      throw failure("needs more memory than there is");
    }
  }

  @Override
  public NodeContext node() {
    return node;
  }

  @Override
  public HostTensor input(int i) {
    return node.has(i) ? execution.get(node.input(i).id()) : null;
  }

  @Override
  public ByteBuffer output(int i, int... shape) {
    Value value = node.output(i);
    if (!value.dynamic() && !Arrays.equals(shape, value.shape())) {
      throw new IllegalStateException(
          op.name() + " gives output " + i + " shape " + Arrays.toString(shape) + " " + value);
    }
    if (!value.hosted()) {
      return execution.view(value.id());
    }
    if (!Value.fits(value.type(), shape)) {
      throw failure("output " + i + " is larger than " + Value.MAX_BYTES + " bytes");
    }
    long bytes = value.type().bytes();
    for (int dim : shape) {
      bytes *= dim;
    }
    ByteBuffer memory = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    execution.host(value.id(), new HostTensor(value.type(), shape.clone(), memory));
    return memory;
  }

  @Override
  public void output(int i, HostTensor contents) {
    Value value = node.output(i);
    if (value.hosted()) {
      execution.host(value.id(), contents);
    } else {
      contents.copyTo(output(i, contents.shape()));
    }
  }

  @Override
  public HostTensor[] call(Graph graph, HostTensor[] inputs, boolean[] decides) {
    return calls(graph).call(inputs, decides);
  }

  @Override
  public HostTensor[] loop(Graph graph, HostTensor[] inputs, long turns) {
    return calls(graph).loop(inputs, turns);
  }

  @Override
  public void writeBack(Graph graph, int i, HostTensor to) {
    calls(graph).input(i).copyTo(to.memory());
  }

  private Calls calls(Graph graph) {
    boolean whole = graph.subgraphs().get(graph.index()) == graph;
    return whole ? session.bodies(graph) : execution.calls(graph);
  }

  @Override
  public Resources resources() {
    return session.resources();
  }

  @Override
  public <T> T state(Supplier<T> initial) {
    int subgraph = execution.plan().graph().index();
    return session.resources().get(new StateKey(subgraph, place.index()), initial);
  }

  @Override
  public InferenceException failure(String rule) {
    return new InferenceException(
        InferenceException.Kind.INDEX_OUT_OF_RANGE, -1, op.name() + ": " + rule + origin());
  }

  private String origin() {
    return " (operator " + place.index() + " " + op.name() + ")";
  }

  @Override
  public void checkStopped() {
    session.checkStopped();
  }
}
