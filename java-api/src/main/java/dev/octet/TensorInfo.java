// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a model says of one tensor.
 *
 * @param index its number in the subgraph
 * @param name its name; may be empty and need not be unique
 * @param type element type
 * @param shape dimensions as the model stores them (before any resize)
 * @param shapeSignature dimensions with -1 where the model leaves them open; equals {@code shape}
 *     when it leaves none
 * @param quantization empty for a tensor that is not quantized
 * @param constant true when its contents are in the file
 */
public record TensorInfo(
    int index,
    String name,
    TensorType type,
    int[] shape,
    int[] shapeSignature,
    Optional<Quantization> quantization,
    boolean constant) {
  public TensorInfo {
    shape = shape.clone();
    shapeSignature = shapeSignature.clone();
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int[] shapeSignature() {
    return shapeSignature.clone();
  }

  @Override
  public String toString() {
    return name
        + " "
        + type
        + Arrays.toString(shape)
        + quantization.map(q -> " (" + q + ")").orElse("");
  }
}
