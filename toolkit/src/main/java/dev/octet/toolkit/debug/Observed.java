// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.Tensor;
import dev.octet.TensorType;
import java.nio.ByteBuffer;

/**
 * What a run of the float model left in a tensor.
 *
 * @param numbers of a FLOAT32 tensor, else null
 * @param bytes of any other tensor, else null
 */
record Observed(int[] shape, float[] numbers, ByteBuffer bytes) {
  static Observed of(Tensor tensor) {
    if (tensor.type() == TensorType.FLOAT32) {
      return new Observed(tensor.shape(), tensor.toFloats(), null);
    }
    ByteBuffer copy = ByteBuffer.allocate(tensor.bytes());
    copy.put(tensor.buffer()).flip();
    return new Observed(tensor.shape(), null, copy);
  }

  void copyTo(Tensor tensor) {
    if (numbers != null) {
      tensor.set(numbers);
    } else {
      tensor.buffer().put(bytes.duplicate());
    }
  }
}
