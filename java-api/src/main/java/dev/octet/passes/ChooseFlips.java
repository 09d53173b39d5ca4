// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.program.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Stores 8-bit values xor 0x80 where an operator gains from it: the dot instructions of x86
 * multiply unsigned by signed bytes, those of Arm signed ones, so a flipped int8 activation (on
 * Arm: uint8) needs no change on its way into them. A value is flipped when nobody outside sees it
 * and all operators that touch it take it so; values that share memory (reshapes) are decided
 * together.
 */
final class ChooseFlips implements Pass {
  @Override
  public boolean optional() {
    return true;
  }

  @Override
  public Graph apply(Graph graph, Set<Integer> taps) {
    int count = graph.values().size();
    int[] group = new int[count];
    Arrays.setAll(group, i -> i);
    boolean[] allowed = new boolean[count];
    boolean[] wanted = new boolean[count];
    for (Value value : graph.values()) {
      allowed[value.id()] =
          Engine.prefersFlipped(value.type())
              && !value.constant()
              && !value.variable()
              && !graph.isInputOrOutput(value.id())
              && !taps.contains(value.id());
    }
    for (Node node : graph.nodes()) {
      if (node.op().reshapes()) {
        join(group, node.inputs()[0], node.outputs()[0]);
      }
      for (int[] ids : List.of(node.inputs(), node.outputs())) {
        for (int id : ids) {
          if (id >= 0) {
            allowed[id] &= node.op().acceptsFlip();
            wanted[id] |= node.op().prefersFlip();
          }
        }
      }
    }
    for (int id = 0; id < count; id++) {
      int root = find(group, id);
      allowed[root] &= allowed[id];
      wanted[root] |= wanted[id];
    }
    List<Value> values = new ArrayList<>(graph.values());
    for (int id = 0; id < count; id++) {
      int root = find(group, id);
      if (allowed[root] && wanted[root]) {
        values.set(id, values.get(id).withFlip(true));
      }
    }
    return graph.withValues(values);
  }

  private static void join(int[] group, int a, int b) {
    group[find(group, a)] = find(group, b);
  }

  private static int find(int[] group, int id) {
    int root = id;
    while (group[root] != root) {
      root = group[root];
    }
    return root;
  }
}
