// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Samples in arrays: the first dimension counts them; an array that has the shape of the input is a
 * single one.
 */
final class ArraySource implements SampleSource {
  private final String name;
  private final List<Part> parts;
  private final int count;
  private final int[] labels;
  private final List<String> classes;
  private final ArrayFile targets;

  /** One input, where it comes from, and its shape in a sample. */
  private record Part(ModelInput input, ArrayFile array, int[] sized, int count) {
    int bytes() {
      return Math.toIntExact(Shapes.elements(sized) * array.type().bytes());
    }
  }

  /**
   * @param name of the set
   * @param arrays one for each input
   * @param labels one for each sample, or null
   * @param targets as {@link Sample#target}, sample by sample, or null
   * @throws DataFormatException if an array does not fit its input, or their lengths differ
   */
  ArraySource(
      String name,
      List<ModelInput> inputs,
      List<ArrayFile> arrays,
      int[] labels,
      ArrayFile targets,
      List<String> classes)
      throws DataFormatException {
    this.name = name;
    this.parts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      parts.add(part(inputs.get(i), arrays.get(i)));
    }
    this.count = parts.get(0).count();
    this.labels = labels;
    this.targets = targets;
    this.classes = classes;
    for (Part part : parts) {
      requireCount(part.array().source(), part.count());
    }
    if (labels != null) {
      requireCount(name + ": the labels", labels.length);
    }
    if (targets != null) {
      requireCount(targets.source(), targets.shape().length == 0 ? 1 : targets.shape()[0]);
    }
  }

  private static Part part(ModelInput input, ArrayFile array) throws DataFormatException {
    int[] shape = array.shape();
    if (Shapes.elements(shape) == 0) {
      throw new DataFormatException(
          array.source(), "holds no sample: its shape is " + Arrays.toString(shape));
    }
    if (!Arrays.equals(shape, input.shape()) && shape.length > 0) {
      int[] sized = Shapes.fit(input.shape(), Arrays.copyOfRange(shape, 1, shape.length));
      if (sized != null) {
        return new Part(input, array, sized, shape[0]);
      }
    }
    int[] sized = Shapes.fit(input.shape(), shape);
    if (sized == null) {
      throw new DataFormatException(
          array.source(),
          "has shape " + Arrays.toString(shape) + ", samples first; " + input + " for each sample");
    }
    return new Part(input, array, sized, 1);
  }

  private void requireCount(String what, int found) throws DataFormatException {
    if (found != count) {
      throw new DataFormatException(
          what, "counts " + found + " samples, " + parts.get(0).array().source() + " " + count);
    }
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public String name(int index) {
    return name + "[" + index + "]";
  }

  @Override
  public int label(int index) {
    return labels == null ? -1 : labels[index];
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public Cursor open(boolean forward) throws IOException {
    ArrayCursor cursor = new ArrayCursor();
    try {
      for (Part part : parts) {
        cursor.readers.add(part.array().open(forward));
      }
      if (targets != null) {
        cursor.targets = targets.open(forward);
      }
      return cursor;
    } catch (IOException | RuntimeException e) {
      cursor.close();
      throw e;
    }
  }

  private final class ArrayCursor implements Cursor {
    private final List<ArrayFile.Reader> readers = new ArrayList<>();
    private ArrayFile.Reader targets;

    @Override
    public List<NpyArray> inputs(int index) throws IOException {
      List<NpyArray> inputs = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        Part part = parts.get(i);
        int bytes = part.bytes();
        ByteBuffer data = readers.get(i).read((long) index * bytes, bytes);
        String source = part.array().source() + "[" + index + "]";
        inputs.add(part.input().convert(source, part.array().type(), part.sized(), data));
      }
      return inputs;
    }

    @Override
    public float[] target(int index) throws IOException {
      if (targets == null) {
        return null;
      }
      NpyType type = ArraySource.this.targets.type();
      int elements = (int) (Shapes.elements(ArraySource.this.targets.shape()) / count);
      int bytes = Math.multiplyExact(elements, type.bytes());
      ByteBuffer data = targets.read((long) index * bytes, bytes);
      return new NpyArray(type, new int[] {elements}, data).toFloats();
    }

    @Override
    public void close() throws IOException {
      for (ArrayFile.Reader reader : readers) {
        reader.close();
      }
      if (targets != null) {
        targets.close();
      }
    }
  }
}
