// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Operators in turns: those that can run on the Edge TPU and wait for nobody, those on the CPU that
 * waited for them, and so on. The compiler makes one partition, the first turn of the Edge TPU: all
 * behind the first operator that does not map stays on the CPU (model page; in the compiler's logs
 * "More than one subgraph is not supported", explained in issue 461). Operators before it, such as
 * the CAST and QUANTIZE of MoveNet's pictures, and branches that do not depend on it are no
 * obstacle: so it is in the compiled twins of MoveNet and DeepLab.
 */
final class Partition {
  private static final int NONE = -1;

  private final List<EditableOperator> operators;
  private final boolean[] mappable;
  private final int[][] producers;
  private final int[] turns;
  private int first = NONE;

  /**
   * Divides a graph.
   *
   * @param mappable for each operator whether it could be on the Edge TPU
   */
  Partition(EditableGraph graph, boolean[] mappable) {
    this.operators = graph.operators();
    this.mappable = mappable;
    this.producers = producers();
    this.turns = new int[operators.size()];
    Arrays.fill(turns, NONE);
    int done = 0;
    for (int turn = 0; done < turns.length; turn++) {
      int taken = take(turn);
      if (taken == 0) {
        throw new IllegalArgumentException(graph + " has operators that wait for each other");
      }
      done += taken;
    }
  }

  private int[][] producers() {
    Map<EditableTensor, Integer> writers = new IdentityHashMap<>();
    for (int i = 0; i < operators.size(); i++) {
      for (EditableTensor output : operators.get(i).outputs()) {
        writers.put(output, i);
      }
    }
    int[][] lists = new int[operators.size()][];
    for (int i = 0; i < lists.length; i++) {
      List<Integer> list = new ArrayList<>();
      for (EditableTensor input : operators.get(i).inputs()) {
        Integer writer = input == null ? null : writers.get(input);
        if (writer != null) {
          list.add(writer);
        }
      }
      lists[i] = list.stream().mapToInt(Integer::intValue).toArray();
    }
    return lists;
  }

  /** Gives a turn to all operators of the side whose turn it is, and says how many. */
  private int take(int turn) {
    Boolean side = null;
    int taken = 0;
    boolean more = true;
    while (more) {
      more = false;
      for (int i = 0; i < turns.length; i++) {
        if (turns[i] == NONE && ready(i) && (side == null || side == mappable[i])) {
          side = mappable[i];
          turns[i] = turn;
          taken++;
          more = true;
        }
      }
    }
    if (side != null && side && first == NONE) {
      first = turn;
    }
    return taken;
  }

  private boolean ready(int operator) {
    for (int producer : producers[operator]) {
      if (turns[producer] == NONE) {
        return false;
      }
    }
    return true;
  }

  /** True for an operator of the one partition. */
  boolean contains(int operator) {
    return mappable[operator] && turns[operator] == first;
  }

  /**
   * The operator that keeps a mappable one out: of those that it waits for and that do not map, the
   * first in the file that is behind the partition.
   */
  int obstacle(int operator) {
    boolean[] seen = new boolean[turns.length];
    List<Integer> open = new ArrayList<>(List.of(operator));
    int obstacle = NONE;
    while (!open.isEmpty()) {
      for (int producer : producers[open.remove(open.size() - 1)]) {
        if (!seen[producer]) {
          seen[producer] = true;
          open.add(producer);
          boolean blocks = !mappable[producer] && turns[producer] > first;
          if (blocks && (obstacle == NONE || producer < obstacle)) {
            obstacle = producer;
          }
        }
      }
    }
    return obstacle;
  }
}
