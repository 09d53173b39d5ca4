// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Subgraphs that operators such as IF and WHILE run: none may come to run itself. */
final class CallOrder {
  /** Bounds the nesting, so that whoever follows the calls may recurse. */
  static final int DEEPEST = 64;

  /** Bounds how often all subgraphs together are walked when each call is followed. */
  static final long MOST = 1 << 14;

  private CallOrder() {}

  /** Indices of the subgraphs that an operator with these options runs. */
  static List<Integer> references(Table options) {
    List<Integer> references = new ArrayList<>();
    for (Field field : options.type().fields()) {
      if (field.subgraph() && field.vector()) {
        for (int subgraph : options.ints(field.name())) {
          references.add(subgraph);
        }
      } else if (field.subgraph()) {
        references.add(options.integer(field.name()));
      }
    }
    return references;
  }

  /** Refuses cycles, chains of more than {@link #DEEPEST} calls, and too many chains. */
  static void check(Faults faults, List<TfliteSubgraph> subgraphs) {
    List<List<Integer>> calls = new ArrayList<>();
    int[] callers = new int[subgraphs.size()];
    for (TfliteSubgraph subgraph : subgraphs) {
      List<Integer> called = new ArrayList<>();
      for (TfliteOperator operator : subgraph.operators()) {
        called.addAll(references(operator.options()));
      }
      called.forEach(i -> callers[i]++);
      calls.add(called);
    }
    ArrayDeque<Integer> free = new ArrayDeque<>();
    for (int i = 0; i < callers.length; i++) {
      if (callers[i] == 0) {
        free.add(i);
      }
    }
    int[] depth = new int[callers.length];
    long[] walks = new long[callers.length];
    free.forEach(i -> walks[i] = 1);
    int ordered = 0;
    while (!free.isEmpty()) {
      int caller = free.remove();
      ordered++;
      for (int called : calls.get(caller)) {
        depth[called] = Math.max(depth[called], depth[caller] + 1);
        if (depth[called] > DEEPEST) {
          throw fault(faults, called, "is nested over " + DEEPEST + " calls deep");
        }
        walks[called] += walks[caller];
        if (walks[called] > MOST) {
          throw fault(faults, called, "is reached by over " + MOST + " chains of calls");
        }
        if (--callers[called] == 0) {
          free.add(called);
        }
      }
    }
    for (int i = 0; i < callers.length && ordered < callers.length; i++) {
      if (callers[i] > 0) {
        throw fault(faults, i, "runs itself, or is run by one that does");
      }
    }
  }

  private static RuntimeException fault(Faults faults, int subgraph, String rule) {
    return new dev.octet.MalformedModelException(
        faults.source(), 0, "subgraph " + subgraph + " " + rule);
  }
}
