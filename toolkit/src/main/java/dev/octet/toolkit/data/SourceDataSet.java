// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** A source as a data set. */
record SourceDataSet(String name, SampleSource source) implements DataSet {
  @Override
  public int size() {
    return source.count();
  }

  @Override
  public List<String> classes() {
    return source.classes();
  }

  @Override
  public Iterator<Sample> iterator() {
    return new Iterator<>() {
      private SampleSource.Cursor cursor;
      private int next;

      @Override
      public boolean hasNext() {
        return next < source.count();
      }

      @Override
      public Sample next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        try {
          return read(next++);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      private Sample read(int index) throws IOException {
        if (cursor == null) {
          cursor = source.open(true);
        }
        boolean read = false;
        try {
          Sample sample =
              new Sample(
                  source.name(index),
                  cursor.inputs(index),
                  source.label(index),
                  cursor.target(index));
          read = true;
          return sample;
        } finally {
          if (!read || next == source.count()) {
            next = source.count();
            cursor.close();
          }
        }
      }
    };
  }
}
