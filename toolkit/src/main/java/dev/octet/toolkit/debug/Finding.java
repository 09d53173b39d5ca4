// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What stands out of a layer, and what mends it.
 *
 * @param layer which
 * @param cause what is wrong
 * @param severity by what its best mend wins
 * @param sentences what is wrong and why, for people
 * @param tried what was tried, the best first; empty when nothing was
 * @param advice how to make the model with the best mend; empty where nothing helps
 */
public record Finding(
    LayerError layer,
    Cause cause,
    Severity severity,
    List<String> sentences,
    List<Trial> tried,
    String advice) {
  /** What the best mend of a layer wins at the model's outputs. */
  public enum Severity {
    /**
     * 6 dB or more of a model below 40 dB; 3 dB of one that suffers: its outputs are below 20 dB,
     * it chooses another class than the float model for more than 2 % of the samples, or is half a
     * point less accurate.
     */
    SERIOUS,
    /** 1 dB or more, and no accuracy lost. */
    NOTABLE,
    /** Less, or nothing. */
    MINOR,
    /** Nothing was tried. */
    UNKNOWN;

    static Severity of(Optional<Trial> best, Effect given, OptionalDouble realAccuracy) {
      if (best.isEmpty()) {
        return UNKNOWN;
      }
      double decibels = best.get().effect().decibels(given);
      boolean suffers =
          given.sqnr() < 20
              || given.sameClass() < 0.98
              || realAccuracy.isPresent()
                  && given.accuracy().orElse(1) < realAccuracy.getAsDouble() - 0.005;
      // 8 bits leave outputs about 40 dB at best
      boolean fine = !suffers && given.sqnr() >= 40;
      if (fine || decibels < 1 || best.get().effect().points(given) < 0 && decibels < 6) {
        return MINOR;
      }
      return decibels >= (suffers ? 3 : 6) ? SERIOUS : NOTABLE;
    }
  }

  public Finding {
    sentences = List.copyOf(sentences);
    tried = List.copyOf(tried);
  }

  /** True for what is worth reading about: a fault that has a name, or a mend that helps. */
  public boolean prominent() {
    return severity == Severity.SERIOUS || severity == Severity.NOTABLE || cause != Cause.NONE;
  }

  /** The change that won most. */
  public Optional<Trial> best() {
    return tried.stream().findFirst();
  }
}
