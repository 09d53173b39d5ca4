// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import java.util.Random;

/**
 * What equalization has to undo: channels multiplied by 10^-2 to 10^2 where they are written and
 * divided by the same where they are read.
 */
public final class Rescaled {
  private Rescaled() {}

  /** Rescales every group of channels of the model at random; returns how many groups there are. */
  public static int channels(EditableModel model, long seed) {
    Random random = new Random(seed);
    int groups = 0;
    for (EqualizationGroup group : EqualizationGroup.of(model.graphs().get(0))) {
      double[] factors = new double[group.channels()];
      for (int c = 0; c < factors.length; c++) {
        factors[c] = Math.pow(10, 4 * random.nextDouble() - 2);
      }
      for (ChannelWeights writer : group.writers()) {
        multiply(writer.weights(), i -> factors[writer.output(i) % factors.length]);
        if (writer.bias() != null) {
          multiply(writer.bias(), i -> factors[i % factors.length]);
        }
      }
      for (ChannelWeights reader : group.readers()) {
        multiply(reader.weights(), i -> 1 / factors[reader.input(i) % factors.length]);
      }
      groups++;
    }
    return groups;
  }

  private static void multiply(EditableTensor tensor, java.util.function.IntToDoubleFunction by) {
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * by.applyAsDouble(i));
    }
    tensor.floats(values);
  }
}
