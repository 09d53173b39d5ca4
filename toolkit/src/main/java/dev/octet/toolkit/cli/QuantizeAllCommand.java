// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonObject;
import dev.octet.Model;
import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.WholeFile;
import dev.octet.toolkit.evaluate.Metric;
import dev.octet.toolkit.evaluate.Metrics;
import dev.octet.toolkit.quantize.QuantizedModel;
import dev.octet.toolkit.search.AllModes;
import dev.octet.toolkit.search.AllModesJson;
import dev.octet.toolkit.search.AllModesReport;
import dev.octet.toolkit.search.AllModesText;
import dev.octet.toolkit.text.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet quantize-all}: every mode, one table, one report, one verdict. */
@Command(
    name = "quantize-all",
    description = {
      "Quantizes a float model in every mode, measures all of them on a data set side by side, and"
          + " says which to use: the fastest, of equally fast ones the smallest, of those whose"
          + " loss of accuracy is within --max-drop.",
      "Writes DIR/MODEL_MODE.tflite for each mode and DIR/report.html."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class QuantizeAllCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private DataSetOptions data;

  @Parameters(paramLabel = "FLOAT", description = "The float model, a .tflite file.")
  private Path source;

  @Option(
      names = "--calibration",
      required = true,
      paramLabel = "DATA",
      description = "Samples to measure ranges on. " + DataSetOptions.NAMES)
  private String calibration;

  @Option(
      names = "--validation",
      required = true,
      paramLabel = "DATA",
      description = "Other samples, with labels or targets, to measure accuracy on.")
  private String validation;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "The folder to write (default: MODEL-quantized in the current folder).")
  private Path output;

  @Option(
      names = "--max-drop",
      paramLabel = "POINTS",
      defaultValue = "0.5",
      description = {
        "The greatest loss of accuracy that is all right, in points (default: ${DEFAULT-VALUE})."
      })
  private double maxDrop;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "As with octet evaluate; may be repeated.")
  private List<String> metrics = List.of();

  @Option(
      names = "--time",
      paramLabel = "SECONDS",
      defaultValue = "0.3",
      description = {
        "How long each model's time is measured (default: ${DEFAULT-VALUE}); 0 leaves it out."
      })
  private double seconds;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (!(seconds >= 0 && seconds <= 3600)) {
      throw new ParameterException(spec.commandLine(), "--time is " + seconds + ", not 0 to 3600");
    }
    if (!(maxDrop >= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--max-drop is " + maxDrop + ", not 0 or more");
    }
    if (output != null && Files.exists(output) && !Files.isDirectory(output)) {
      throw new ParameterException(spec.commandLine(), output + " is no folder");
    }
    String stem = stem();
    Path folder = output == null ? Path.of(stem + "-quantized") : output;
    if (Files.exists(folder)) {
      AtomicFile.requireWritable(folder.resolve("report.html"));
    }
    AllModes.Result result = result();
    Files.createDirectories(folder);
    for (Map.Entry<String, QuantizedModel> made : result.models().entrySet()) {
      made.getValue().writeTo(folder.resolve(stem + "_" + made.getKey() + ".tflite"));
    }
    Path report = folder.resolve("report.html");
    String machine = Machine.describe();
    AllModesReport.of(result, machine).writeTo(report);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonObject root = AllModesJson.of(result, machine);
      root.addProperty("folder", folder.toString());
      out.println(Json.text(root));
    } else {
      AllModesText.print(out, result, machine);
      out.println("written to " + folder + ", with report.html");
    }
    out.flush();
    return 0;
  }

  private String stem() {
    return source.getFileName().toString().replaceFirst("\\.tflite$", "");
  }

  private AllModes.Result result() throws IOException {
    byte[] bytes = WholeFile.read(source);
    Map<String, DataSet> samples;
    DataSet others;
    try (Model model = Model.load(source)) {
      samples = data.openAll(calibration, model);
      others = data.open(validation, model.signatures().get(0));
    }
    Metric[] wanted;
    try {
      wanted = metrics.stream().map(Metrics::named).toArray(Metric[]::new);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    try (Progress progress =
        json
            ? Progress.silent()
            : Progress.onTerminal(spec.commandLine().getErr(), "quantize-all")) {
      return new AllModes(source.toString(), bytes, samples, others)
          .options(engine.toInterpreterOptions())
          .limit(maxDrop)
          .metrics(wanted)
          .timing(Duration.ofNanos((long) (seconds * 1e9)))
          .listener(progress::update)
          .run();
    }
  }
}
