// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.toolkit.data.Sample;
import java.util.ArrayList;
import java.util.List;

/** Sums from which {@link Agreement} is made; added in a fixed order, they are always the same. */
final class AgreementSums {
  private final double[] absolute;
  private final double[] greatest;
  private final double[] signal;
  private final double[] noise;
  private final long[] elements;
  private long same;
  private long samples;

  AgreementSums(int outputs) {
    absolute = new double[outputs];
    greatest = new double[outputs];
    signal = new double[outputs];
    noise = new double[outputs];
    elements = new long[outputs];
  }

  /** Compares one sample's outputs; elements that are not finite on both sides are left out. */
  void add(Prediction baseline, Prediction model, boolean classes, String name) {
    for (int i = 0; i < absolute.length; i++) {
      double[] a = baseline.output(i);
      double[] b = model.output(i);
      if (a.length != b.length) {
        throw new IllegalArgumentException(differ(baseline.sample(), i, a.length, b.length, name));
      }
      for (int j = 0; j < a.length; j++) {
        double difference = b[j] - a[j];
        if (Double.isFinite(difference)) {
          absolute[i] += Math.abs(difference);
          greatest[i] = Math.max(greatest[i], Math.abs(difference));
          signal[i] += a[j] * a[j];
          noise[i] += difference * difference;
          elements[i]++;
        }
      }
    }
    same += classes && baseline.predicted() == model.predicted() ? 1 : 0;
    samples++;
  }

  private static String differ(Sample sample, int output, int a, int b, String name) {
    return name
        + ": output "
        + output
        + " has "
        + b
        + " elements for "
        + sample.name()
        + ", the baseline's has "
        + a;
  }

  void add(AgreementSums other) {
    for (int i = 0; i < absolute.length; i++) {
      absolute[i] += other.absolute[i];
      greatest[i] = Math.max(greatest[i], other.greatest[i]);
      signal[i] += other.signal[i];
      noise[i] += other.noise[i];
      elements[i] += other.elements[i];
    }
    same += other.same;
    samples += other.samples;
  }

  Agreement agreement(List<String> names, boolean classes) {
    List<OutputAgreement> outputs = new ArrayList<>();
    for (int i = 0; i < absolute.length; i++) {
      if (elements[i] > 0) {
        double sqnr =
            noise[i] == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal[i] / noise[i]);
        outputs.add(
            new OutputAgreement(names.get(i), absolute[i] / elements[i], greatest[i], sqnr));
      }
    }
    return new Agreement(classes ? (double) same / samples : Double.NaN, outputs);
  }
}
