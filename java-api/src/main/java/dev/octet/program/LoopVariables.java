// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.graph.Graph;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The outputs of a graph that are its inputs in the next turn of a loop. */
final class LoopVariables {
  private record Move(ByteBuffer from, ByteBuffer to) {
    void run() {
      to.put(0, from, 0, from.limit());
    }
  }

  /** Inputs that are outputs under another number are kept aside before any input changes. */
  private final List<Move> aside = new ArrayList<>();

  private final List<Move> moves = new ArrayList<>();
  private final Execution execution;
  private final HostTensor[] outputs;

  LoopVariables(Graph graph, Execution execution) {
    this.execution = execution;
    this.outputs = new HostTensor[graph.outputs().length];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = execution.get(graph.outputs()[i]);
    }
    for (int i = 0; i < graph.inputs().length; i++) {
      int to = graph.inputs()[i];
      int from = graph.outputs()[i];
      if (from == to) {
        continue;
      }
      ByteBuffer memory = execution.get(from).memory();
      if (graph.isInput(from)) {
        ByteBuffer copy = ByteBuffer.allocateDirect(memory.limit());
        aside.add(new Move(memory, copy));
        memory = copy;
      }
      moves.add(new Move(memory, execution.get(to).memory()));
    }
  }

  boolean of(Execution other) {
    return execution == other;
  }

  /** All outputs of the graph. */
  HostTensor[] outputs() {
    return outputs;
  }

  /** Makes the outputs the inputs. */
  void advance() {
    for (int i = 0; i < aside.size(); i++) {
      aside.get(i).run();
    }
    for (int i = 0; i < moves.size(); i++) {
      moves.get(i).run();
    }
  }
}
