// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.integer.IntegerOptions;
import dev.octet.toolkit.quantize.integer.IntegerQuantization;

/** Models of digits, and what is made of them with ranges that a test chooses. */
final class DigitModels {
  private DigitModels() {}

  static byte[] int8(byte[] file, ActivationRanges ranges) {
    return int8(file, ranges, IoType.INT8, true);
  }

  static byte[] int8(byte[] file, ActivationRanges ranges, IoType io, boolean perChannel) {
    EditableModel model = EditableModel.read("model", file);
    IntegerQuantization.apply(
        model,
        ranges,
        op -> new OperatorConfig(Compute.INT8, 8, perChannel, 0),
        IntegerOptions.of(io));
    return model.toBytes();
  }

  /** The same ranges but for one tensor, whose ends are multiplied. */
  static ActivationRanges spoiled(ActivationRanges sound, int tensor, double factor) {
    return (g, t) -> {
      Range range = sound.range(g, t);
      return g != 0 || t != tensor || range == null
          ? range
          : new Range((float) (range.min() * factor), (float) (range.max() * factor));
    };
  }
}
