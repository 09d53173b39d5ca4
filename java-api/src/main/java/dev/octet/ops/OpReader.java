// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.tflite.TfliteOperator;

/** Makes an {@link Op} of a file's operator: options only, no tensors. */
public interface OpReader {
  /**
   * @throws dev.octet.MalformedModelException where an option is out of its range
   */
  Op read(TfliteOperator operator);
}
