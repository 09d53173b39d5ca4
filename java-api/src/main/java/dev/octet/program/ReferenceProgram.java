// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.reference.Weights;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Weights as the operators gave them, copied from the file to arrays. */
final class ReferenceProgram extends Program {
  private final List<Weights> weights = new ArrayList<>();

  ReferenceProgram(List<WeightsEntry> entries, List<WeightsEntry.Filled> filled) {
    super(entries);
    for (int i = 0; i < filled.size(); i++) {
      Kernel kernel = entries.get(i).kernel();
      List<String> names =
          kernel == null
              ? List.of()
              : kernel.packFields().stream().map(Kernel.Field::name).toList();
      weights.add(new Weights(names, filled.get(i).fields, filled.get(i).parts));
    }
  }

  /** The entry of that number of this program. */
  Weights weights(int number) {
    return weights.get(number);
  }

  @Override
  long bytes() {
    return weights.stream().mapToLong(Weights::size).sum();
  }

  @Override
  Binding bind(Plan plan, ByteBuffer arena, int[] numbers, int threads, boolean poison) {
    return new ReferenceBinding(plan, arena, this, numbers, poison);
  }

  @Override
  void free() {
    // the collector finds it
  }
}
