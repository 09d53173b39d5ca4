// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import java.util.Set;

/** One rewrite of a graph that keeps its meaning. Stateless. */
public interface Pass {
  /**
   * @param taps values that must exist afterwards, dense and unflipped
   */
  Graph apply(Graph graph, Set<Integer> taps);

  /** True for a pass that only makes a graph faster: without it the answers are the same. */
  default boolean optional() {
    return false;
  }
}
