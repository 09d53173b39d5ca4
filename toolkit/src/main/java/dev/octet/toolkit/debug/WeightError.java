// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

/**
 * What quantization did to the weights of a layer.
 *
 * @param type of the stored weights, such as INT8
 * @param scales their number: 1, or one a channel
 * @param sqnr of all weights, in dB
 * @param worst the least SQNR of an output channel, in dB
 * @param worstChannel that channel
 * @param ranges greatest magnitude of each output channel's float weights; the array itself
 * @param biasUse greatest |bias| in the file over the greatest that its type holds; 0 without bias
 */
public record WeightError(
    String type,
    int scales,
    double sqnr,
    double worst,
    int worstChannel,
    double[] ranges,
    double biasUse) {
  /** Greatest over least range of a channel, of those that are not 0. */
  public double spread() {
    return ChannelRanges.spread(ranges);
  }
}
