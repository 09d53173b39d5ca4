// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.quantize.Compute;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link IntegerQuantization} did. Operators that hold no real numbers are in neither map, nor
 * are IF and WHILE, which pass on what their graphs compute.
 *
 * @param computes INT8 or INT16X8 of each operator that computes on integers now
 * @param refusals why each of the others stays on floats, in the order of the file
 * @param remarks what else the user should know
 */
public record IntegerOutcome(
    Map<EditableOperator, Compute> computes,
    Map<EditableOperator, String> refusals,
    List<String> remarks) {
  IntegerOutcome() {
    this(new IdentityHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
  }

  void add(Planned plan) {
    computes.putAll(plan.computes());
    refusals.putAll(plan.refusals());
  }
}
