// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import java.util.List;
import java.util.Locale;

/** The ranking as rows of text. */
final class DebugTable {
  static final List<String> HEADINGS =
      List.of(
          "layer",
          "operator",
          "type",
          "own",
          "alone",
          "in the whole",
          "clipped",
          "levels",
          "fault");

  /** What the columns hold. */
  static final String LEGEND =
      "own: SQNR of what the layer itself does wrong; alone: with its inputs' rounding; in the"
          + " whole: with all layers before it; levels: how many of its type's are used";

  private DebugTable() {}

  static List<String> row(LayerError layer) {
    RangeUse range = layer.range();
    return List.of(
        layer.name(),
        layer.kind(),
        layer.type(),
        decibels(layer.own()),
        decibels(layer.isolated()),
        decibels(layer.accumulated()),
        range == null ? "\u2013" : Words.percent(range.clipped()),
        range == null
            ? "\u2013"
            : String.format(Locale.ROOT, "%,d/%,d", range.used(), range.levels()),
        fault(Cause.of(layer)));
  }

  private static String decibels(Noise noise) {
    return noise == null ? "\u2013" : Words.decibels(noise.sqnr());
  }

  static String fault(Cause cause) {
    return switch (cause) {
      case CLIPPED -> "clips";
      case WIDE -> "range too wide";
      case OUTLIERS -> "outliers";
      case WEIGHTS -> "weights";
      case BIAS -> "bias full";
      case SHIFTED -> "mean shifted";
      case COARSE -> "too coarse";
      case NONE -> "\u2013";
    };
  }
}
