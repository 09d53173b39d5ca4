// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.List;

/**
 * Time by instruction, from {@link Interpreter#profile}.
 *
 * @param runs how many runs were measured
 * @param totalNanos wall time of all runs together, as the caller sees it, with what the clock
 *     costs
 * @param clockNanos what reading the clock takes at each native instruction; the entries do not
 *     contain it
 * @param entries one for each instruction, in running order
 */
public record Profile(int runs, long totalNanos, double clockNanos, List<Entry> entries) {
  /**
   * One instruction. Its time begins where the one before ended.
   *
   * @param operatorIndex number of the operator in the model, or -1 for a copy that Octet added
   * @param operator TensorFlow Lite's name of the operator
   * @param output name of the tensor that it computes
   * @param kernel the native kernel; {@code java} for an operator that Java computes, {@code
   *     edgetpu} or {@code delegate} for what a {@link Delegate} does
   * @param times how often it ran in all runs together: more than {@code runs} in a loop
   * @param nanos time of all that together
   * @param work what it has to do each time
   */
  public record Entry(
      int operatorIndex,
      String operator,
      String output,
      String kernel,
      long times,
      long nanos,
      Work work) {}

  /**
   * What an instruction cannot do without, each weight and element moved once.
   *
   * @param macs multiplications with additions, 0 where there are none to speak of. An operator of
   *     several instructions has all of them in one
   * @param factors the type of the factors: INT8 (also UINT8, and weights of 8 or 4 bits whose
   *     activations are quantized on the way), INT16 or FLOAT32; null without macs
   * @param weightBytes of weights, biases and other constants, as they are given to be packed
   * @param readBytes of activations
   * @param writtenBytes of activations
   */
  public record Work(
      long macs, TensorType factors, long weightBytes, long readBytes, long writtenBytes) {
    /** All bytes. */
    public long bytes() {
      return weightBytes + readBytes + writtenBytes;
    }
  }

  public Profile {
    entries = List.copyOf(entries);
  }
}
