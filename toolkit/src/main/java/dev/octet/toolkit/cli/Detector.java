// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Tensor;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.Normalization;
import dev.octet.toolkit.data.Picture;
import dev.octet.toolkit.data.PictureInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A detection model ready for pictures of any size. */
final class Detector implements AutoCloseable {
  private final Model model;
  private final Interpreter interpreter;
  private final Detections detections;
  private final PictureInput encoding;

  /**
   * @throws IllegalArgumentException for a model that is no detector
   */
  Detector(Path file, InterpreterOptions options, Optional<Normalization> normalization)
      throws DataFormatException {
    model = Model.load(file);
    boolean ready = false;
    try {
      interpreter = model.interpreter(options);
      if (interpreter.inputCount() != 1) {
        throw new IllegalArgumentException(
            file + " has " + interpreter.inputCount() + " inputs; a detector has one");
      }
      detections = new Detections(file, interpreter);
      Tensor input = interpreter.input(0);
      try {
        encoding =
            new PictureInput(
                input.type(), input.shape(), input.info().quantization(), normalization);
      } catch (IllegalArgumentException e) {
        throw new DataFormatException(file.toString(), e.getMessage(), e);
      }
      ready = true;
    } finally {
      if (!ready) {
        model.close();
      }
    }
  }

  /** The objects in a picture with at least that score, best first. */
  List<Detections.Detection> find(Picture picture, float least) {
    interpreter.input(0).buffer().put(encoding.encode(picture));
    interpreter.run();
    return detections.found(least);
  }

  @Override
  public void close() {
    interpreter.close();
    model.close();
  }
}
