// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * A model of one operator at a size that real models have.
 *
 * @param title operator, kind of elements, shape of the first input, and what sets it apart
 * @param inputs the bytes of every input
 */
record OperatorCase(String title, byte[] model, List<byte[]> inputs) {
  /** Every case. */
  static Stream<OperatorCase> all() {
    return Stream.of(
            ArithmeticModels.all(),
            UnaryModels.all(),
            MovementModels.all(),
            ShapingModels.all(),
            ReductionModels.all(),
            ProductModels.all(),
            RecurrentModels.all(),
            SearchModels.all())
        .flatMap(List::stream)
        .map(OperatorModel::build);
  }
}
