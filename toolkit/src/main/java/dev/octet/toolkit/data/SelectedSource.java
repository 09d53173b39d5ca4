// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/** Some samples of a source, in an order of their own. */
record SelectedSource(SampleSource all, int[] order) implements SampleSource {
  /** Returns the source in the order that {@code seed} draws (Fisher and Yates, from the end). */
  static SampleSource shuffled(String name, SampleSource all, long seed)
      throws DataFormatException {
    int[] order = range(name, 0, all.count());
    Random random = new Random(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return new SelectedSource(all, order);
  }

  /**
   * Returns samples {@code from} to {@code to}, the last one excluded.
   *
   * @throws DataFormatException if none is left
   */
  static SampleSource slice(String name, SampleSource all, int from, int to)
      throws DataFormatException {
    int end = Math.min(to, all.count());
    if (from >= end) {
      throw new DataFormatException(
          name, "no sample is left from " + from + " on; it counts " + end);
    }
    return from == 0 && end == all.count() ? all : new SelectedSource(all, range(name, from, end));
  }

  private static int[] range(String name, int from, int to) throws DataFormatException {
    int[] order = Memory.ints(name, to - from);
    for (int i = 0; i < order.length; i++) {
      order[i] = from + i;
    }
    return order;
  }

  @Override
  public int count() {
    return order.length;
  }

  @Override
  public String name(int index) {
    return all.name(order[index]);
  }

  @Override
  public int label(int index) {
    return all.label(order[index]);
  }

  @Override
  public List<String> classes() {
    return all.classes();
  }

  @Override
  public Cursor open(boolean forward) throws IOException {
    boolean ascending = forward;
    for (int i = 1; i < order.length; i++) {
      ascending &= order[i - 1] < order[i];
    }
    Cursor cursor = all.open(ascending);
    return new Cursor() {
      @Override
      public List<NpyArray> inputs(int index) throws IOException {
        return cursor.inputs(order[index]);
      }

      @Override
      public float[] target(int index) throws IOException {
        return cursor.target(order[index]);
      }

      @Override
      public void close() throws IOException {
        cursor.close();
      }
    };
  }
}
