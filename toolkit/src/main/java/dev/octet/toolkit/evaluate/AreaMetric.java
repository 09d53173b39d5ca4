// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyType;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** See {@link Metrics#areaUnderCurve}. */
final class AreaMetric implements Metric {
  @Override
  public String name() {
    return "AUC";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Kind kind() {
    return Kind.FRACTION;
  }

  @Override
  public Needs needs() {
    return Needs.LABEL;
  }

  @Override
  public double value(Prediction prediction) {
    if (prediction.label() > 1) {
      throw new IllegalArgumentException(
          prediction.sample().name()
              + ": label "
              + prediction.label()
              + "; AUC takes 0 (normal) and 1 (anomaly)");
    }
    double[] output = prediction.output(0);
    if (output.length == 1) {
      return output[0];
    }
    NpyArray input = prediction.sample().inputs().get(0);
    FloatBuffer given = input.data().asFloatBuffer();
    if (input.type() != NpyType.FLOAT32 || given.remaining() != output.length) {
      throw new IllegalArgumentException(
          "AUC takes one score, or a model that reconstructs its input, not an output of "
              + output.length
              + " elements");
    }
    double sum = 0;
    for (int i = 0; i < output.length; i++) {
      double error = output[i] - given.get(i);
      sum += error * error;
    }
    return sum / output.length;
  }

  /**
   * The probability that an anomaly's score is above a normal sample's, equal ones counting half
   * (Mann and Whitney). NaN where one kind is missing.
   */
  @Override
  public double overall(double[] values, int[] labels) {
    double[] normal = new double[values.length];
    double[] anomalous = new double[values.length];
    int normals = 0;
    int anomalies = 0;
    for (int i = 0; i < values.length; i++) {
      if (labels[i] == 1) {
        anomalous[anomalies++] = values[i];
      } else {
        normal[normals++] = values[i];
      }
    }
    Arrays.sort(normal, 0, normals);
    Arrays.sort(anomalous, 0, anomalies);
    long halves = 0;
    int below = 0;
    int notAbove = 0;
    for (int i = 0; i < anomalies; i++) {
      while (below < normals && normal[below] < anomalous[i]) {
        below++;
      }
      while (notAbove < normals && normal[notAbove] <= anomalous[i]) {
        notAbove++;
      }
      halves += below + notAbove;
    }
    return halves / 2.0 / anomalies / normals;
  }
}
