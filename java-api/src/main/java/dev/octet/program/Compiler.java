// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InterpreterOptions;
import dev.octet.Numerics;
import dev.octet.delegate.Delegation;
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

  private record Packed(Mode mode, Program program, boolean lasting) {}

  /** Programs kept whose contents another run may never have again: those packed last. */
  private static final int PASSING = 8;

  private final List<Packed> programs = new ArrayList<>();
  private boolean closed;

  /**
   * Applies the passes and lowers.
   *
   * @param graph with the shapes of its inputs set
   * @param taps ids of values to keep
   */
  public static Plan plan(Graph graph, InterpreterOptions options, Set<Integer> taps) {
    return plan(graph, options, taps, null);
  }

  /** The same with a delegation, or without where it is null. */
  static Plan plan(
      Graph graph, InterpreterOptions options, Set<Integer> taps, Delegation delegation) {
    boolean turns = options.subgraphTaps() != null;
    Set<String> without =
        turns ? Passes.withTurns(options.withoutPasses()) : options.withoutPasses();
    if (Engine.isa(options) == Engine.JAVA) {
      without = Passes.withoutFlips(without);
    }
    Graph whole = delegation == null ? graph : Delegation.offering(graph);
    Graph ready = Passes.apply(whole, taps, without, delegation);
    return new Plan(ready, Lowering.lower(ready, options, taps));
  }

  /**
   * Gives a plan memory and weights.
   *
   * @param subgraph the index that tells the weights of subgraphs apart
   */
  public Bound bind(int subgraph, Plan plan, InterpreterOptions options) {
    int isa = Engine.isa(options);
    Mode mode = new Mode(subgraph, options.numerics(), options.reference(), isa);
    List<WeightsEntry> entries = plan.entries();
    Program program = program(mode, entries);
    return Bound.create(
        plan, program, program.numbers(entries), options.threads(), options.poison());
  }

  /** A program with these entries, held for the caller. */
  private synchronized Program program(Mode mode, List<WeightsEntry> entries) {
    for (Packed packed : programs) {
      if (packed.mode().equals(mode) && packed.program().numbers(entries) != null) {
        packed.program().hold();
        return packed.program();
      }
    }
    Program program = Program.load(entries, mode.isa());
    if (closed) {
      return program; // the caller is its only holder
    }
    programs.add(new Packed(mode, program, entries.stream().allMatch(WeightsEntry::lasting)));
    program.hold();
    forget();
    return program;
  }

  /** Lets go of the oldest programs that follow from shapes or from what runs decided. */
  private void forget() {
    long passing = programs.stream().filter(packed -> !packed.lasting()).count();
    for (int i = 0; passing > PASSING; i++) {
      if (!programs.get(i).lasting()) {
        programs.remove(i--).program().release();
        passing--;
      }
    }
  }

  /**
   * @throws IllegalStateException when closed
   */
  public synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  /**
   * Lets go of the weights; those in use stay until their interpreters are closed. What these
   * compile from now on, for other shapes, is theirs alone.
   */
  @Override
  public synchronized void close() {
    closed = true;
    for (Packed packed : programs) {
      packed.program().release();
    }
    programs.clear();
  }
}
