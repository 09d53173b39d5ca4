// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

/** Hears what is being done and how far it is. */
@FunctionalInterface
public interface SearchListener {
  /**
   * @param words such as "sensitivity of layers"
   * @param done parts of that
   * @param total parts, or -1 when that is not known
   */
  void step(String words, long done, long total);
}
