// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

/** Greatest magnitude and mean error of each channel, which is the last axis. */
final class ChannelRanges {
  private double[] greatest;
  private double[] error;
  private long positions;

  void add(float[] wanted, float[] found, int[] shape) {
    int channels = shape.length < 2 ? 1 : shape[shape.length - 1];
    if (greatest == null) {
      greatest = new double[channels];
      error = new double[channels];
    }
    if (channels != greatest.length || channels == 0) {
      return;
    }
    for (int i = 0, c = 0; i < wanted.length; i++, c = c + 1 == channels ? 0 : c + 1) {
      double magnitude = Math.abs(wanted[i]);
      if (magnitude > greatest[c]) {
        greatest[c] = magnitude;
      }
      if (found != null) {
        error[c] += found[i] - wanted[i];
      }
    }
    positions += wanted.length / channels;
  }

  /** Greatest |y| of each channel; empty when nothing was added. */
  double[] greatest() {
    return greatest == null ? new double[0] : greatest.clone();
  }

  /** Mean error of each channel. */
  double[] meanErrors() {
    double[] means = error == null ? new double[0] : error.clone();
    for (int c = 0; c < means.length; c++) {
      means[c] /= positions;
    }
    return means;
  }

  /** Greatest over least range, those of 0 left out; 1 when all are 0. */
  static double spread(double[] ranges) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = 0;
    for (double range : ranges) {
      if (range > 0) {
        least = Math.min(least, range);
        greatest = Math.max(greatest, range);
      }
    }
    return greatest == 0 ? 1 : greatest / least;
  }
}
