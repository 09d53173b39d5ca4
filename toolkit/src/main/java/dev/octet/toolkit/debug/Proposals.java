// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What is worth trying for a layer. */
final class Proposals {
  /** A range that wins less in the layer itself is not tried. */
  private static final double RANGE_DB = 0.5;

  /** Of the layer's error; a smaller shift is not taken back. */
  private static final double SHIFT = 0.1;

  private Proposals() {}

  static List<Mend> of(LayerError layer) {
    List<Mend> mends = new ArrayList<>();
    RangeUse range = layer.range();
    if (range != null && layer.ownsRange() && range.avoidable() > RANGE_DB) {
      mends.add(mend(Mend.Kind.RANGE, layer));
    }
    if (layer.weights() != null && layer.weights().scales() == 1 && range != null) {
      mends.add(mend(Mend.Kind.CHANNELS, layer));
    }
    Noise own = layer.own();
    if (layer.weights() != null && own != null && Math.abs(own.mean()) > SHIFT * own.rmse()) {
      mends.add(mend(Mend.Kind.BIAS, layer));
    }
    mends.add(mend(Mend.Kind.FLOAT, layer));
    return mends;
  }

  private static Mend mend(Mend.Kind kind, LayerError layer) {
    return new Mend(
        kind,
        layer.place(),
        layer.name(),
        kind == Mend.Kind.RANGE ? layer.range().fitted() : null,
        kind == Mend.Kind.BIAS ? layer.channelErrors() : null);
  }

  /** How to make the model so. */
  static String advice(Mend mend, LayerError layer) {
    return switch (mend.kind()) {
      case RANGE ->
          Cause.of(layer) == Cause.CLIPPED
              ? "calibrate with samples that look like these"
              : "leave outliers out of the calibration samples, or of the ranges (octet quantize"
                  + " --calibration-method mse)";
      case CHANNELS ->
          "give weights a scale for each channel (octet quantize without --per-tensor), or equalize"
              + " (--equalize)";
      case BIAS -> "correct biases (octet quantize --correct-bias)";
      case FLOAT -> "keep the layer float, by this rule of a recipe: " + recipe(layer);
    };
  }

  /** A rule for {@code octet quantize --recipe}. */
  static String recipe(LayerError layer) {
    JsonObject rule = new JsonObject();
    String name = layer.tensor().replaceAll("[^A-Za-z0-9_/;: -]", "\\\\$0");
    rule.addProperty("scope", "^" + name + ";");
    rule.addProperty("compute", "FLOAT");
    return rule.toString();
  }
}
