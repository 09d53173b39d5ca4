// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableModel;
import java.util.List;

/**
 * A change of one layer of a quantized model, to be tried.
 *
 * @param kind what is changed
 * @param layer place among the layers
 * @param name of the layer
 * @param range of {@link Kind#RANGE}, else null
 * @param shifts of {@link Kind#BIAS}: what each channel's mean is too great by; else null
 */
public record Mend(Kind kind, int layer, String name, Range range, double[] shifts) {
  /** What can be changed. */
  public enum Kind {
    /** Another scale and zero point for the layer's output. */
    RANGE,
    /** A scale for each output channel of the weights. */
    CHANNELS,
    /** The mean error of each channel taken off the bias. */
    BIAS,
    /** The layer in float. */
    FLOAT
  }

  /** What is done, such as {@code range of conv_7 -1.2 to 3.4}. */
  public String words() {
    return switch (kind) {
      case RANGE ->
          "range of " + name + " " + Words.number(range.min()) + " to " + Words.number(range.max());
      case CHANNELS -> "a weight scale for each channel of " + name;
      case BIAS -> "bias of " + name + " corrected";
      case FLOAT -> name + " kept float";
    };
  }

  /** The quantized model with these changes, or null where one cannot be made. */
  static byte[] apply(Pair pair, List<Mend> mends) {
    EditableModel copy =
        EditableModel.read(pair.quantized().source(), pair.quantizedBytes().clone());
    LayerMatching matching = new LayerMatching(pair.real(), copy);
    for (Mend mend : mends) {
      Layer layer = matching.layers().get(mend.layer);
      boolean done =
          switch (mend.kind) {
            case RANGE -> RangeMend.apply(matching, layer, mend.range);
            case CHANNELS -> ChannelMend.apply(matching, layer);
            case BIAS -> BiasMend.apply(layer, mend.shifts);
            case FLOAT -> FloatMend.apply(copy, matching, layer);
          };
      if (!done) {
        return null;
      }
    }
    return copy.toBytes();
  }
}
