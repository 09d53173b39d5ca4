// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A measured line of the speed table, times in microseconds.
 *
 * @param model the title of its model, or of its models together
 * @param octet Octet's least time, or mean
 * @param other what it is divided by: the peer's, or Octet's of another model
 * @param gigabytes of the files in a second, what reading the weights once a run comes to
 * @param refusal why there are no times, or null
 */
record SpeedLine(
    SpeedClass kind,
    String model,
    double octet,
    double other,
    double octetMedian,
    double otherMedian,
    double gigabytes,
    String refusal) {
  static SpeedLine of(SpeedClass kind, Measurements measurements, ComparisonOptions options) {
    List<Path> files = measurements.files(kind.models());
    String model =
        files.size() == 1 ? ModelFiles.title(files.get(0)) : files.size() + " seanet models, added";
    if (files.isEmpty()) {
      return refused(kind, kind.models().get(0), "not in the shared folder");
    }
    ComparisonOptions own = options.with(kind.numerics(), kind.isa());
    List<Samples> octet = new ArrayList<>();
    List<Samples> other = new ArrayList<>();
    double octetMean = 0;
    double otherMean = 0;
    long bytes = 0;
    for (Path file : files) {
      Comparison comparison = measurements.of(file, own);
      if (comparison.refusal != null) {
        return refused(kind, ModelFiles.title(file), comparison.refusal);
      }
      octet.add(comparison.octetTimes());
      other.add(comparison.peerTimes());
      octetMean += Comparison.mean(comparison.octet);
      otherMean += Comparison.mean(comparison.peer);
      bytes += file.toFile().length();
    }
    if (kind.base() != null) {
      List<Path> base = measurements.files(List.of(kind.base()));
      Comparison comparison = base.isEmpty() ? null : measurements.of(base.get(0), own);
      if (comparison == null || comparison.refusal != null) {
        return refused(kind, kind.base(), comparison == null ? "missing" : comparison.refusal);
      }
      other = List.of(comparison.octetTimes());
      String folder = model.substring(0, model.lastIndexOf('/') + 1);
      String title = ModelFiles.title(base.get(0));
      model += " to " + (title.startsWith(folder) ? title.substring(folder.length()) : title);
    }
    boolean mean = kind.measure() == SpeedClass.Measure.MEAN;
    double least = mean ? octetMean : octet.stream().mapToDouble(Samples::minimum).sum();
    return new SpeedLine(
        kind,
        model,
        least,
        mean ? otherMean : other.stream().mapToDouble(Samples::minimum).sum(),
        octet.stream().mapToDouble(Samples::median).sum(),
        other.stream().mapToDouble(Samples::median).sum(),
        bytes / least / 1e3,
        null);
  }

  private static SpeedLine refused(SpeedClass kind, String model, String why) {
    double none = Double.NaN;
    return new SpeedLine(kind, model, none, none, none, none, none, why);
  }

  double ratio() {
    return other / octet;
  }

  double medianRatio() {
    return otherMedian / octetMedian;
  }

  /** Whether the ratio, as it is shown, is what is asked for. */
  boolean reached() {
    return Math.round(100 * ratio()) >= Math.round(100 * kind.atLeast());
  }
}
