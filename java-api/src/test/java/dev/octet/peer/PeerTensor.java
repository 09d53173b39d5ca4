// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import dev.octet.TensorType;
import java.util.Arrays;

/**
 * An input or output as TensorFlow Lite sees it.
 *
 * @param scale of its quantization, 0 for a tensor without
 */
public record PeerTensor(
    String name, TensorType type, int[] shape, long bytes, float scale, int zeroPoint) {
  public PeerTensor {
    shape = shape.clone();
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape);
  }
}
