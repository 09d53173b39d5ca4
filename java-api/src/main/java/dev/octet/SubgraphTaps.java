// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.Set;
import java.util.function.Function;

/**
 * Looks into the subgraphs that operators run while an entry point runs: the bodies and conditions
 * of IF, WHILE, CALL_ONCE and STABLEHLO_CASE, however deep. The entry point's own tensors are those
 * of {@link InterpreterOptions#taps}; a composite's decomposition is part of the graph that it
 * stands in and has no runs of its own.
 *
 * <p>An exception from either method ends the run and reaches its caller, an index or arithmetic
 * one as the cause of an {@link InferenceException}; the interpreter can run again. An object that
 * several interpreters share is called by the threads of all of them.
 */
public interface SubgraphTaps {
  /**
   * The tensors of a subgraph that {@link #ran} will ask for, by name; a name that the subgraph
   * does not compute makes its first run fail with {@link java.util.NoSuchElementException}. Asked
   * whenever the subgraph is compiled, which is at its first run and for each new shape.
   */
  Set<String> names(int subgraph);

  /**
   * Called after each run of a subgraph, in the order of the runs, by the thread that runs.
   *
   * @param tap gives a tensor named before, with what this run computed, valid during the call; of
   *     any other name it throws {@link java.util.NoSuchElementException}
   */
  void ran(int subgraph, Function<String, Tensor> tap);
}
