// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arrays of a .npz file, by the names that {@link DataSets} tells. */
final class NpzSource {
  private NpzSource() {}

  /**
   * Opens a file.
   *
   * @param part takes only the arrays whose name ends in {@code _PART}, without that ending, as in
   *     {@code x_train} and {@code y_train}; null for all
   */
  static SampleSource open(
      String name, Path file, String part, List<ModelInput> inputs, List<String> classes)
      throws IOException {
    Map<String, ArrayFile> arrays = ZippedArrayFile.all(file);
    Map<String, ArrayFile> left = part == null ? arrays : part(arrays, "_" + part);
    List<String> names = List.copyOf(left.keySet());
    ArrayFile targets = left.remove("targets");
    ArrayFile labels = left.containsKey("labels") ? left.remove("labels") : left.remove("y");
    List<ArrayFile> found = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      ArrayFile array = take(left, inputs.get(i), i, inputs.size());
      if (array == null) {
        throw unmatched(file, names, inputs, "no array for the input '" + inputs.get(i).name());
      }
      found.add(array);
    }
    if (!left.isEmpty()) {
      String first = left.keySet().iterator().next();
      throw unmatched(file, names, inputs, "no input for the array '" + first);
    }
    return new ArraySource(
        name, inputs, found, labels == null ? null : labels(labels), targets, classes);
  }

  private static Map<String, ArrayFile> part(Map<String, ArrayFile> arrays, String ending) {
    Map<String, ArrayFile> part = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          if (name.endsWith(ending)) {
            part.put(name.substring(0, name.length() - ending.length()), array);
          }
        });
    return part;
  }

  private static ArrayFile take(Map<String, ArrayFile> left, ModelInput input, int i, int count) {
    List<String> names = new ArrayList<>(input.names());
    names.addAll(List.of("input_" + i, "arr_" + i));
    if (count == 1) {
      names.add("x");
    }
    for (String name : names) {
      if (left.containsKey(name)) {
        return left.remove(name);
      }
    }
    return null;
  }

  private static DataFormatException unmatched(
      Path file, List<String> names, List<ModelInput> inputs, String what) {
    return new DataFormatException(
        file.toString(),
        what
            + "'; the file holds "
            + names
            + ", the model's inputs are "
            + inputs.stream().map(ModelInput::name).toList()
            + " (also input_0, arr_0, ... by order; labels or y; targets)");
  }

  private static int[] labels(ArrayFile file) throws IOException {
    int[] shape = file.shape();
    long count = Shapes.elements(shape);
    if (!Elements.isWhole(file.type()) || shape.length == 0 || count != shape[0]) {
      throw new DataFormatException(
          file.source(),
          "holds "
              + file.type()
              + Arrays.toString(shape)
              + "; labels are one whole number for each sample (of one-hot rows, numpy.argmax);"
              + " name an array of real numbers to predict targets");
    }
    int[] labels = Memory.ints(file.source(), shape[0]);
    try (ArrayFile.Reader reader = file.open(true)) {
      for (int i = 0; i < labels.length; i++) {
        ByteBuffer element = reader.read((long) i * file.type().bytes(), file.type().bytes());
        long label = Elements.whole(file.type(), element, 0);
        if (label < 0 || label > Integer.MAX_VALUE) {
          throw new DataFormatException(
              file.source() + "[" + i + "]", "label " + label + " is no number of a class");
        }
        labels[i] = (int) label;
      }
    }
    return labels;
  }
}
