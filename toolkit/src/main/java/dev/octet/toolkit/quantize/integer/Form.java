// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableTensor;

/**
 * How the real numbers of a tensor are written down.
 *
 * @param activation the parameters, or null for FLOAT32
 */
record Form(Activation activation) {
  static final Form FLOAT = new Form(null);

  TensorType type() {
    return activation == null ? TensorType.FLOAT32 : activation.type();
  }

  boolean real() {
    return activation == null;
  }

  void applyTo(EditableTensor tensor) {
    if (activation != null) {
      // TensorFlow's older quantizer, which it uses with int16, leaves the range in the file
      boolean withRange = activation.type() == TensorType.INT16;
      tensor.type(activation.type()).quantization(activation.parameters(withRange));
    }
  }
}
