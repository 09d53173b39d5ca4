// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.List;

/**
 * Time by instruction, from {@link Interpreter#profile}.
 *
 * @param runs how many runs were measured
 * @param totalNanos wall time of all runs together, as the caller sees it
 * @param entries one for each instruction, in running order
 */
public record Profile(int runs, long totalNanos, List<Entry> entries) {
  /**
   * One instruction.
   *
   * @param operatorIndex number of the operator in the model, or -1 for a copy that Octet added
   * @param operator TensorFlow Lite's name of the operator
   * @param output name of the tensor that it computes
   * @param kernel the native kernel
   * @param nanos time in all runs together
   * @param macs multiplications and additions of one run, 0 where there are none to speak of
   */
  public record Entry(
      int operatorIndex, String operator, String output, String kernel, long nanos, long macs) {}

  public Profile {
    entries = List.copyOf(entries);
  }
}
