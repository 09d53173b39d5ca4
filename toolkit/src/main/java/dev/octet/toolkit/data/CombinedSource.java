// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A source for each input of a model. */
final class CombinedSource implements SampleSource {
  private final List<SampleSource> parts;
  private final SampleSource labelled;

  /**
   * @param parts by input; labels are those of the parts that have them
   * @throws DataFormatException if their numbers of samples or their labels differ
   */
  CombinedSource(String name, List<SampleSource> parts) throws DataFormatException {
    this.parts = List.copyOf(parts);
    SampleSource first = parts.get(0);
    SampleSource chosen = null;
    for (SampleSource part : parts) {
      if (part.count() != first.count()) {
        throw new DataFormatException(
            name,
            String.format(
                "%d samples from %s on, but %d from %s on",
                first.count(), first.name(0), part.count(), part.name(0)));
      }
      if (hasLabels(part)) {
        chosen = chosen == null ? part : chosen;
        requireSameLabels(chosen, part);
      }
    }
    this.labelled = chosen == null ? first : chosen;
  }

  private static boolean hasLabels(SampleSource part) {
    for (int i = 0; i < part.count(); i++) {
      if (part.label(i) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static void requireSameLabels(SampleSource a, SampleSource b) throws DataFormatException {
    for (int i = 0; i < a.count(); i++) {
      if (a.label(i) != b.label(i)) {
        throw new DataFormatException(
            b.name(i), "has label " + b.label(i) + ", " + a.name(i) + " " + a.label(i));
      }
    }
  }

  @Override
  public int count() {
    return labelled.count();
  }

  @Override
  public String name(int index) {
    return labelled.name(index);
  }

  @Override
  public int label(int index) {
    return labelled.label(index);
  }

  @Override
  public List<String> classes() {
    return labelled.classes();
  }

  @Override
  public Cursor open(boolean forward) throws IOException {
    CombinedCursor cursor = new CombinedCursor();
    try {
      for (SampleSource part : parts) {
        cursor.cursors.add(part.open(forward));
      }
      return cursor;
    } catch (IOException | RuntimeException e) {
      cursor.close();
      throw e;
    }
  }

  private static final class CombinedCursor implements Cursor {
    private final List<Cursor> cursors = new ArrayList<>();

    @Override
    public List<NpyArray> inputs(int index) throws IOException {
      List<NpyArray> inputs = new ArrayList<>();
      for (Cursor cursor : cursors) {
        inputs.addAll(cursor.inputs(index));
      }
      return inputs;
    }

    @Override
    public float[] target(int index) throws IOException {
      for (Cursor cursor : cursors) {
        float[] target = cursor.target(index);
        if (target != null) {
          return target;
        }
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      for (Cursor cursor : cursors) {
        cursor.close();
      }
    }
  }
}
