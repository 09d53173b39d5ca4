// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import java.io.IOException;

/** The share of the 10,000 MNIST test images that a classifier names right. */
final class MnistAccuracy {
  private MnistAccuracy() {}

  /** States are forgotten between images. */
  static double of(byte[] bytes) throws IOException {
    String data = SharedFolder.file("data/mnist") + ":t10k";
    int right = 0;
    int all = 0;
    try (Model model = Model.load(bytes);
        Interpreter interpreter = model.interpreter()) {
      for (Sample sample : DataSets.open(data, model.inputs(), DataOptions.DEFAULT)) {
        interpreter.resetVariables();
        Samples.fill(interpreter, sample);
        interpreter.run();
        right += best(interpreter.output(0)) == sample.label() ? 1 : 0;
        all++;
      }
    }
    if (all != 10000) {
      throw new IOException(data + " has " + all + " images");
    }
    return right / (double) all;
  }

  private static int best(Tensor output) {
    float[] values = output.type() == TensorType.FLOAT32 ? output.toFloats() : output.dequantize();
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
