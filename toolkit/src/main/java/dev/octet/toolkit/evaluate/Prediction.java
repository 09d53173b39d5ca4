// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.toolkit.data.Sample;
import java.util.List;

/**
 * What one model made of one sample. Outputs are real numbers: a quantized one is {@code scale * (q
 * - zeroPoint)}, which orders elements as its integers do, for there is one scale; others are as
 * they are.
 */
public final class Prediction {
  private final Sample sample;
  private final List<double[]> outputs;
  private final Scores scores;

  Prediction(Sample sample, List<double[]> outputs, Scores scores) {
    this.sample = sample;
    this.outputs = outputs;
    this.scores = scores;
  }

  /** What went in. */
  public Sample sample() {
    return sample;
  }

  /** The class of the sample, or -1. */
  public int label() {
    return sample.label();
  }

  /** What the first output should be, or null. */
  public float[] target() {
    return sample.target();
  }

  /** Number of outputs. */
  public int outputs() {
    return outputs.size();
  }

  /**
   * Output {@code index}, elements in C order; not to be changed. Outputs stand in the order of the
   * baseline's signature: matched by name where both models have the same names, else by place.
   * Strings are an empty array.
   */
  public double[] output(int index) {
    return outputs.get(index);
  }

  /** What the first output holds. */
  public Scores scores() {
    return scores;
  }

  /**
   * The class that the model chooses: the first of the greatest scores; of an output of one
   * element, class 1 where its probability is above 1/2, else class 0.
   */
  public int predicted() {
    double[] values = output(0);
    if (scores == Scores.CLASS) {
      return (int) values[0];
    }
    if (values.length == 1) {
      return scores.probabilities(values)[1] > 0.5 ? 1 : 0;
    }
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (before(values[i], values[best])) {
        best = i;
      }
    }
    return best;
  }

  /**
   * How many classes stand before class {@code label}: those of greater scores, and of equal scores
   * those that come first.
   */
  public int rank(int label) {
    double[] values = output(0);
    if (scores == Scores.CLASS || values.length == 1) {
      return predicted() == label ? 0 : 1;
    }
    int rank = 0;
    for (int i = 0; i < values.length; i++) {
      boolean first =
          i < label ? !before(values[label], values[i]) : before(values[i], values[label]);
      rank += i != label && first ? 1 : 0;
    }
    return rank;
  }

  /** As numpy orders them: NaN is the greatest. */
  private static boolean before(double a, double b) {
    return a > b || Double.isNaN(a) && !Double.isNaN(b);
  }

  /**
   * The probability of each class, by the rule of {@link #scores}.
   *
   * @throws IllegalArgumentException when the output is a class
   */
  public double[] probabilities() {
    return scores.probabilities(output(0));
  }
}
