// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.Interpreter;
import dev.octet.Tensor;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Puts samples into a float model, whose open dimensions become the sample's. */
final class SampleFeed {
  private SampleFeed() {}

  /**
   * @return true when memory was planned anew, so that variable tensors are zero
   * @throws UncheckedIOException for a sample that does not fit, naming it
   */
  static boolean fill(Interpreter interpreter, Sample sample) {
    if (sample.inputs().size() != interpreter.inputCount()) {
      throw refused(
          sample,
          "has " + sample.inputs().size() + " arrays for " + interpreter.inputCount() + " inputs");
    }
    boolean resized = false;
    for (int i = 0; i < interpreter.inputCount(); i++) {
      Tensor tensor = interpreter.input(i);
      int[] shape = sample.inputs().get(i).shape();
      if (!Arrays.equals(shape, tensor.shape())) {
        resize(interpreter, i, sample, tensor, shape);
        resized = true;
      }
    }
    for (int i = 0; i < interpreter.inputCount(); i++) {
      Tensor tensor = interpreter.input(i);
      NpyArray array = sample.inputs().get(i);
      if (!array.type().name().equals(tensor.type().name())) {
        throw refused(sample, "is " + array.type() + " where " + tensor.info() + " is wanted");
      }
      tensor.buffer().put(array.data());
    }
    return resized;
  }

  private static void resize(
      Interpreter interpreter, int i, Sample sample, Tensor tensor, int[] shape) {
    int[] open = tensor.info().shapeSignature();
    boolean fits = shape.length == open.length;
    for (int d = 0; fits && d < open.length; d++) {
      fits = open[d] < 0 || open[d] == shape[d];
    }
    if (!fits) {
      throw refused(
          sample,
          "has shape "
              + Arrays.toString(shape)
              + " for input "
              + i
              + ", which takes "
              + Arrays.toString(open));
    }
    interpreter.resize(i, shape);
  }

  private static UncheckedIOException refused(Sample sample, String reason) {
    return new UncheckedIOException(new DataFormatException(sample.name(), reason));
  }
}
