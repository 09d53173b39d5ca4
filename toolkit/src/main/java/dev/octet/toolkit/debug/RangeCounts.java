// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.TensorType;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.calibrate.TensorStatistics;
import java.util.BitSet;

/** Counts from which a {@link RangeUse} and a histogram are made. */
final class RangeCounts {
  /** Bins of the histogram. */
  static final int BINS = 64;

  private final TensorType type;
  private final Grid grid;
  private final Range seen;
  private final Range[] ranges;
  private final Grid[] fits;
  private final double[] noise;
  private final double from;
  private final double width;
  private final long[] bins = new long[BINS];
  private final BitSet used = new BitSet();
  private double rounding;
  private double signal;
  private long count;
  private long low;
  private long high;

  /**
   * @param grid of the quantized tensor, or null where it is float
   * @param seen of the float model's tensor on the same samples
   * @param best its range with least squared error
   */
  RangeCounts(TensorType type, Grid grid, TensorStatistics seen, ActivationRanges best) {
    this.type = type;
    this.grid = grid;
    this.seen = new Range(seen.min(), seen.max());
    this.ranges =
        grid == null
            ? new Range[0]
            : new Range[] {this.seen, best.range(seen.key().graph(), seen.key().tensor())};
    this.fits = new Grid[ranges.length];
    this.noise = new double[ranges.length];
    for (int i = 0; i < ranges.length; i++) {
      fits[i] = Grid.fitted(type, ranges[i]);
    }
    double least = Math.min(seen.min(), grid == null ? 0 : grid.least());
    double greatest = Math.max(seen.max(), grid == null ? 0 : grid.greatest());
    this.from = least;
    this.width = greatest > least ? (greatest - least) / BINS : 1;
  }

  void add(float[] values) {
    for (float x : values) {
      if (x - x != 0) {
        continue;
      }
      count++;
      bins[(int) Math.max(0, Math.min(BINS - 1, (x - from) / width))]++;
      if (grid == null) {
        continue;
      }
      signal += (double) x * x;
      int level = grid.level(x);
      used.set(level);
      double difference = x - grid.value(level);
      rounding += difference * difference;
      if (Math.abs(difference) > grid.scale() / 2) {
        // float arithmetic may put a number of the grid's end half a step and a bit away
        boolean beyond = Math.abs(difference) > 0.501 * grid.scale();
        low += beyond && difference < 0 ? 1 : 0;
        high += beyond && difference > 0 ? 1 : 0;
      }
      for (int i = 0; i < fits.length; i++) {
        double other = x - fits[i].nearest(x);
        noise[i] += other * other;
      }
    }
  }

  private double decibels(double power) {
    return power == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / power);
  }

  /** Null for a tensor that is not quantized, and when nothing finite was seen. */
  RangeUse use() {
    if (grid == null || count == 0) {
      return null;
    }
    int best = noise[1] < noise[0] ? 1 : 0;
    return new RangeUse(
        type.name(),
        grid.least(),
        grid.greatest(),
        grid.scale(),
        grid.levels(),
        used.cardinality(),
        seen,
        (double) low / count,
        (double) high / count,
        decibels(rounding),
        decibels(noise[best]),
        ranges[best]);
  }

  Bins histogram() {
    return new Bins(from, width, bins.clone());
  }
}
