// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which samples of one data set are in another: those that feed the model the same, bit for bit,
 * whatever their names and labels ({@link DataSetHash}).
 *
 * @param count samples of the first set whose contents are in the second one
 * @param firstSize samples of the first set
 * @param secondSize samples of the second set
 * @param pairs the first ones of them, at most {@value #MAX_PAIRS}
 */
public record Overlap(int count, int firstSize, int secondSize, List<Pair> pairs) {
  /** How many pairs are named. */
  public static final int MAX_PAIRS = 10;

  public Overlap {
    pairs = List.copyOf(pairs);
  }

  /**
   * The same contents in both.
   *
   * @param first its name in the first set
   * @param second its first name in the second set
   */
  public record Pair(String first, String second) {}

  /**
   * The same for calibration and validation, of which the second must be more than the first:
   * accuracy is measured on samples that calibration has not seen.
   *
   * @throws DataFormatException if both hold the same samples
   */
  public static Overlap ofOthers(DataSet calibration, DataSet validation)
      throws DataFormatException {
    Overlap overlap = of(calibration, validation);
    if (overlap.count == overlap.firstSize && overlap.firstSize == overlap.secondSize) {
      throw new DataFormatException(
          calibration.name(),
          "holds the same samples as "
              + validation.name()
              + ": accuracy is measured on samples that calibration has not seen");
    }
    return overlap;
  }

  /** Reads both sets once. */
  public static Overlap of(DataSet first, DataSet second) {
    Map<ByteBuffer, String> names = new HashMap<>();
    int secondSize = 0;
    for (Sample sample : second) {
      names.putIfAbsent(ByteBuffer.wrap(DataSetHash.digest(sample)), sample.name());
      secondSize++;
    }
    List<Pair> pairs = new ArrayList<>();
    int count = 0;
    int firstSize = 0;
    for (Sample sample : first) {
      String name = names.get(ByteBuffer.wrap(DataSetHash.digest(sample)));
      firstSize++;
      if (name != null && ++count <= MAX_PAIRS) {
        pairs.add(new Pair(sample.name(), name));
      }
    }
    return new Overlap(count, firstSize, secondSize, pairs);
  }

  /** A sentence for users of a calibration and a validation set; empty when both are strangers. */
  public Optional<String> warning() {
    if (isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%,d of the %,d calibration samples are also in the validation set (%s is %s): the"
                + " accuracy is rosier than on new data",
            count,
            firstSize,
            pairs.get(0).first(),
            pairs.get(0).second()));
  }

  /** Tells whether the sets have nothing in common. */
  public boolean isEmpty() {
    return count == 0;
  }
}
