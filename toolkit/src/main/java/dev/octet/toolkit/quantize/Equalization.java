// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cross-layer equalization of a float model (Nagel et al., Data-Free Quantization Through Weight
 * Equalization and Bias Correction, ICCV 2019, section 4.1): channels of which one layer's weights
 * are large and the next layer's small are rescaled so that both have the same range, and one scale
 * fits all of them. What the model computes stays, up to rounding of float32.
 *
 * <p>In a group of tensors ({@link EqualizationGroup}), channel i, written by weights of range
 * r1(i) and read by weights of range r2(i): s(i) = sqrt(r1(i) / r2(i)); writers' weights and biases
 * are divided by s(i), readers' weights multiplied by it, so that both ranges become sqrt(r1(i)
 * r2(i)). Groups are visited again and again until no factor is far from 1. A channel that nobody
 * writes or reads (a range of at most 1e-6 of the greatest) keeps its scale. RELU6 and other
 * functions that are not positively homogeneous end a group, and its layers stay as they are.
 */
public final class Equalization {
  private static final int SWEEPS = 60;
  private static final double CLOSE = 1e-3;

  /**
   * Of the greatest range. Published MobileNets have channels with weights of 1e-30 and a bias of
   * 0.3, which a factor would blow up.
   */
  private static final double DEAD = 1e-6;

  /**
   * What was done to the layers around one tensor.
   *
   * @param tensor name of the output of the first operator that writes the channels
   * @param channels their number
   * @param least the least factor that a channel was multiplied with
   * @param greatest the greatest
   */
  public record Result(String tensor, int channels, double least, double greatest) {}

  private Equalization() {}

  /** Equalizes every graph of {@code model} in place. */
  public static List<Result> apply(EditableModel model) {
    List<Result> results = new ArrayList<>();
    for (EditableGraph graph : model.graphs()) {
      List<EqualizationGroup> groups = EqualizationGroup.of(graph);
      List<double[]> totals = new ArrayList<>();
      for (EqualizationGroup group : groups) {
        double[] ones = new double[group.channels()];
        Arrays.fill(ones, 1);
        totals.add(ones);
      }
      for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double farthest = 0;
        for (int g = 0; g < groups.size(); g++) {
          double[] s = factors(groups.get(g));
          scale(groups.get(g), s);
          for (int c = 0; c < s.length; c++) {
            totals.get(g)[c] /= s[c];
            farthest = Math.max(farthest, Math.abs(Math.log(s[c])));
          }
        }
        if (farthest < CLOSE) {
          break;
        }
      }
      for (int g = 0; g < groups.size(); g++) {
        double[] total = totals.get(g);
        results.add(
            new Result(
                groups.get(g).writers().get(0).operator().output(0).name(),
                total.length,
                Arrays.stream(total).min().orElse(1),
                Arrays.stream(total).max().orElse(1)));
      }
    }
    return results;
  }

  private static double[] factors(EqualizationGroup group) {
    double[] written = new double[group.channels()];
    double[] read = new double[group.channels()];
    for (ChannelWeights writer : group.writers()) {
      float[] w = writer.weights().floats();
      for (int i = 0; i < w.length; i++) {
        int c = writer.output(i) % group.channels();
        written[c] = Math.max(written[c], Math.abs(w[i]));
      }
    }
    for (ChannelWeights reader : group.readers()) {
      float[] w = reader.weights().floats();
      for (int i = 0; i < w.length; i++) {
        int c = reader.input(i) % group.channels();
        read[c] = Math.max(read[c], Math.abs(w[i]));
      }
    }
    double leastWritten = DEAD * Arrays.stream(written).max().orElse(0);
    double leastRead = DEAD * Arrays.stream(read).max().orElse(0);
    double[] s = new double[group.channels()];
    for (int c = 0; c < s.length; c++) {
      double factor = Math.sqrt(written[c] / read[c]);
      boolean alive = written[c] > leastWritten && read[c] > leastRead;
      s[c] = alive && Double.isFinite(factor) && factor > 0 ? factor : 1;
    }
    return s;
  }

  private static void scale(EqualizationGroup group, double[] s) {
    for (ChannelWeights writer : group.writers()) {
      EditableTensor weights = writer.weights();
      float[] w = weights.floats();
      for (int i = 0; i < w.length; i++) {
        w[i] = (float) (w[i] / s[writer.output(i) % s.length]);
      }
      weights.floats(w);
      EditableTensor bias = writer.bias();
      if (bias != null) {
        float[] b = bias.floats();
        for (int i = 0; i < b.length; i++) {
          b[i] = (float) (b[i] / s[i % s.length]);
        }
        bias.floats(b);
      }
    }
    for (ChannelWeights reader : group.readers()) {
      EditableTensor weights = reader.weights();
      float[] w = weights.floats();
      for (int i = 0; i < w.length; i++) {
        w[i] = (float) (w[i] * s[reader.input(i) % s.length]);
      }
      weights.floats(w);
    }
  }
}
