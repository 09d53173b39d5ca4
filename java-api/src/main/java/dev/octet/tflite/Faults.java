// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.MalformedModelException;
import java.util.Arrays;

/**
 * Makes the exceptions for one source.
 *
 * @param source the file or name that messages give
 */
record Faults(String source) {
  private static final int LONGEST_NAME = 80;
  private static final int MOST_DIMENSIONS = 16;

  /** A name in quotes. Cut when long: a hostile name must not be copied into every message. */
  static String quote(String name) {
    return "'" + cut(name) + "'";
  }

  /** At most the first {@link #LONGEST_NAME} characters of a name. */
  static String cut(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
  }

  /** The first dimensions of a shape, in brackets. */
  static String text(int[] shape) {
    String text = Arrays.toString(Arrays.copyOf(shape, Math.min(shape.length, MOST_DIMENSIONS)));
    return shape.length <= MOST_DIMENSIONS ? text : text.replace("]", ", ...]");
  }

  /** A broken rule at a field of a table that was read. */
  MalformedModelException at(Table table, String field, String rule) {
    return new MalformedModelException(source, table.offset(field), rule);
  }

  /** A broken rule of a whole table. */
  MalformedModelException at(Table table, String rule) {
    return new MalformedModelException(source, table.offset(), rule);
  }
}
