// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.toolkit.data.TensorNumbers;
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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet classify}: the classes that a model sees in pictures. */
@Command(
    name = "classify",
    description = {
      "Names what a model sees in pictures.",
      "The model has one picture input and its first output holds a score for each class. Scores"
          + " are the model's own, dequantized: probabilities where it ends in a softmax."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class ClassifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private DeviceOptions device;
  @Mixin private PictureOptions pictures;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The .tflite file.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = {
        "PNG, JPEG or BMP files; resized to the input bilinearly, without keeping the aspect ratio."
      })
  private List<Path> images;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = {
        "Names of the classes, one a line. With one line less than classes, class 0 is the"
            + " background."
      })
  private Path labels;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "5",
      description = "How many classes to show (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top " + top + " is less than 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    InputFiles files = new InputFiles(pictures.normalization());
    JsonArray report = new JsonArray();
    InterpreterOptions options = engine.toInterpreterOptions();
    try (Model loaded = Model.load(model);
        EdgeTpu tpu = device.open();
        Interpreter interpreter = loaded.interpreter(options.delegate(tpu))) {
      requireOneInput(interpreter);
      int classes = interpreter.output(0).elements();
      Labels names = labels == null ? Labels.numbers(classes) : Labels.read(labels, classes);
      for (Path image : images) {
        files.fill(interpreter.input(0), image);
        interpreter.run();
        double[] scores = TensorNumbers.of(interpreter.output(0));
        List<Integer> best = TensorNumbers.top(scores, top);
        if (json) {
          report.add(json(image, best, scores, names));
        } else {
          print(out, image, best, scores, names);
        }
      }
    }
    if (json) {
      out.println(Json.text(report));
    }
    out.flush();
    return 0;
  }

  private void requireOneInput(Interpreter interpreter) {
    if (interpreter.inputCount() != 1 || interpreter.outputCount() < 1) {
      throw new IllegalArgumentException(
          model
              + " has "
              + interpreter.inputCount()
              + " inputs and "
              + interpreter.outputCount()
              + " outputs; a classifier has one input. Use octet run");
    }
  }

  private static void print(
      PrintWriter out, Path image, List<Integer> best, double[] scores, Labels names) {
    out.println(image);
    for (int each : best) {
      out.printf(Locale.ROOT, "  %9.5f  %s (%d)%n", scores[each], names.name(each), each);
    }
  }

  private static JsonObject json(Path image, List<Integer> best, double[] scores, Labels names) {
    JsonArray classes = new JsonArray();
    for (int each : best) {
      JsonObject entry = new JsonObject();
      entry.addProperty("index", each);
      entry.addProperty("label", names.name(each));
      entry.add("score", Json.number(scores[each]));
      classes.add(entry);
    }
    JsonObject object = new JsonObject();
    object.addProperty("image", image.toString());
    object.add("top", classes);
    return object;
  }
}
