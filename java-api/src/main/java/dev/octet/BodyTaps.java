// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.graph.Graph;
import dev.octet.graph.Value;
import dev.octet.program.Execution;
import dev.octet.program.HostTensor;
import dev.octet.program.Session;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;

/** Gives {@link SubgraphTaps} the tensors that it asked for. */
final class BodyTaps implements Session.BodyObserver {
  private final Model model;
  private final SubgraphTaps taps;

  BodyTaps(Model model, SubgraphTaps taps) {
    this.model = model;
    this.taps = taps;
  }

  @Override
  public Set<Integer> taps(Graph graph) {
    Set<Integer> ids = new HashSet<>();
    for (String name : taps.names(graph.index())) {
      ids.add(value(graph, name).id());
    }
    return ids;
  }

  @Override
  public void ran(Graph graph, Execution execution) {
    taps.ran(graph.index(), name -> tensor(value(graph, name), graph.index(), execution));
  }

  private Tensor tensor(Value value, int subgraph, Execution execution) {
    TensorInfo info = model.tensor(subgraph, value.tensor());
    HostTensor contents = execution.get(value.id());
    if (contents == null) {
      throw new NoSuchElementException(info + " is not among the taps");
    }
    return value.type() == TensorType.STRING
        ? new Tensor(info, contents, changed -> {})
        : new Tensor(info, contents.shape(), contents.data());
  }

  private Value value(Graph graph, String name) {
    for (Value value : graph.values()) {
      if (value.name().equals(name) && !value.constant()) {
        return value;
      }
    }
    throw new NoSuchElementException(
        model.source() + " computes no tensor '" + name + "' in subgraph " + graph.index());
  }
}
