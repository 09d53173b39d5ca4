// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import com.google.gson.JsonObject;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import dev.octet.toolkit.quantize.integer.IntegerOptions;
import java.util.Locale;

/** What a {@link Quantizer} was told, with the defaults. */
final class QuantizerOptions {
  Mode mode;
  Recipe recipe;
  IoType io;
  boolean strict;
  boolean equalize;
  boolean correctBias;
  boolean perChannel = true;
  boolean perChannelDense = true;
  int weightBits = 8;
  int biasBits = 64;
  int minWeightElements = OperatorConfig.DEFAULT_MIN_WEIGHT_ELEMENTS;
  NearZero nearZero = NearZero.WIDENED;

  /** The type of the ends: as told, else as the recipe says, else float. */
  IoType ends() {
    IoType asked = recipe == null ? null : recipe.io();
    return io != null ? io : asked != null ? asked : IoType.FLOAT;
  }

  OperatorConfig base() {
    return new OperatorConfig(
        mode == null ? Compute.FLOAT : mode.compute(), weightBits, perChannel, minWeightElements);
  }

  IntegerOptions integer() {
    return new IntegerOptions(ends(), ends(), strict, perChannelDense, biasBits, nearZero, true);
  }

  /** Those that are not the default, so that the file tells what matters and stays small. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    if (mode != null) {
      json.addProperty("mode", mode.words());
    }
    if (recipe != null) {
      json.addProperty("recipe", recipe.text());
    }
    if (ends() != IoType.FLOAT) {
      json.addProperty("io", ends().name().toLowerCase(Locale.ROOT));
    }
    if (strict) {
      json.addProperty("strict", true);
    }
    if (equalize) {
      json.addProperty("equalize", true);
    }
    if (correctBias) {
      json.addProperty("correct_bias", true);
    }
    if (!perChannel) {
      json.addProperty("per_channel", false);
    }
    if (!perChannelDense) {
      json.addProperty("per_channel_dense", false);
    }
    if (weightBits != 8) {
      json.addProperty("weight_bits", weightBits);
    }
    if (biasBits != 64) {
      json.addProperty("bias_bits", biasBits);
    }
    if (minWeightElements != OperatorConfig.DEFAULT_MIN_WEIGHT_ELEMENTS) {
      json.addProperty("min_weight_elements", minWeightElements);
    }
    if (nearZero != NearZero.WIDENED) {
      json.addProperty("near_zero", nearZero.name().toLowerCase(Locale.ROOT));
    }
    return json;
  }
}
