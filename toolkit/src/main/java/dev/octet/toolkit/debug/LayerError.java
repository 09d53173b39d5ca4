// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.calibrate.TensorStatistics;

/**
 * What quantization does to one layer: an operator's output, or an input of the model.
 *
 * @param place in the quantized model's order of execution, inputs first
 * @param name of the layer, unlike all others
 * @param kind TensorFlow Lite's name of the operator, or INPUT
 * @param tensor name of the output in the float model
 * @param type of the quantized model's output, such as INT8
 * @param own error beyond what the rounding of its inputs causes: the quantized operator against
 *     the float one, both on what the quantized one's inputs stand for; null where the operator
 *     cannot be run by itself
 * @param isolated error of the quantized operator alone on the float model's inputs; null likewise
 * @param accumulated error in the whole quantized model
 * @param range null where the output is not quantized
 * @param ownsRange false where scale and zero point are not the layer's own choice: the operator
 *     fixes them, or they are those of its input
 * @param weights null for a layer without quantized weights
 * @param channels greatest magnitude of each channel (last axis) of the float output; the array
 *     itself
 * @param channelErrors mean of the isolated error of each channel; the array itself
 * @param histogram of the float output
 * @param statistics of the float output on the same samples
 */
public record LayerError(
    int place,
    String name,
    String kind,
    String tensor,
    String type,
    Noise own,
    Noise isolated,
    Noise accumulated,
    RangeUse range,
    boolean ownsRange,
    WeightError weights,
    double[] channels,
    double[] channelErrors,
    Bins histogram,
    TensorStatistics statistics) {
  /**
   * By which layers are ranked, in dB: noise over signal of the own error, and on top of it what of
   * the noise a better range of its own would take away. So a spoiled range comes before a layer
   * that is as noisy by nature. Negative infinity for a layer without error.
   */
  public double harm() {
    double noise = own != null ? -own.sqnr() : range != null ? -range.rounding() : Double.NaN;
    if (Double.isNaN(noise)) {
      return Double.NEGATIVE_INFINITY;
    }
    return noise + (range != null && ownsRange ? range.avoidable() : 0);
  }

  /** Channels that are 0 in every sample. */
  public int deadChannels() {
    int dead = 0;
    for (double channel : channels) {
      dead += channel == 0 ? 1 : 0;
    }
    return channels.length < 2 ? 0 : dead;
  }

  /** Greatest over least range of a channel, dead ones left out. */
  public double channelSpread() {
    return ChannelRanges.spread(channels);
  }

  @Override
  public String toString() {
    return name + " (" + kind + ")";
  }
}
