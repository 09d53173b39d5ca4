// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * One class under the baseline and under a model.
 *
 * @param label the class
 * @param name its name, or the label as text
 * @param samples of the class, at least 1
 * @param baselineRight those that the baseline put into it
 * @param right those that the model put into it
 */
public record ClassDrop(int label, String name, int samples, int baselineRight, int right) {
  /** How many points of accuracy the class lost; negative when it won. */
  public double points() {
    return 100.0 * (baselineRight - right) / samples;
  }

  static List<ClassDrop> of(List<ClassAccuracy> baseline, List<ClassAccuracy> model) {
    List<ClassDrop> drops = new ArrayList<>();
    for (int i = 0; i < baseline.size(); i++) {
      ClassAccuracy before = baseline.get(i);
      drops.add(
          new ClassDrop(
              before.label(),
              before.name(),
              before.samples(),
              before.right(),
              model.get(i).right()));
    }
    return drops;
  }

  /** {@code class 8: 97.33 to 96.30 %, 1.03 points less (949 to 939 right of 974)}. */
  public String sentence() {
    String sides =
        Numbers.difference((double) baselineRight / samples, true)
            + " to "
            + Numbers.value((double) right / samples, true);
    String change = Numbers.difference(Math.abs(points()) / 100, true);
    return "class "
        + name
        + ": "
        + sides
        + ", "
        + change
        + (points() < 0 ? " points more" : " points less")
        + String.format(" (%,d to %,d right of %,d)", baselineRight, right, samples);
  }
}
