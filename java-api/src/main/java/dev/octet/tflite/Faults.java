// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.MalformedModelException;

/**
 * Makes the exceptions for one source.
 *
 * @param source the file or name that messages give
 */
record Faults(String source) {
  /** A broken rule at a field of a table that was read. */
  MalformedModelException at(Table table, String field, String rule) {
    return new MalformedModelException(source, table.offset(field), rule);
  }

  /** A broken rule of a whole table. */
  MalformedModelException at(Table table, String rule) {
    return new MalformedModelException(source, table.offset(), rule);
  }
}
