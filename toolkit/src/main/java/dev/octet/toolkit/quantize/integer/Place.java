// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.toolkit.model.EditableOperator;

/** An end of an operator: input or output {@code index}. */
record Place(EditableOperator operator, boolean output, int index) {
  static Place input(EditableOperator operator, int index) {
    return new Place(operator, false, index);
  }

  static Place output(EditableOperator operator, int index) {
    return new Place(operator, true, index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Place that
        && operator == that.operator
        && output == that.output
        && index == that.index;
  }

  @Override
  public int hashCode() {
    return 31 * System.identityHashCode(operator) + 2 * index + (output ? 1 : 0);
  }
}
