// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import java.util.List;
import java.util.Set;

/** The passes in their order. */
public final class Passes {
  private static final List<Pass> ALL =
      List.of(new CheckOperators(), new InferShapes(), new RemoveDeadNodes(), new ChooseFlips());

  private Passes() {}

  public static Graph apply(Graph graph, Set<Integer> taps) {
    Graph result = graph;
    for (Pass pass : ALL) {
      result = pass.apply(result, taps);
    }
    return result;
  }
}
