// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a user should know of the samples that a model was calibrated with, in sentences. */
public final class CalibrationRemarks {
  /** So many tensors, and so many samples of each, are named. */
  private static final int NAMED = 5;

  private CalibrationRemarks() {}

  /**
   * Tensors that were NaN or infinite and the samples that made them so, tensors of which few
   * samples set the range ({@link Outlier}), at most {@value #NAMED} of each, and always whether
   * the samples were enough ({@link Convergence}).
   */
  public static List<String> of(CalibrationStatistics seen) {
    List<String> lines = new ArrayList<>();
    seen.nonFinite().stream().limit(NAMED).map(CalibrationRemarks::nonFinite).forEach(lines::add);
    seen.outliers().stream().limit(NAMED).map(Outlier::toString).forEach(lines::add);
    Convergence convergence = seen.convergence();
    lines.add((convergence.enough() ? "" : "more samples would help: ") + convergence);
    return lines;
  }

  private static String nonFinite(TensorStatistics tensor) {
    List<String> samples = tensor.nonFiniteSamples();
    return String.format(
        Locale.ROOT,
        "'%s' was NaN or infinite in %d of %d samples (%s); its range is that of its other numbers",
        tensor.name(),
        samples.size(),
        tensor.samples().size(),
        String.join(", ", samples.subList(0, Math.min(NAMED, samples.size())))
            + (samples.size() > NAMED ? " and others" : ""));
  }
}
