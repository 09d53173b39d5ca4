// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TensorNumbersTest {
  private static final double[] SOME = {
    -1, 0, -0.0, 1, 2, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  @Test
  void topIsTheStartOfTheSortedIndices() {
    Random random = new Random(7);
    for (int n = 0; n < 40; n++) {
      double[] values = random.doubles(n).map(d -> SOME[(int) (d * SOME.length)]).toArray();
      List<Integer> sorted =
          IntStream.range(0, n)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
              .toList();
      for (int k = 0; k < 45; k++) {
        assertEquals(sorted.subList(0, Math.min(k, n)), TensorNumbers.top(values, k));
      }
    }
  }
}
