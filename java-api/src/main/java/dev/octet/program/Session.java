// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.InterpreterOptions;
import dev.octet.delegate.Delegation;
import dev.octet.delegate.Delegations;
import dev.octet.graph.Graph;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the entry points of one interpreter share: how to compile, what is remembered, the bodies of
 * control flow, and the run in progress with its deadline and cancellation. One thread's at a time
 * but for {@link #cancel}.
 */
public final class Session {
  /** Sees the runs of whole subgraphs that operators call. */
  public interface BodyObserver {
    /** Ids of the values of a graph to be kept, for {@link Execution#get}. */
    Set<Integer> taps(Graph graph);

    /** The graph has run. */
    void ran(Graph graph, Execution execution);
  }

  private final Compiler compiler;
  private final InterpreterOptions options;
  private final Delegations delegations;
  private final Resources resources = new Resources();
  private final Map<Graph, Calls> bodies = new HashMap<>();
  private volatile boolean running;
  private volatile boolean cancelled;
  private volatile Bound current;
  private long deadline;
  private final AtomicBoolean busy = new AtomicBoolean();
  private int holders;
  private boolean profiling;
  private long profiled;
  private BodyObserver observer;

  public Session(Compiler compiler, InterpreterOptions options) {
    this(compiler, options, null);
  }

  /**
   * @param delegations offers the graphs of all executions, bodies of control flow and operators
   *     that had to wait for a run among them; null for none
   */
  public Session(Compiler compiler, InterpreterOptions options, Delegations delegations) {
    this.compiler = compiler;
    this.options = options;
    this.delegations = delegations;
  }

  public void observer(BodyObserver sees) {
    observer = sees;
  }

  Compiler compiler() {
    return compiler;
  }

  InterpreterOptions options() {
    return options;
  }

  /** The delegation of a new execution; null for none. */
  Delegation delegation() {
    return delegations == null ? null : delegations.begin();
  }

  Resources resources() {
    return resources;
  }

  /** The executions of a whole subgraph, shared by all that call it. */
  Calls bodies(Graph graph) {
    return bodies.computeIfAbsent(graph, g -> new Calls(this, g));
  }

  /** Null for none. */
  BodyObserver observer() {
    return observer;
  }

  boolean profiling() {
    return profiling;
  }

  /** Nanoseconds of this run that instructions have been charged with, those of bodies included. */
  long profiled() {
    return profiled;
  }

  void charge(long nanos) {
    profiled += nanos;
  }

  void begin(long timeoutNanos, boolean profile) {
    cancelled = false;
    profiling = profile;
    profiled = 0;
    long now = System.nanoTime();
    deadline = timeoutNanos == 0 ? 0 : now + Math.min(timeoutNanos, Long.MAX_VALUE / 4);
    running = true;
  }

  void end() {
    running = false;
    current = null;
  }

  /** Runs a segment within what the deadline leaves. */
  void run(Bound bound, int segment, Counters counters) {
    current = bound;
    checkStopped();
    bound.run(segment, deadline == 0 ? 0 : Math.max(1, deadline - System.nanoTime()), counters);
  }

  void checkStopped() {
    if (cancelled) {
      throw new InferenceException(InferenceException.Kind.CANCELLED, -1, "cancelled");
    }
    if (deadline != 0 && System.nanoTime() - deadline >= 0) {
      throw new InferenceException(
          InferenceException.Kind.DEADLINE_EXCEEDED, -1, "past the deadline");
    }
  }

  /** Asks a run in progress to stop; without one it has no effect. Any thread. */
  void cancel() {
    if (running) {
      cancelled = true;
      Bound bound = current;
      if (bound != null) {
        bound.cancel();
      }
    }
  }

  /** Forgets everything, as after creation. */
  public void reset() {
    resources.clear();
    bodies.values().forEach(Calls::resetVariables);
  }

  /** Forgets what operators keep for themselves, as a resize does. */
  public void resetOperators() {
    resources.clear(HostStep.StateKey.class);
  }

  /** False when a thread is inside already. */
  public boolean enter() {
    return busy.compareAndSet(false, true);
  }

  public void leave() {
    busy.setRelease(false);
  }

  /** Counts one more entry point. */
  public void open() {
    holders++;
  }

  Iterable<Calls> bodies() {
    return bodies.values();
  }

  /** The memory of the bodies goes with the last entry point. */
  public void close() {
    if (--holders > 0) {
      return;
    }
    bodies.values().forEach(Calls::close);
    bodies.clear();
  }
}
