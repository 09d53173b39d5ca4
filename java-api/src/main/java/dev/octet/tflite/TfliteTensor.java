// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor of a subgraph. No dimension is negative; the dense contents of a type of fixed size
 * take at most 2^31 - 1 bytes.
 *
 * @param index its number in the subgraph
 * @param name may be empty and need not be unique
 * @param type element type
 * @param shape dimensions
 * @param shapeSignature dimensions with -1 where they are open; equals {@code shape} when the file
 *     has none
 * @param hasRank false in files that do not say; with an empty shape it tells a scalar from a
 *     tensor of unknown rank
 * @param constant the contents, or null when they are not in the file. Of a dense tensor they have
 *     exactly its size (INT4 two to a byte); of a string tensor TensorFlow Lite's layout was
 *     checked
 * @param quantization null when the tensor has none
 * @param variable keeps its contents between runs
 * @param sparsity how {@code constant} holds a sparse tensor, or null for a dense one
 * @param variants what a VARIANT tensor holds: tables {@code VariantSubType}
 */
public record TfliteTensor(
    int index,
    String name,
    TensorType type,
    int[] shape,
    int[] shapeSignature,
    boolean hasRank,
    TfliteBuffer constant,
    TfliteQuantization quantization,
    boolean variable,
    TfliteSparsity sparsity,
    List<Table> variants) {
  public TfliteTensor {
    shape = shape.clone();
    shapeSignature = shapeSignature.clone();
    variants = List.copyOf(variants);
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int[] shapeSignature() {
    return shapeSignature.clone();
  }

  /** True when the contents are in the file, or there are none to be had: zero elements. */
  public boolean isConstant() {
    return constant != null;
  }

  /** Contents of a constant at position 0, read-only and little-endian; null for any other. */
  public ByteBuffer data() {
    return constant == null ? null : constant.data();
  }

  public int rank() {
    return shape.length;
  }

  /** Product of the dimensions. */
  public int elements() {
    int product = 1;
    for (int dim : shape) {
      product *= dim;
    }
    return product;
  }

  @Override
  public String toString() {
    return "tensor "
        + index
        + " '"
        + name
        + "' "
        + type
        + Arrays.toString(shape)
        + (constant == null ? "" : ", constant")
        + (variable ? ", variable" : "")
        + (sparsity == null ? "" : ", sparse")
        + (quantization == null ? "" : ", " + quantization);
  }
}
