// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.quantize.Compute;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which operators of a graph are to compute on integers, and why the others are not.
 *
 * @param graph whose
 * @param computes INT8 or INT16X8 of those that are quantized
 * @param refusals why each of the others stays as it is; null for those that hold no real numbers
 *     and so are no concern
 */
record Planned(
    EditableGraph graph,
    Map<EditableOperator, Compute> computes,
    Map<EditableOperator, String> refusals) {
  Planned(EditableGraph graph) {
    this(graph, new IdentityHashMap<>(), new LinkedHashMap<>());
  }

  /** Null when {@code op} is not quantized. */
  Compute compute(EditableOperator op) {
    return computes.get(op);
  }

  /** Null when {@code op} is not quantized. */
  OperatorRule rule(EditableOperator op) {
    return computes.containsKey(op) ? OperatorRules.of(op.builtin()) : null;
  }

  void refuse(EditableOperator op, String reason) {
    computes.remove(op);
    refusals.put(op, reason);
  }
}
