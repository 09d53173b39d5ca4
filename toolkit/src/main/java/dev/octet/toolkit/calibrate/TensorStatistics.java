// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.util.Arrays;
import java.util.List;

/** What a tensor of the float model held while the samples ran. */
public final class TensorStatistics {
  private final TensorKey key;
  private final String name;
  private final List<String> samples;
  private final long count;
  private final long nans;
  private final long infinities;
  private final Histogram histogram;
  private final float[] sampleMin;
  private final float[] sampleMax;
  private final int[] nonFinite;
  private final float min;
  private final float max;
  private Distribution distribution;

  /**
   * @param samples names by index
   * @param count of the finite numbers
   * @param sampleMin by sample, NaN for one in which the tensor was not computed
   * @param nonFinite indices of the samples that gave numbers that are not finite, ascending
   */
  TensorStatistics(
      TensorKey key,
      String name,
      List<String> samples,
      long count,
      long nans,
      long infinities,
      Histogram histogram,
      float[] sampleMin,
      float[] sampleMax,
      int[] nonFinite) {
    this.key = key;
    this.name = name;
    this.samples = samples;
    this.count = count;
    this.nans = nans;
    this.infinities = infinities;
    this.histogram = histogram;
    this.sampleMin = sampleMin;
    this.sampleMax = sampleMax;
    this.nonFinite = nonFinite;
    float low = Float.NaN;
    float high = Float.NaN;
    for (int i = 0; i < sampleMin.length; i++) {
      low = sampleMin[i] < low || Float.isNaN(low) ? sampleMin[i] : low;
      high = sampleMax[i] > high || Float.isNaN(high) ? sampleMax[i] : high;
    }
    this.min = low;
    this.max = high;
  }

  public TensorKey key() {
    return key;
  }

  /** Its name in the file. */
  public String name() {
    return name;
  }

  /** Finite numbers that were seen. */
  public long count() {
    return count;
  }

  /** NaNs, which no statistic counts. */
  public long nans() {
    return nans;
  }

  /** Infinities of either sign, which no statistic counts. */
  public long infinities() {
    return infinities;
  }

  /** Names of the samples that made it NaN or infinite. */
  public List<String> nonFiniteSamples() {
    return Arrays.stream(nonFinite).mapToObj(samples::get).toList();
  }

  /** The least finite number; NaN when nothing finite was seen. */
  public float min() {
    return min;
  }

  /** The greatest finite number; NaN when nothing finite was seen. */
  public float max() {
    return max;
  }

  /** Of each sample in order, the least number; NaN where the tensor was not computed. */
  public float[] sampleMin() {
    return sampleMin.clone();
  }

  /** Of each sample in order, the greatest number. */
  public float[] sampleMax() {
    return sampleMax.clone();
  }

  /** Names of the samples, in order. */
  public List<String> samples() {
    return samples;
  }

  /**
   * The number that a share of all finite numbers is not greater than; within 0.2 %.
   *
   * @param share 0 to 1
   */
  public float quantile(double share) {
    return (float) Math.max(min, Math.min(max, distribution().quantile(share)));
  }

  Histogram histogram() {
    return histogram;
  }

  int[] nonFinite() {
    return nonFinite;
  }

  synchronized Distribution distribution() {
    if (distribution == null) {
      distribution = Distribution.of(histogram);
    }
    return distribution;
  }

  @Override
  public String toString() {
    return "'" + name + "' " + min + " to " + max + " in " + samples.size() + " samples";
  }
}
