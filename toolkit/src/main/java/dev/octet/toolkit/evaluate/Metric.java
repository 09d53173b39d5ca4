// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/**
 * A number that says how good a model is on a data set: a value for each sample, and one for all of
 * them. {@link Metrics} has the usual ones; a program may have its own. One object serves all
 * models, and {@link #value} is called from several threads at once.
 *
 * <pre>{@code
 * final class WithinOneDegree implements Metric {
 *   public String name() {
 *     return "within 1 degree";
 *   }
 *
 *   public boolean higherIsBetter() {
 *     return true;
 *   }
 *
 *   public Kind kind() {
 *     return Kind.SHARE;
 *   }
 *
 *   public Needs needs() {
 *     return Needs.TARGET;
 *   }
 *
 *   public double value(Prediction prediction) {
 *     return Math.abs(prediction.output(0)[0] - prediction.target()[0]) <= 1 ? 1 : 0;
 *   }
 * }
 * }</pre>
 */
public interface Metric {
  /** What the values are, which decides how two models are compared and how numbers are shown. */
  enum Kind {
    /**
     * 1 for a right sample, 0 for a wrong one, and {@link #overall} is their mean. Shown in
     * percent, differences in points; compared by {@link PairedCounts}.
     */
    SHARE,
    /** {@link #overall} lies between 0 and 1. Shown like a share; compared by {@link Bootstrap}. */
    FRACTION,
    /** Any real numbers; compared by {@link Bootstrap}. */
    NUMBER
  }

  /** What a sample must have; one that lacks it is refused by name. */
  enum Needs {
    NOTHING,
    /** A label. */
    LABEL,
    /** A label that is one of the classes of the model's first output. */
    CLASS,
    /** A target with as many numbers as the model's first output. */
    TARGET
  }

  /** A short name, unique within an evaluation. */
  String name();

  /** True when a greater number is a better one. */
  boolean higherIsBetter();

  /** The value of one sample. */
  double value(Prediction prediction);

  /** {@link Kind#NUMBER} unless said otherwise. */
  default Kind kind() {
    return Kind.NUMBER;
  }

  /** {@link Needs#NOTHING} unless said otherwise. */
  default Needs needs() {
    return Needs.NOTHING;
  }

  /**
   * The number for many samples: their mean, unless said otherwise. Also called on samples that
   * {@link Bootstrap} draws, of which some occur more than once.
   *
   * @param values what {@link #value} gave, at least one
   * @param labels of the same samples, -1 where there is none
   */
  default double overall(double[] values, int[] labels) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
