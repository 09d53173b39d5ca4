// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;

/**
 * Computes what a fused operator holds inside, which no tap reaches: the intermediates of a
 * recurrent operator, its cell state at every step. A {@link Calibrator} asks for each operator
 * once, and calls {@link #observe} after each run of a graph, once for each operator that it said
 * yes to, in the graph's order. It is called by several threads at once, on different samples, and
 * so keeps nothing between calls but what follows from the model alone.
 */
public interface InternalRanges {
  /** Takes what was computed. */
  @FunctionalInterface
  interface Report {
    /**
     * Counts these numbers for a tensor, as if it had held them; more than one call adds up.
     *
     * @param tensor one of the operator's inputs, outputs or intermediates; numbers for a tensor
     *     that the engine computes itself are counted twice
     */
    void values(EditableTensor tensor, float[] values);
  }

  /** True for an operator that has something inside. */
  boolean concerns(EditableOperator operator);

  /**
   * Reports what {@code operator} computed inside.
   *
   * @param operator of a copy of the model: tensors have other names, their {@link
   *     EditableTensor#sourceIndex} is that of the file; constants have their contents
   * @param inputs of each input that is a FLOAT32 tensor and no constant, what it held when the
   *     operator ran, in C order: a variable tensor as it was before the operator changed it (zeros
   *     after a reset); null for all other inputs
   * @param shapes of each input, the shape that it had in this run; null for an absent one
   */
  void observe(EditableOperator operator, List<float[]> inputs, List<int[]> shapes, Report report);
}
