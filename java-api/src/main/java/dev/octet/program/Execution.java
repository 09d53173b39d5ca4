// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.Profile;
import dev.octet.TensorType;
import dev.octet.delegate.Delegation;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph compiled for the shapes of its inputs, with memory: its native instructions in one
 * binding, between them the operators that Java computes, and the values that Java keeps. One
 * thread's at a time.
 */
public final class Execution implements AutoCloseable {
  private final Session session;
  private final Plan plan;
  private final Bound bound;

  /** Null for none. */
  private final Delegation delegation;

  private final HostStep[] steps;
  private final HostTensor[] hosted;

  /** Values in the arena and constants, as Java sees them; filled when they are asked for. */
  private final HostTensor[] placed;

  private final Map<Graph, Calls> calls = new HashMap<>();
  private Counters counters;
  private Profile.Work[] works;

  /**
   * @param graph with the shapes of its inputs set
   * @param taps ids of values to keep
   */
  public Execution(Session session, Graph graph, Set<Integer> taps) {
    this.session = session;
    this.delegation = session.delegation();
    try {
      this.plan = Compiler.plan(graph, session.options(), taps, delegation);
      this.bound = session.compiler().bind(graph.index(), plan, session.options());
    } catch (OutOfMemoryError e) {
      closeDelegation();
      throw noMemory("to compile subgraph " + graph.index(), e);
    } catch (RuntimeException | Error e) {
      closeDelegation();
      throw e;
    }
    if (delegation != null) {
      bindDelegation();
    }
    List<Instruction> host = plan.hostInstructions();
    this.steps = new HostStep[host.size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = new HostStep(this, session, host.get(i));
    }
    this.hosted = new HostTensor[plan.graph().values().size()];
    this.placed = new HostTensor[hosted.length];
    clearVariables();
  }

  private void bindDelegation() {
    try {
      delegation.bind(this::address, bound.arena());
    } catch (RuntimeException | Error e) {
      delegation.close();
      bound.close();
      throw e;
    }
  }

  /** Where a value is in native memory, 0 for one that has no place in the arena. */
  private long address(int valueId) {
    return plan.hasSlot(valueId) ? NativeMemory.address(view(valueId)) : 0;
  }

  private void closeDelegation() {
    if (delegation != null) {
      delegation.close();
    }
  }

  private void clearVariables() {
    bound.resetVariables();
    for (Value value : plan.graph().values()) {
      if (value.variable() && value.hosted() && !value.dynamic()) {
        hosted[value.id()] = blank(value.type(), value.shape());
      }
    }
  }

  public Plan plan() {
    return plan;
  }

  /** Runs the graph as the outermost one. */
  public void run(long timeoutNanos) {
    if (steps.length == 0) {
      bound.run(0, timeoutNanos, null);
      return;
    }
    session.begin(timeoutNanos, false);
    try {
      run();
    } finally {
      session.end();
    }
  }

  /** Runs the graph as the outermost one and measures, see {@link #profile}. */
  public void runProfiled(long timeoutNanos) {
    session.begin(timeoutNanos, true);
    try {
      run();
    } finally {
      session.end();
    }
  }

  void run() {
    if (session.profiling()) {
      profiled();
      return;
    }
    session.run(bound, 0, null);
    for (int i = 0; i < steps.length; i++) {
      steps[i].run();
      if (plan.segments().get(i + 1)[1] > 0) {
        session.run(bound, i + 1, null);
      }
    }
  }

  /** Runs and charges each instruction with its own time, without that of the bodies it calls. */
  private void profiled() {
    if (counters == null) {
      counters = bound.counters(steps.length);
    }
    counters.countRun();
    for (int i = 0; i <= steps.length; i++) {
      if (i == 0 || plan.segments().get(i)[1] > 0) {
        long before = counters.allNatives();
        session.run(bound, i, counters);
        session.charge(counters.allNatives() - before);
      }
      if (i < steps.length) {
        long charged = session.profiled();
        long start = System.nanoTime();
        steps[i].run();
        long own = System.nanoTime() - start - (session.profiled() - charged);
        counters.addHost(i, own);
        session.charge(own);
      }
    }
  }

  /** Nanoseconds that reading the clock adds to an instruction of a profiled run. */
  public double clockNanos() {
    return bound.clockNanos();
  }

  /** Ends a run in progress; any thread. */
  public void cancel() {
    if (steps.length == 0) {
      bound.cancel();
    } else {
      session.cancel();
    }
  }

  /** True for a value that Java keeps. */
  public boolean hosts(int valueId) {
    return plan.graph().value(valueId).hosted();
  }

  /** Memory of a value in the arena. */
  public ByteBuffer view(int valueId) {
    return bound.view(valueId);
  }

  /** A value as it is now; null for one that Java keeps and that was not computed yet. */
  public HostTensor get(int valueId) {
    if (placed[valueId] != null) {
      return placed[valueId];
    }
    Value value = plan.graph().value(valueId);
    if (plan.hasSlot(valueId)) {
      placed[valueId] = new HostTensor(value.type(), value.shape(), view(valueId));
    } else if (value.constant() && hosted[valueId] == null) {
      placed[valueId] = new HostTensor(value.type(), value.shape(), value.contents());
    } else {
      return hosted[valueId];
    }
    return placed[valueId];
  }

  /** True when the inputs have the shapes that this was compiled for. */
  boolean takes(int[] valueIds, HostTensor[] inputs) {
    for (int i = 0; i < inputs.length; i++) {
      int[] shape = plan.graph().value(valueIds[i]).shape();
      if (!Arrays.equals(shape, inputs[i].shape())) {
        return false;
      }
    }
    return true;
  }

  /** Gives an input contents of the shape it has. */
  void set(int valueId, HostTensor contents) {
    if (plan.graph().value(valueId).hosted()) {
      hosted[valueId] = contents;
    } else {
      contents.copyTo(get(valueId).memory());
    }
  }

  /** Sets a value that Java keeps. */
  public void host(int valueId, HostTensor contents) {
    hosted[valueId] = contents;
  }

  Calls calls(Graph graph) {
    return calls.computeIfAbsent(graph, g -> new Calls(session, g));
  }

  /** Gives variables their first contents. */
  public void resetVariables() {
    clearVariables();
    calls.values().forEach(Calls::resetVariables);
  }

  /** Bytes of arenas and native state. */
  public long memoryBytes() {
    long bytes = plan.arenaBytes() + bound.nativeBytes();
    for (Calls each : calls.values()) {
      for (Execution execution : each.executions()) {
        bytes += execution.memoryBytes();
      }
    }
    return bytes;
  }

  public long weightBytes() {
    return bound.weightBytes();
  }

  /** What the profiled runs took, by instruction, and forgets it. */
  public List<Profile.Entry> profile() {
    List<Profile.Entry> entries = new ArrayList<>();
    profile(entries);
    for (Calls each : session.bodies()) {
      for (Execution execution : each.executions()) {
        execution.profile(entries);
      }
    }
    return entries;
  }

  private void profile(List<Profile.Entry> entries) {
    if (counters == null) {
      return;
    }
    int natives = 0;
    int hosts = 0;
    for (int i = 0; i < plan.instructionCount(); i++) {
      boolean host = plan.host(i);
      long nanos = host ? counters.hostNanos(hosts++) : counters.nativeNanos(natives++);
      entries.add(entry(i, nanos));
    }
    counters = null;
    for (Calls each : calls.values()) {
      for (Execution execution : each.executions()) {
        execution.profile(entries);
      }
    }
  }

  private Profile.Entry entry(int instruction, long nanos) {
    Node node = plan.node(instruction);
    String kernel = plan.kernel(instruction);
    if (works == null) {
      works = Footprint.of(plan);
    }
    Profile.Work work = works[instruction];
    if (node == null) {
      return new Profile.Entry(-1, "COPY", "", kernel, counters.runs(), nanos, work);
    }
    int[] outputs = node.outputs();
    return new Profile.Entry(
        node.index(),
        node.op().name(),
        outputs.length == 0 ? "" : plan.graph().value(outputs[0]).name(),
        kernel,
        counters.runs(),
        nanos,
        work);
  }

  @Override
  public void close() {
    closeDelegation();
    bound.close();
    calls.values().forEach(Calls::close);
  }

  /**
   * A tensor of empty strings, or of zeros when its elements are smaller than a byte.
   *
   * @throws InferenceException when there is no memory for it
   */
  public static HostTensor blank(TensorType type, int[] shape) {
    try {
      if (type == TensorType.STRING) {
        return Strings.blank(shape);
      }
      long bits = (long) Strings.count(shape) * type.bits();
      return new HostTensor(type, shape, ByteBuffer.allocate((int) ((bits + 7) / 8)));
    } catch (OutOfMemoryError e) {
      throw noMemory("for " + type + Arrays.toString(shape), e);
    }
  }

  private static InferenceException noMemory(String what, OutOfMemoryError cause) {
    return new InferenceException(
        InferenceException.Kind.INTERNAL, -1, "not enough memory " + what, cause);
  }
}
