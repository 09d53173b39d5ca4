// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Outlier;
import dev.octet.toolkit.calibrate.TensorStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Says what is wrong with a layer, and why. */
final class Sentences {
  /** Times that an input's range may differ from that of other samples of the same scale. */
  private static final double OTHER_SCALE = 4;

  /** Share of an input's values that may lie outside its range by chance. */
  private static final double OUTSIDE = 0.05;

  private final CalibrationStatistics seen;
  private final CalibrationStatistics calibration;

  /**
   * @param seen on the validation samples
   * @param calibration on those that the quantized model was calibrated with, or null
   */
  Sentences(CalibrationStatistics seen, CalibrationStatistics calibration) {
    this.seen = seen;
    this.calibration = calibration;
  }

  List<String> of(LayerError layer, Cause cause) {
    List<String> lines = new ArrayList<>();
    switch (cause) {
      case CLIPPED -> clipped(layer, lines);
      case WIDE -> wide(layer, lines);
      case OUTLIERS -> outliers(layer, lines);
      case WEIGHTS -> weights(layer, lines);
      case BIAS ->
          lines.add(
              String.format(
                  Locale.ROOT,
                  "%s's greatest bias takes %s of what int32 holds: scale of input times scale of"
                      + " weights is too small for it.",
                  layer.name(),
                  Words.percent(layer.weights().biasUse())));
      case SHIFTED ->
          lines.add(
              String.format(
                  Locale.ROOT,
                  "%s's output is %s too %s in the mean, %s of its error: rounding of weights"
                      + " does not cancel out.",
                  layer.name(),
                  Words.number(Math.abs(layer.own().mean())),
                  layer.own().mean() > 0 ? "great" : "small",
                  Words.percent(Math.abs(layer.own().mean()) / layer.own().rmse())));
      case COARSE -> lines.add(coarse(layer));
      default -> lines.add(quiet(layer));
    }
    channels(layer, lines);
    return lines;
  }

  private static String coarse(LayerError layer) {
    RangeUse range = layer.range();
    if (range != null && !layer.ownsRange() && range.rounding() < Cause.COARSE_DB) {
      return String.format(
          Locale.ROOT,
          "%s has no range of its own choice: with steps of %s, its values, %s to %s, take %,d of"
              + " %,d levels.",
          layer.name(),
          Words.number(range.step()),
          Words.number(range.seen().min()),
          Words.number(range.seen().max()),
          range.used(),
          range.levels());
    }
    return String.format(
        Locale.ROOT,
        "%s alone leaves %s of signal to noise: its numbers are spread over more orders of"
            + " magnitude than %s holds.",
        layer.name(),
        Words.decibels(layer.own().sqnr()),
        layer.type());
  }

  private static String quiet(LayerError layer) {
    return layer.own() == null
        ? layer.name() + " cannot be run by itself; what is known of it is its accumulated error."
        : layer.name()
            + " has no fault of its own that stands out; alone it leaves "
            + Words.decibels(layer.own().sqnr())
            + " of signal to noise.";
  }

  private void clipped(LayerError layer, List<String> lines) {
    RangeUse range = layer.range();
    TensorStatistics on = layer.statistics();
    float[] low = on.sampleMin();
    float[] high = on.sampleMax();
    double least = range.least() - range.step() / 2;
    double greatest = range.greatest() + range.step() / 2;
    int farthest = 0;
    int samples = 0;
    for (int i = 0; i < low.length; i++) {
      samples += low[i] < least || high[i] > greatest ? 1 : 0;
      double reach = Math.max(least - low[i], high[i] - greatest);
      double most = Math.max(least - low[farthest], high[farthest] - greatest);
      farthest = reach > most ? i : farthest;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%s of %s's values are clipped: its range is %s to %s, the values lie between %s and"
                + " %s.",
            Words.percent(range.clipped()),
            layer.name(),
            Words.number(range.least()),
            Words.number(range.greatest()),
            Words.number(range.seen().min()),
            Words.number(range.seen().max())));
    if (samples > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "It happens in %d of %d samples, most in %s.",
              samples,
              low.length,
              on.samples().get(farthest)));
    }
    calibrated(layer, lines);
  }

  private void wide(LayerError layer, List<String> lines) {
    RangeUse range = layer.range();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s uses %,d of its %,d levels: its range is %s to %s, the values lie between %s and"
                + " %s.",
            layer.name(),
            range.used(),
            range.levels(),
            Words.number(range.least()),
            Words.number(range.greatest()),
            Words.number(range.seen().min()),
            Words.number(range.seen().max())));
    calibrated(layer, lines);
  }

  /** An input has the range of the samples, so a wrong one means that these were read otherwise. */
  static Optional<String> otherScale(LayerError layer) {
    RangeUse range = layer.range();
    if (!layer.kind().equals("INPUT") || range == null) {
      return Optional.empty();
    }
    double factor =
        (range.greatest() - range.least()) / ((double) range.seen().max() - range.seen().min());
    boolean outside = range.clipped() > OUTSIDE;
    return factor > OTHER_SCALE || factor < 1 / OTHER_SCALE || outside
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%s was calibrated with %s to %s, these samples are %s to %s: were pixels read in"
                    + " another way (--mean and --std)? Then calibrate again and mend no layers",
                layer.name(),
                Words.number(range.least()),
                Words.number(range.greatest()),
                Words.number(range.seen().min()),
                Words.number(range.seen().max())))
        : Optional.empty();
  }

  private void outliers(LayerError layer, List<String> lines) {
    RangeUse range = layer.range();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s's range, %s to %s, is stretched by few values: %s to %s would leave %s less noise.",
            layer.name(),
            Words.number(range.least()),
            Words.number(range.greatest()),
            Words.number(range.fitted().min()),
            Words.number(range.fitted().max()),
            Words.decibels(range.avoidable())));
    for (Outlier outlier : seen.outliers()) {
      if (outlier.tensor().key().equals(layer.statistics().key())) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%d of %d samples (%s) reach beyond %s to %s, where all others stay.",
                outlier.samples().size(),
                outlier.tensor().samples().size(),
                Words.names(outlier.samples()),
                Words.number(outlier.without().min()),
                Words.number(outlier.without().max())));
      }
    }
    calibrated(layer, lines);
  }

  /** Which calibration samples set the range. */
  private void calibrated(LayerError layer, List<String> lines) {
    if (calibration == null) {
      return;
    }
    var key = layer.statistics().key();
    TensorStatistics tensor = calibration.tensor(key.graph(), key.tensor());
    if (tensor == null || tensor.count() == 0) {
      return;
    }
    RangeUse range = layer.range();
    boolean theirs =
        near(Math.min(0, tensor.min()), range.least(), range)
            && near(Math.max(0, tensor.max()), range.greatest(), range);
    if (!theirs) {
      lines.add(
          String.format(
              Locale.ROOT,
              "That is not the range of the calibration samples, %s to %s.",
              Words.number(tensor.min()),
              Words.number(tensor.max())));
      return;
    }
    List<Outlier> outliers =
        calibration.outliers().stream()
            .filter(outlier -> outlier.tensor().key().equals(key))
            .toList();
    for (Outlier outlier : outliers) {
      lines.add(
          String.format(
              Locale.ROOT,
              "Its range was set by %d of %d calibration samples (%s); without them it is %s to"
                  + " %s.",
              outlier.samples().size(),
              outlier.tensor().samples().size(),
              Words.names(outlier.samples()),
              Words.number(outlier.without().min()),
              Words.number(outlier.without().max())));
    }
    if (outliers.isEmpty()) {
      float[] low = tensor.sampleMin();
      float[] high = tensor.sampleMax();
      lines.add(
          String.format(
              Locale.ROOT,
              "Its range was set by the calibration samples %s (least) and %s (greatest).",
              tensor.samples().get(first(low, tensor.min())),
              tensor.samples().get(first(high, tensor.max()))));
    }
  }

  private static int first(float[] values, float wanted) {
    return IntStream.range(0, values.length).filter(i -> values[i] == wanted).findFirst().orElse(0);
  }

  /** Zero points are whole, so an end may move by a step. */
  private static boolean near(double a, double b, RangeUse range) {
    return Math.abs(a - b) <= 1.5 * range.step();
  }

  private static void weights(LayerError layer, List<String> lines) {
    WeightError weights = layer.weights();
    if (weights.scales() == 1 && weights.ranges().length > 1) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s's weights have one scale for %d channels whose ranges differ %s-fold: channel %d"
                  + " keeps %s of signal to noise.",
              layer.name(),
              weights.ranges().length,
              Words.number(weights.spread()),
              weights.worstChannel(),
              Words.decibels(weights.worst())));
    } else {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s's weights keep %s of signal to noise, channel %d %s.",
              layer.name(),
              Words.decibels(weights.sqnr()),
              weights.worstChannel(),
              Words.decibels(weights.worst())));
    }
  }

  /** Ranges that differ so much between channels leave the least ones few levels. */
  private static final double SPREAD = 32;

  private static void channels(LayerError layer, List<String> lines) {
    if (layer.range() == null) {
      return;
    }
    int dead = layer.deadChannels();
    if (dead > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%d of its %d channels are 0 in all samples.",
              dead,
              layer.channels().length));
    }
    if (layer.channelSpread() > SPREAD && layer.channels().length > 1) {
      lines.add(
          String.format(
              Locale.ROOT,
              "Its channels' ranges differ %s-fold, so the least has %s levels.",
              Words.number(layer.channelSpread()),
              Words.number(Math.max(1, Math.ceil(layer.range().used() / layer.channelSpread())))));
    }
  }
}
