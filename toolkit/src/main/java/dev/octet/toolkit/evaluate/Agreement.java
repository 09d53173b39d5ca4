// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.List;

/**
 * How far a model does what the baseline does, right or wrong.
 *
 * @param sameClass share of samples for which both choose the same class; NaN where outputs are no
 *     classes
 * @param outputs one for each output that holds numbers
 */
public record Agreement(double sameClass, List<OutputAgreement> outputs) {
  public Agreement {
    outputs = List.copyOf(outputs);
  }
}
