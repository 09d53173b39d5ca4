// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/**
 * A tensor of a model's file.
 *
 * @param graph index of the subgraph
 * @param tensor index of the tensor in it
 */
public record TensorKey(int graph, int tensor) implements Comparable<TensorKey> {
  @Override
  public int compareTo(TensorKey other) {
    return graph != other.graph
        ? Integer.compare(graph, other.graph)
        : Integer.compare(tensor, other.tensor);
  }
}
