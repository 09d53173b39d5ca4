// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether the samples were enough: how much of the final ranges was seen after each sample.
 *
 * @param curve element n: mean over the tensors of range after n + 1 samples / final range, where a
 *     range is {@code max(0, max) - min(0, min)}, that of the quantized tensor; tensors that held
 *     nothing but zeros are left out
 * @param growing tensors whose range grew by more than 1 % in the last quarter of the samples, the
 *     one that grew most first
 */
public record Convergence(float[] curve, List<Growth> growing) {
  /**
   * A tensor that still grew.
   *
   * @param tensor what it held
   * @param share of its final range that came in the last quarter of the samples
   */
  public record Growth(TensorStatistics tensor, float share) {}

  private static final float STILL = 0.01f;

  /** Fewer samples have no last quarter. */
  private static final int LEAST = 4;

  public Convergence {
    curve = curve.clone();
    growing = List.copyOf(growing);
  }

  static Convergence of(CalibrationStatistics statistics) {
    int n = statistics.samples().size();
    double[] sums = new double[n];
    int tensors = 0;
    List<Growth> growing = new ArrayList<>();
    for (TensorStatistics tensor : statistics.tensors()) {
      float[] curve = curve(tensor);
      if (curve == null) {
        continue;
      }
      for (int i = 0; i < n; i++) {
        sums[i] += curve[i];
      }
      tensors++;
      float late = n < LEAST ? 0 : 1 - curve[n - n / 4 - 1];
      if (late > STILL) {
        growing.add(new Growth(tensor, late));
      }
    }
    growing.sort((a, b) -> Float.compare(b.share(), a.share()));
    float[] mean = new float[n];
    for (int i = 0; i < n; i++) {
      mean[i] = tensors == 0 ? 1 : (float) (sums[i] / tensors);
    }
    return new Convergence(mean, growing);
  }

  /**
   * Of one tensor; null when it held nothing but zeros. Samples that did not compute it, those of
   * another signature or branch, do not count: its own are spread over all places.
   */
  static float[] curve(TensorStatistics tensor) {
    double all = Math.max(0.0, tensor.max()) - Math.min(0.0, tensor.min());
    if (!(all > 0)) {
      return null;
    }
    float[] min = tensor.sampleMin();
    float[] max = tensor.sampleMax();
    int n = min.length;
    float[] seen = new float[n];
    int own = 0;
    double low = 0;
    double high = 0;
    for (int i = 0; i < n; i++) {
      if (!Float.isNaN(min[i])) {
        low = Math.min(low, min[i]);
        high = Math.max(high, max[i]);
        seen[own++] = (float) ((high - low) / all);
      }
    }
    float[] curve = new float[n];
    for (int i = 0; i < n; i++) {
      curve[i] = seen[(int) (((long) (i + 1) * own + n - 1) / n) - 1];
    }
    return curve;
  }

  @Override
  public float[] curve() {
    return curve.clone();
  }

  /** The least number of samples after which that share of the ranges was seen. */
  public int samplesFor(double share) {
    int n = 0;
    while (n < curve.length && curve[n] < share) {
      n++;
    }
    return Math.min(n + 1, curve.length);
  }

  /** True when the mean range grew by at most 1 % in the last quarter of the samples. */
  public boolean enough() {
    int n = curve.length;
    return n >= LEAST && 1 - curve[n - n / 4 - 1] <= STILL;
  }

  /** A sentence. */
  @Override
  public String toString() {
    int n = curve.length;
    if (n < LEAST) {
      return String.format(
          Locale.ROOT, "%d samples are too few to tell whether ranges still grow", n);
    }
    return String.format(
        Locale.ROOT,
        "99 %% of the ranges was seen after %d of %d samples; in the last %d, %d tensors grew by"
            + " more than 1 %%",
        samplesFor(0.99),
        n,
        n / 4,
        growing.size());
  }
}
