// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

/** What is wrong with a layer, by its numbers. */
public enum Cause {
  /** Numbers lie outside its range. */
  CLIPPED,
  /** Its range is far wider than its numbers. */
  WIDE,
  /** Few of its numbers stretch its range; a narrower one would do less harm. */
  OUTLIERS,
  /** The scale of its weights fits some channels badly. */
  WEIGHTS,
  /** Its bias comes near the end of int32. */
  BIAS,
  /** Its mean is shifted. */
  SHIFTED,
  /** Its numbers take more levels than its type has. */
  COARSE,
  /** Nothing of this. */
  NONE;

  /** A range that would win less is not at fault. */
  static final double AVOIDABLE_DB = 3;

  /** Of numbers that fill their range, some distributions win so much by clipping anyway. */
  static final double OUTLIERS_DB = 6;

  /** Numbers that reach less of the range could do with a bit less. */
  static final double PART = 0.5;

  /** 8 bits leave weights of one distribution some 40 dB. */
  static final double WEIGHTS_DB = 30;

  static final double WORST_CHANNEL_DB = 20;

  /** Of the greatest bias that int32 holds. */
  static final double BIAS_USE = 0.9;

  /** Of the root mean squared error; rounding alone has none. */
  static final double SHIFT = 0.5;

  /** 8 bits leave most layers 35 to 50 dB. */
  static final double COARSE_DB = 25;

  static Cause of(LayerError layer) {
    RangeUse range = layer.range();
    if (range != null && layer.ownsRange() && range.avoidable() >= AVOIDABLE_DB) {
      if (range.clipped() > 0 && beyond(range)) {
        return CLIPPED;
      }
      if (range.part() < PART) {
        return WIDE;
      }
      if (range.avoidable() >= OUTLIERS_DB) {
        return OUTLIERS;
      }
    }
    WeightError weights = layer.weights();
    Noise own = layer.own();
    if (weights != null && weights.biasUse() > BIAS_USE) {
      return BIAS;
    }
    boolean noisy = own != null && own.sqnr() < WEIGHTS_DB;
    if (weights != null
        && noisy
        && (weights.sqnr() < WEIGHTS_DB || weights.worst() < WORST_CHANNEL_DB)) {
      return WEIGHTS;
    }
    if (noisy && weights != null && Math.abs(own.mean()) > SHIFT * own.rmse()) {
      return SHIFTED;
    }
    return own != null && own.sqnr() < COARSE_DB ? COARSE : NONE;
  }

  /** True where a number is a step or more outside. */
  private static boolean beyond(RangeUse range) {
    return range.seen().max() > range.greatest() + range.step()
        || range.seen().min() < range.least() - range.step();
  }
}
