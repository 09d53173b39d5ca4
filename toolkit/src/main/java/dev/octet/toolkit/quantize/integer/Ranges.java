// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.LstmInputs;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** The ranges of one graph's tensors. */
final class Ranges {
  private final Map<EditableTensor, Range> ranges = new IdentityHashMap<>();
  private final Set<EditableTensor> trained =
      java.util.Collections.newSetFromMap(new IdentityHashMap<>());

  private final int graph;
  private final ActivationRanges measured;

  private Ranges(int graph, ActivationRanges measured) {
    this.graph = graph;
    this.measured = measured;
  }

  /** Takes over what was measured of the tensors that are real and not constant. */
  static Ranges of(EditableGraph graph, int index, ActivationRanges measured) {
    Ranges all = new Ranges(index, measured);
    for (EditableTensor tensor : new HashSet<>(graph.tensors())) {
      if (tensor.sourceIndex() >= 0 && !tensor.constant() && tensor.type() == TensorType.FLOAT32) {
        Range range = measured.range(index, tensor.sourceIndex());
        if (range != null) {
          all.ranges.put(tensor, range);
        }
      }
    }
    return all;
  }

  /** Null when nothing is known. */
  Range get(EditableTensor tensor) {
    return ranges.get(tensor);
  }

  /** The range of what an LSTM holds inside, or null; see {@link LstmInputs#intermediate}. */
  Range intermediate(EditableOperator lstm, int i) {
    return measured.range(graph, LstmInputs.intermediate(lstm, i));
  }

  void put(EditableTensor tensor, Range range) {
    ranges.put(tensor, range);
  }

  /** A range that training chose, which the rules for equal scales do not replace. */
  void putTrained(EditableTensor tensor, Range range) {
    ranges.put(tensor, range);
    trained.add(tensor);
  }

  boolean trained(EditableTensor tensor) {
    return trained.contains(tensor);
  }

  /** True when no range is known at all. */
  boolean isEmpty() {
    return ranges.isEmpty();
  }
}
