// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/**
 * One metric of one model.
 *
 * @param name of the metric
 * @param kind of the metric
 * @param higherIsBetter of the metric
 * @param value for all samples
 * @param interval its 95 % confidence interval: {@link Interval#ofShare} for a share, else {@link
 *     Bootstrap}
 * @param values of each sample, in the data set's order; the array itself, not to be changed
 */
public record MetricValue(
    String name,
    Metric.Kind kind,
    boolean higherIsBetter,
    double value,
    Interval interval,
    double[] values) {
  static MetricValue of(Metric metric, double[] values, int[] labels, Bootstrap bootstrap) {
    double value = metric.overall(values, labels);
    Interval interval;
    if (metric.kind() == Metric.Kind.SHARE) {
      long right = 0;
      for (double each : values) {
        right += each == 1 ? 1 : 0;
      }
      interval = Interval.ofShare(right, values.length);
    } else {
      double[] some = new double[values.length];
      int[] with = new int[values.length];
      interval =
          bootstrap.interval(
              values.length,
              drawn -> {
                for (int i = 0; i < some.length; i++) {
                  some[i] = values[drawn[i]];
                  with[i] = labels[drawn[i]];
                }
                return metric.overall(some, with);
              });
    }
    return new MetricValue(
        metric.name(), metric.kind(), metric.higherIsBetter(), value, interval, values);
  }
}
