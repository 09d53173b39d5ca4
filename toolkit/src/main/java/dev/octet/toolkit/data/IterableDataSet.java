// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/** Samples that a program made. */
record IterableDataSet(String name, Iterable<Sample> samples) implements DataSet {
  @Override
  public int size() {
    return samples instanceof Collection<Sample> collection ? collection.size() : -1;
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  /**
   * @throws IllegalArgumentException if there is none
   */
  @Override
  public Iterator<Sample> iterator() {
    Iterator<Sample> iterator = samples.iterator();
    if (!iterator.hasNext()) {
      throw new IllegalArgumentException(name + ": the data set holds no sample");
    }
    return iterator;
  }
}
