// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonObject;
import dev.octet.EdgeTpu;
import dev.octet.InterpreterOptions;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.Frame;
import dev.octet.toolkit.data.FrameStream;
import dev.octet.toolkit.data.NewestFrames;
import dev.octet.toolkit.data.Picture;
import dev.octet.toolkit.data.PictureReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet detect}: the objects that a model finds in a picture, or in a camera's frames. */
@Command(
    name = "detect",
    description = {
      "Finds objects in a picture, or in the frames of a camera, and draws boxes around them.",
      "The model has one picture input and ends in TFLite_Detection_PostProcess, as SSD models"
          + " for TensorFlow Lite do.",
      "With - for IMAGE frames are read from standard input until it ends, such as: rpicam-vid -n"
          + " -t 0 --codec mjpeg -o - | octet detect MODEL -"
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class DetectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private DeviceOptions device;
  @Mixin private PictureOptions pictures;
  @Mixin private FrameOptions frames;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The .tflite file.")
  private Path model;

  @Parameters(
      index = "1",
      paramLabel = "IMAGE",
      description = {
        "A PNG, JPEG or BMP file, resized to the input bilinearly; - for a stream of frames."
      })
  private Path image;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = {
        "Write the picture with the boxes drawn on it as a PNG file. Of a stream each frame"
            + " replaces the one before, or has a file of its own where FILE has a %%d for its"
            + " number."
      })
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

  @Option(names = "--json", description = "Print JSON; of a stream an object a line.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    boolean stream = image.toString().equals("-");
    if (!stream && frames.given()) {
      throw new ParameterException(
          spec.commandLine(), "--frames, --size, --newest and --count are for a stream, -");
    }
    InterpreterOptions options = engine.toInterpreterOptions();
    try (EdgeTpu tpu = device.open();
        Detector detector = new Detector(model, options.delegate(tpu), pictures.normalization())) {
      if (stream) {
        watch(detector);
      } else {
        look(detector);
      }
    }
    return 0;
  }

  private void look(Detector detector) throws IOException {
    Picture picture = PictureReader.read(image);
    List<Detections.Detection> found = detector.find(picture, threshold);
    Labels names = names(found);
    if (output != null) {
      BoxPainter.write(picture, found, names, output);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonObject report = new JsonObject();
      report.addProperty("image", image.toString());
      DetectionText.add(report, found, names, picture);
      out.println(Json.text(report));
    } else {
      out.printf("%s: %d found%n", image, found.size());
      DetectionText.print(out, found, names, picture);
    }
    out.flush();
  }

  private Labels names(List<Detections.Detection> found) throws IOException {
    int classes = found.stream().mapToInt(each -> each.label() + 1).max().orElse(0);
    return labels == null ? Labels.numbers(classes) : Labels.atLeast(labels, classes);
  }

  private void watch(Detector detector) throws IOException {
    FrameStream stream = frames.open("standard input", System.in);
    NewestFrames newest = frames.newest() ? new NewestFrames(stream) : null;
    FrameStream source = newest == null ? stream : newest;
    Histogram micros = new Histogram(3);
    long damaged = 0;
    long start = System.nanoTime();
    for (long number = 1; number <= frames.count(); number++) {
      Frame frame = source.next();
      if (frame == null) {
        break;
      }
      long began = System.nanoTime();
      Picture picture;
      try {
        picture = frame.picture();
      } catch (DataFormatException e) {
        damaged++;
        spec.commandLine().getErr().println(e.getMessage() + "; left out");
        continue;
      }
      List<Detections.Detection> found = detector.find(picture, threshold);
      long took = System.nanoTime() - began;
      micros.recordValue(took / 1000);
      tell(number, picture, found, took / 1e6);
    }
    if (!json) {
      summary(micros, damaged, newest, (System.nanoTime() - start) / 1e9);
    }
  }

  private void tell(long number, Picture picture, List<Detections.Detection> found, double millis)
      throws IOException {
    Labels names = names(found);
    if (output != null) {
      String file = output.toString();
      Path numbered =
          file.contains("%d") ? Path.of(file.replace("%d", Long.toString(number))) : output;
      BoxPainter.write(picture, found, names, numbered);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonObject report = new JsonObject();
      report.addProperty("frame", number);
      report.add("ms", Json.number(millis));
      DetectionText.add(report, found, names, picture);
      out.println(report);
    } else {
      out.printf(Locale.ROOT, "frame %d: %d found, %.1f ms%n", number, found.size(), millis);
      DetectionText.print(out, found, names, picture);
    }
    out.flush();
  }

  private void summary(Histogram micros, long damaged, NewestFrames newest, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    long count = micros.getTotalCount();
    out.printf(
        Locale.ROOT,
        "%d frames, %.1f a second, %.1f ms each (median)",
        count,
        count / seconds,
        micros.getValueAtPercentile(50) / 1e3);
    if (newest != null) {
      out.printf(", %d left out as too many", newest.dropped());
    }
    if (damaged > 0) {
      out.printf(", %d damaged", damaged);
    }
    out.println();
    out.flush();
  }
}
