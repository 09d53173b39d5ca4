// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.Tensor;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.Picture;
import dev.octet.toolkit.data.PictureInput;
import dev.octet.toolkit.data.PictureReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet detect}: the objects that a model finds in a picture. */
@Command(
    name = "detect",
    description = {
      "Finds objects in a picture and draws boxes around them.",
      "The model has one picture input and ends in TFLite_Detection_PostProcess, as SSD models"
          + " for TensorFlow Lite do."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class DetectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private PictureOptions pictures;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The .tflite file.")
  private Path model;

  @Parameters(
      index = "1",
      paramLabel = "IMAGE",
      description = "A PNG, JPEG or BMP file; resized to the input bilinearly.")
  private Path image;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the picture with the boxes drawn on it as a PNG file.")
  private Path output;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes, one a line, the first that of class 0.")
  private Path labels;

  @Option(
      names = "--threshold",
      paramLabel = "SCORE",
      defaultValue = "0.5",
      description = "The least score to report (default: ${DEFAULT-VALUE}).")
  private float threshold;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Picture picture = PictureReader.read(image);
    List<Detections.Detection> found;
    try (Model loaded = Model.load(model);
        Interpreter interpreter = loaded.interpreter(engine.toInterpreterOptions())) {
      if (interpreter.inputCount() != 1) {
        throw new IllegalArgumentException(
            model + " has " + interpreter.inputCount() + " inputs; a detector has one");
      }
      Detections detections = new Detections(model, interpreter);
      fill(interpreter.input(0), picture);
      interpreter.run();
      found = detections.found(threshold);
    }
    int classes = found.stream().mapToInt(each -> each.label() + 1).max().orElse(0);
    Labels names = labels == null ? Labels.numbers(classes) : Labels.atLeast(labels, classes);
    if (output != null) {
      BoxPainter.write(picture, found, names, output);
    }
    report(found, names, picture);
    return 0;
  }

  private void fill(Tensor input, Picture picture) throws IOException {
    try {
      PictureInput encoding =
          new PictureInput(
              input.type(), input.shape(), input.info().quantization(), pictures.normalization());
      input.buffer().put(encoding.encode(picture));
    } catch (IllegalArgumentException e) {
      throw new DataFormatException(image.toString(), e.getMessage(), e);
    }
  }

  private void report(List<Detections.Detection> found, Labels names, Picture picture) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonArray boxes = new JsonArray();
      found.forEach(each -> boxes.add(json(each, names)));
      JsonObject report = new JsonObject();
      report.addProperty("image", image.toString());
      report.addProperty("h", picture.h());
      report.addProperty("w", picture.w());
      report.add("detections", boxes);
      out.println(Json.text(report));
    } else {
      out.printf("%s: %d found%n", image, found.size());
      for (Detections.Detection each : found) {
        out.printf(
            Locale.ROOT,
            "  %.3f  %-20s x %4d to %4d, y %4d to %4d%n",
            each.score(),
            names.name(each.label()),
            Math.round(each.xmin() * picture.w()),
            Math.round(each.xmax() * picture.w()),
            Math.round(each.ymin() * picture.h()),
            Math.round(each.ymax() * picture.h()));
      }
    }
    out.flush();
  }

  private static JsonObject json(Detections.Detection each, Labels names) {
    JsonObject object = new JsonObject();
    object.addProperty("index", each.label());
    object.addProperty("label", names.name(each.label()));
    object.add("score", Json.number(each.score()));
    object.add("ymin", Json.number(each.ymin()));
    object.add("xmin", Json.number(each.xmin()));
    object.add("ymax", Json.number(each.ymax()));
    object.add("xmax", Json.number(each.xmax()));
    return object;
  }
}
