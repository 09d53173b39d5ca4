// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import java.util.List;

/**
 * A model of one operator and what to feed it.
 *
 * @param model the file
 * @param runs contents of all inputs, for each of the runs one after another
 * @param shapes what the inputs are resized to before the first run; empty to leave them
 * @param tolerance of a float, in parts of the greatest absolute value of its tensor
 * @param exactSteps by how much an integer may differ with exact numerics
 * @param fastSteps by how much an integer may differ with fast numerics
 * @param oracle computes the outputs where the peer contradicts the formula, or null
 */
public record OpCase(
    byte[] model,
    List<List<byte[]>> runs,
    List<int[]> shapes,
    double tolerance,
    int exactSteps,
    int fastSteps,
    Oracle oracle) {

  /** A calculation that wins over the peer. */
  public interface Oracle {
    /** In which respect the peer is wrong, for the report. */
    String reason();

    /** The bytes of each output. */
    List<byte[]> outputs(List<byte[]> inputs);
  }
}
