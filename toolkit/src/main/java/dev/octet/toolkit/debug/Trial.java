// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import java.util.List;

/**
 * Changes that were made to the quantized model, and what came of them.
 *
 * @param mends one, or several together
 * @param effect on the samples
 */
public record Trial(List<Mend> mends, Effect effect) {
  public Trial {
    mends = List.copyOf(mends);
  }

  /** What was done. */
  public String words() {
    return String.join("; ", mends.stream().map(Mend::words).toList());
  }
}
