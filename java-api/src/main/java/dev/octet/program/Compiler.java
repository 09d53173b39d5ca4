// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InterpreterOptions;
import dev.octet.Numerics;
import dev.octet.graph.Graph;
import dev.octet.passes.Passes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compiles one model's subgraphs and keeps their packed weights, so that a mode's weights are
 * packed once however many interpreters and shapes use them. Thread-safe.
 */
public final class Compiler implements AutoCloseable {
  private record Mode(int subgraph, Numerics numerics, boolean reference, int isa) {}

  private record Packed(Mode mode, NativeProgram program) {}

  private final List<Packed> programs = new ArrayList<>();
  private boolean closed;

  /**
   * Applies the passes and lowers.
   *
   * @param graph with the shapes of its inputs set
   * @param taps ids of values to keep
   */
  public static Plan plan(Graph graph, InterpreterOptions options, Set<Integer> taps) {
    Graph ready = Passes.apply(graph, taps);
    return new Plan(ready, Lowering.lower(ready, options.numerics(), options.reference(), taps));
  }

  /**
   * Gives a plan memory and weights.
   *
   * @param subgraph the index that tells the weights of subgraphs apart
   */
  public Bound bind(int subgraph, Plan plan, InterpreterOptions options) {
    String cap = options.reference() ? "scalar" : options.isa();
    int isa = cap == null ? -1 : Engine.isa(cap);
    Mode mode = new Mode(subgraph, options.numerics(), options.reference(), isa);
    List<WeightsEntry> entries = plan.entries();
    NativeProgram program = program(mode, entries);
    return Bound.create(
        plan, program, program.numbers(entries), options.threads(), options.poison());
  }

  private synchronized NativeProgram program(Mode mode, List<WeightsEntry> entries) {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
    for (Packed packed : programs) {
      if (packed.mode().equals(mode) && packed.program().numbers(entries) != null) {
        return packed.program();
      }
    }
    NativeProgram program = NativeProgram.load(entries, mode.isa());
    programs.add(new Packed(mode, program));
    return program;
  }

  /** Lets go of the weights; those in use stay until their interpreters are closed. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Packed packed : programs) {
      packed.program().release();
    }
    programs.clear();
  }
}
