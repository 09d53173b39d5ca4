// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.UncheckedIOException;
import java.util.List;

/**
 * Samples for one entry point of a model, for calibration or for validation. Iterating again gives
 * the same samples in the same order. Samples are read as they are asked for; an iterator throws
 * {@link UncheckedIOException}, whose cause is mostly a {@link DataFormatException}, for one that
 * cannot be read or does not fit the model.
 */
public interface DataSet extends Iterable<Sample> {
  /** As the user named it, for messages and reports. */
  String name();

  /** Number of samples, or -1 when only iterating tells. */
  int size();

  /** Names of the classes by label; empty when they have none. */
  List<String> classes();
}
