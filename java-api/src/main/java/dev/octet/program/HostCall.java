// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** One run of a {@link dev.octet.ops.HostOp}. */
public interface HostCall {
  /** Elements that a simple loop may handle between two calls of {@link #checkStopped}. */
  int PAUSE = 1 << 15;

  /** The operator with its values; shapes are those of this run, where they are known. */
  NodeContext node();

  /** Input {@code i} as it is now, or null when it is absent. */
  HostTensor input(int i);

  /**
   * Memory for output {@code i}, little-endian, position 0, contents undefined. Where the shape is
   * known before the run, {@code shape} must equal it. Once per output.
   */
  ByteBuffer output(int i, int... shape);

  /** Gives output {@code i} contents that are there already: strings, or another tensor's. */
  void output(int i, HostTensor contents);

  /**
   * Runs a graph of this model: a body of control flow, or operators that had to wait. It is
   * compiled once for each shape of its inputs.
   *
   * @param decides of each input, whether its contents are compiled in; null for none
   * @return the outputs, valid until the graph runs again
   */
  HostTensor[] call(Graph graph, HostTensor[] inputs, boolean[] decides);

  /**
   * Runs a graph again and again, its first outputs becoming the inputs of the next turn: {@code
   * turns} times, or where that is negative once and as long as its last output, one boolean, is
   * true. Shapes stay, and all inputs and outputs are in the arena.
   *
   * @return the outputs of the last turn, valid until the graph runs again
   */
  HostTensor[] loop(Graph graph, HostTensor[] inputs, long turns);

  /** Copies input {@code i} of a graph just called, a variable that it changed, to a tensor. */
  void writeBack(Graph graph, int i, HostTensor to);

  /** What the interpreter remembers beside its variables. */
  Resources resources();

  /**
   * What this operator keeps from run to run in this interpreter; made at the first call and after
   * a reset.
   */
  <T> T state(Supplier<T> initial);

  /** To be thrown: the operator cannot go on with these contents. */
  InferenceException failure(String rule);

  /**
   * @throws InferenceException when the run was cancelled or is past its deadline; long loops call
   *     it every 100 us or so
   */
  void checkStopped();
}
