// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Interpreter;
import dev.octet.Tensor;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the outputs of a model that ends in {@code TFLite_Detection_PostProcess}. */
final class Detections {
  private static final String OPERATOR = "TFLite_Detection_PostProcess";

  /**
   * A box in parts of the picture, 0 to 1 from the top left corner; it may reach beyond.
   *
   * @param label number of the class, without the background
   */
  record Detection(float ymin, float xmin, float ymax, float xmax, int label, float score) {}

  private final Interpreter interpreter;
  private final int[] outputs = new int[4];

  /**
   * @throws IllegalArgumentException when the model does not end so
   */
  Detections(Path model, Interpreter interpreter) {
    this.interpreter = interpreter;
    TfliteModel file = TfliteReader.map(model);
    int subgraph = interpreter.signature().subgraph();
    Optional<TfliteOperator> last =
        file.subgraphs().get(subgraph).operators().stream()
            .filter(operator -> operator.name().equals(OPERATOR))
            .findFirst();
    if (last.isEmpty() || last.get().outputs().length != 4) {
      throw new IllegalArgumentException(
          model + " has no operator " + OPERATOR + "; octet run shows what it gives");
    }
    for (int i = 0; i < 4; i++) {
      outputs[i] = output(model, last.get().outputs()[i]);
    }
  }

  private int output(Path model, int tensor) {
    for (int i = 0; i < interpreter.outputCount(); i++) {
      if (interpreter.output(i).info().index() == tensor) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        model + " keeps an output of " + OPERATOR + " to itself; octet run shows what it gives");
  }

  private float[] values(int i) {
    Tensor tensor = interpreter.output(outputs[i]);
    return tensor.toFloats();
  }

  /** What the last run found with at least that score, best first. */
  List<Detection> found(float least) {
    float[] boxes = values(0);
    float[] labels = values(1);
    float[] scores = values(2);
    int count = Math.min((int) values(3)[0], scores.length);
    List<Detection> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (scores[i] >= least) {
        int at = 4 * i;
        found.add(
            new Detection(
                boxes[at],
                boxes[at + 1],
                boxes[at + 2],
                boxes[at + 3],
                (int) labels[i],
                scores[i]));
      }
    }
    return found;
  }
}
