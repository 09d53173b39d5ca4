// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import java.util.List;

/**
 * What making one layer wide does for a model's outputs.
 *
 * @param layer name of the layer's output
 * @param operator TensorFlow Lite's name of the operator
 * @param with the layers made wide: it and those that read it
 * @param gain by how many dB the outputs' signal to noise ratio rises; NaN while not measured
 */
public record Sensitivity(String layer, String operator, List<String> with, double gain) {
  public Sensitivity {
    with = List.copyOf(with);
  }

  Sensitivity measured(double dB) {
    return new Sensitivity(layer, operator, with, dB);
  }
}
