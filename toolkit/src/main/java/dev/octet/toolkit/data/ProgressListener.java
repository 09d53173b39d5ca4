// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

/** Hears how far long work is: calibration, evaluation, diagnosis. */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Called by any thread, by one at a time.
   *
   * @param done samples, or other parts of the work of about the same size
   * @param total how many there are, or -1 when that is not known
   */
  void progress(long done, long total);
}
