// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.UnsupportedOperatorException;
import dev.octet.graph.Graph;
import dev.octet.graph.Value;
import java.util.Set;

/** Asks every operator whether its types are supported; checks the size of inputs and outputs. */
final class CheckOperators implements Pass {
  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    Passes.check(graph);
    requireMemory(graph, "INPUT", graph.inputs());
    requireMemory(graph, "OUTPUT", graph.outputs());
    return graph;
  }

  private static void requireMemory(Graph graph, String what, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      Value value = graph.value(ids[i]);
      String rule =
          value.hosted() || Value.fits(value.type(), value.shape())
              ? null
              : "is larger than " + Value.MAX_BYTES + " bytes";
      if (rule != null) {
        throw new UnsupportedOperatorException(graph.source(), i, what, value.name(), rule);
      }
    }
  }
}
