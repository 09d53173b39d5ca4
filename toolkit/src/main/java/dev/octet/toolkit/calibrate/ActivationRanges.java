// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/** Where the quantizer finds the range of a tensor that is no constant. */
@FunctionalInterface
public interface ActivationRanges {
  /**
   * The range of a tensor of the float model.
   *
   * @param graph index of the subgraph in the float model's file
   * @param tensor index of the tensor in that subgraph
   * @return null when it was never seen
   */
  Range range(int graph, int tensor);
}
