// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a data set's name does not say.
 *
 * @param normalization how pixels become real numbers; empty for the rule of {@link DataSets}
 * @param labels a UTF-8 file with the name of class i in line i
 * @param shuffle seed of the order; empty for the order of the files
 * @param skip samples left out at the beginning, after shuffling
 * @param limit samples that may follow; {@link #ALL} for all. The first ones are taken, whatever
 *     their labels: of a folder with one sub-folder a class they are of the first classes, so
 *     shuffle it
 */
public record DataOptions(
    Optional<Normalization> normalization,
    Optional<Path> labels,
    OptionalLong shuffle,
    int skip,
    int limit) {
  /** No limit. */
  public static final int ALL = Integer.MAX_VALUE;

  /** All samples, in the order of the files. */
  public static final DataOptions DEFAULT =
      new DataOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), 0, ALL);

  /**
   * @throws IllegalArgumentException if {@code skip} is negative or {@code limit} is not positive
   */
  public DataOptions {
    if (skip < 0 || limit < 1) {
      throw new IllegalArgumentException("skip " + skip + " and limit " + limit + " leave nothing");
    }
  }

  /** The same with a rule for pixels. */
  public DataOptions normalization(Normalization value) {
    return new DataOptions(Optional.of(value), labels, shuffle, skip, limit);
  }

  /** The same with a file of class names. */
  public DataOptions labels(Path value) {
    return new DataOptions(normalization, Optional.of(value), shuffle, skip, limit);
  }

  /** The same in the order that a seed draws. */
  public DataOptions shuffle(long seed) {
    return new DataOptions(normalization, labels, OptionalLong.of(seed), skip, limit);
  }

  /** The same without the first samples. */
  public DataOptions skip(int value) {
    return new DataOptions(normalization, labels, shuffle, value, limit);
  }

  /** The same with at most so many samples. */
  public DataOptions limit(int value) {
    return new DataOptions(normalization, labels, shuffle, skip, value);
  }
}
