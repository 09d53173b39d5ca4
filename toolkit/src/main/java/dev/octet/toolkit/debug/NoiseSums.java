// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

/** Sums from which a {@link Noise} is made. */
final class NoiseSums {
  private long elements;
  private double signal;
  private double other;
  private double product;
  private double noise;
  private double difference;
  private double greatest;

  /** Compares {@code count} elements; both arrays have as many at least. */
  void add(float[] wanted, float[] found, int count) {
    double sumSignal = 0;
    double sumOther = 0;
    double sumProduct = 0;
    double sumNoise = 0;
    double sum = 0;
    int compared = 0;
    for (int i = 0; i < count; i++) {
      double y = wanted[i];
      double x = found[i];
      double d = x - y;
      if (d - d == 0) {
        compared++;
        sumSignal += y * y;
        sumOther += x * x;
        sumProduct += x * y;
        sumNoise += d * d;
        sum += d;
        greatest = Math.max(greatest, Math.abs(d));
      }
    }
    elements += compared;
    signal += sumSignal;
    other += sumOther;
    product += sumProduct;
    noise += sumNoise;
    difference += sum;
  }

  /** Sum of squared differences. */
  double noise() {
    return noise;
  }

  /** Null when nothing was compared. */
  Noise noiseOrNull() {
    if (elements == 0) {
      return null;
    }
    double sqnr = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    double lengths = Math.sqrt(signal) * Math.sqrt(other);
    double cosine = lengths == 0 ? (signal == other ? 1 : 0) : product / lengths;
    return new Noise(
        elements, sqnr, difference / elements, Math.sqrt(noise / elements), greatest, cosine);
  }
}
