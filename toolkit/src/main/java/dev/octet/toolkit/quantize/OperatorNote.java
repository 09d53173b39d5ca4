// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

/**
 * What became of one operator of the float model.
 *
 * @param graph index of its subgraph
 * @param operator its index there in the float model
 * @param name TensorFlow Lite's name such as {@code CONV_2D}
 * @param output the name of its first output, or empty
 * @param compute how it computes now
 * @param words what was done, or why it stays float
 */
public record OperatorNote(
    int graph, int operator, String name, String output, Compute compute, String words) {
  /** True unless it computes as before. */
  public boolean quantized() {
    return compute != Compute.FLOAT;
  }

  @Override
  public String toString() {
    return (graph > 0 ? "subgraph " + graph + ", " : "")
        + "operator "
        + operator
        + " "
        + name
        + ": "
        + words;
  }
}
