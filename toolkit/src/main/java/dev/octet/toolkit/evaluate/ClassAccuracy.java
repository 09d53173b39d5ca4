// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * How often a model is right on the samples of one class.
 *
 * @param label the class
 * @param name its name, or the label as text
 * @param samples of the class, at least 1
 * @param right those that the model put into it
 */
public record ClassAccuracy(int label, String name, int samples, int right) {
  /** {@code right / samples}. */
  public double accuracy() {
    return (double) right / samples;
  }

  /** The classes that occur, by label. */
  static List<ClassAccuracy> of(int[] labels, int[] predicted, List<String> names) {
    int classes = 0;
    for (int label : labels) {
      classes = Math.max(classes, label + 1);
    }
    int[] samples = new int[classes];
    int[] right = new int[classes];
    for (int i = 0; i < labels.length; i++) {
      samples[labels[i]]++;
      right[labels[i]] += predicted[i] == labels[i] ? 1 : 0;
    }
    List<ClassAccuracy> all = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      if (samples[c] > 0) {
        all.add(new ClassAccuracy(c, name(names, c), samples[c], right[c]));
      }
    }
    return all;
  }

  static String name(List<String> names, int label) {
    return label >= 0 && label < names.size() ? names.get(label) : Integer.toString(label);
  }
}
