// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;

/** What a set says of a sample that cannot be used. */
final class DataSetRefusals {
  private DataSetRefusals() {}

  /** Reads a set to its end and returns why that failed. */
  static String read(DataSet set) {
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> set.forEach(sample -> {}));
    return assertInstanceOf(DataFormatException.class, e.getCause()).getMessage();
  }
}
