// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import dev.octet.TensorType;
import dev.octet.ops.HalfFloat;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import java.nio.ByteBuffer;

/**
 * Blockwise quantization of a matrix: {@code real = scales[row * blocks + column / size] * q},
 * where {@code blocks} is the number of blocks in a row.
 *
 * @param size columns of a block, at least 1
 * @param scales in row-major order, as the file's float16 tensor has them; never to be written
 */
public record BlockScales(int size, float[] scales) {
  /** The tensor's block scales, or null where it has none that are constant and float16. */
  static BlockScales of(TfliteTensor tensor, TfliteSubgraph subgraph) {
    Table details = tensor.quantization() == null ? null : tensor.quantization().details();
    if (details == null || !details.name().equals("BlockwiseQuantization")) {
      return null;
    }
    TfliteTensor scales = subgraph.tensors().get(details.integer("scales"));
    if (!scales.isConstant() || scales.sparsity() != null || scales.type() != TensorType.FLOAT16) {
      return null;
    }
    ByteBuffer stored = scales.data();
    float[] values = new float[scales.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = HalfFloat.toFloat(stored.getShort(2 * i));
    }
    return new BlockScales(details.integer("block_size"), values);
  }
}
