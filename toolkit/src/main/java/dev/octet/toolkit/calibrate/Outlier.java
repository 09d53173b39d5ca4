// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tensor of which few samples set the range.
 *
 * @param tensor what it held
 * @param samples names of those that reach beyond {@code without}, the farthest first
 * @param without the range that the other samples have
 */
public record Outlier(TensorStatistics tensor, List<String> samples, Range without) {
  /** At most this share of the samples are few. */
  private static final double FEW = 0.05;

  /** Of the range that the quantized tensor has; more is no outlier. */
  private static final double SMALLER = 0.75;

  /** With fewer samples, one is as good as another. */
  private static final int LEAST_SAMPLES = 10;

  /** A sentence names so many samples. */
  private static final int NAMED = 5;

  public Outlier {
    samples = List.copyOf(samples);
  }

  /**
   * Looks at either end of the range alone: at most 5 % of the samples, and at least one may be
   * left out; the fewest without which the quantized tensor's range is at most 3/4 of what it is.
   */
  static List<Outlier> find(CalibrationStatistics statistics) {
    List<Outlier> found = new ArrayList<>();
    for (TensorStatistics tensor : statistics.tensors()) {
      for (boolean upper : new boolean[] {false, true}) {
        Outlier outlier = of(tensor, upper);
        if (outlier != null) {
          found.add(outlier);
        }
      }
    }
    found.sort((a, b) -> Double.compare(a.part(), b.part()));
    return found;
  }

  private static Outlier of(TensorStatistics tensor, boolean upper) {
    float[] ends = upper ? tensor.sampleMax() : tensor.sampleMin();
    Integer[] order =
        IntStream.range(0, ends.length)
            .filter(i -> !Float.isNaN(ends[i]))
            .boxed()
            .toArray(Integer[]::new);
    if (order.length < LEAST_SAMPLES || width(new Range(tensor.min(), tensor.max())) == 0) {
      return null;
    }
    Arrays.sort(
        order, (a, b) -> upper ? Float.compare(ends[b], ends[a]) : Float.compare(ends[a], ends[b]));
    int few = Math.max(1, (int) (order.length * FEW));
    for (int k = 1; k <= few; k++) {
      float next = ends[order[k]];
      Range without =
          upper
              ? new Range(Math.min(tensor.min(), next), next)
              : new Range(next, Math.max(tensor.max(), next));
      if (width(without) <= SMALLER * width(new Range(tensor.min(), tensor.max()))) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < k; i++) {
          names.add(tensor.samples().get(order[i]));
        }
        return new Outlier(tensor, names, without);
      }
    }
    return null;
  }

  private static double width(Range range) {
    return Math.max(0.0, range.max()) - Math.min(0.0, range.min());
  }

  /** The range without the samples / the range with them. */
  public double part() {
    return width(without) / width(new Range(tensor.min(), tensor.max()));
  }

  /** A sentence; of many samples it names the first. */
  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "the range of '%s', %.4g to %.4g, was set by %d of %d samples (%s); without them it is"
            + " %.4g to %.4g",
        tensor.name(),
        tensor.min(),
        tensor.max(),
        samples.size(),
        tensor.samples().size(),
        String.join(", ", samples.subList(0, Math.min(NAMED, samples.size())))
            + (samples.size() > NAMED ? " and others" : ""),
        without.min(),
        without.max());
  }
}
