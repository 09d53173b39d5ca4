// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import java.util.function.Consumer;

/**
 * Makes random models of one operator and kind of elements.
 *
 * @param operator TensorFlow Lite's name, or a custom operator's
 * @param types the kind of elements, in the words of {@code OpSpec.types}
 * @param builder makes a model; called with a new random source each time
 */
public record OpGenerator(String operator, String types, Consumer<SingleOp> builder) {
  /** The case of a seed. */
  public OpCase of(long seed) {
    SingleOp model = new SingleOp(31 * seed + 1000003L * (operator + types).hashCode());
    builder.accept(model);
    return model.build();
  }

  @Override
  public String toString() {
    return operator + " " + types;
  }
}
