// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Model;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.Overlap;
import dev.octet.toolkit.evaluate.EvaluationJson;
import dev.octet.toolkit.evaluate.EvaluationReport;
import dev.octet.toolkit.evaluate.EvaluationTable;
import dev.octet.toolkit.evaluate.EvaluationText;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.evaluate.Metric;
import dev.octet.toolkit.evaluate.Metrics;
import dev.octet.toolkit.quantize.QuantizedModel;
import dev.octet.toolkit.report.HtmlReport;
import dev.octet.toolkit.report.ReportTable;
import dev.octet.toolkit.report.ReportTable.Tone;
import dev.octet.toolkit.search.AllModes;
import dev.octet.toolkit.search.Verdict;
import dev.octet.toolkit.text.Progress;
import dev.octet.toolkit.text.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
    AllModes.Result result = result();
    String stem = stem();
    Path folder = output == null ? Path.of(stem + "-quantized") : output;
    Files.createDirectories(folder);
    for (Map.Entry<String, QuantizedModel> made : result.models().entrySet()) {
      made.getValue().writeTo(folder.resolve(stem + "_" + made.getKey() + ".tflite"));
    }
    Path report = folder.resolve("report.html");
    String machine = Machine.describe();
    html(result, machine).writeTo(report);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(json(result, folder, machine)));
    } else {
      print(out, result, folder, machine);
    }
    out.flush();
    return 0;
  }

  private String stem() {
    return source.getFileName().toString().replaceFirst("\\.tflite$", "");
  }

  private AllModes.Result result() throws IOException {
    byte[] bytes = Files.readAllBytes(source);
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
    boolean terminal = !json && System.console() != null;
    try (Progress progress =
        terminal ? Progress.on(spec.commandLine().getErr(), "quantize-all") : Progress.silent()) {
      return new AllModes(source.toString(), bytes, samples, others)
          .options(engine.toInterpreterOptions())
          .limit(maxDrop)
          .metrics(wanted)
          .timing(Duration.ofNanos((long) (seconds * 1e9)))
          .listener((words, done, total) -> progress.update(done, total))
          .run();
    }
  }

  private void print(PrintWriter out, AllModes.Result result, Path folder, String machine) {
    Evaluations all = result.evaluations();
    out.println(samples(result));
    warning(result.overlap()).forEach(out::println);
    out.println(EvaluationText.conditions(all, machine));
    out.println();
    TextTable table = new TextTable(EvaluationTable.headings(all));
    all.models().forEach(model -> table.row(EvaluationTable.row(all, model)));
    table.print(out);
    EvaluationText.warnings(all).forEach(out::println);
    out.println();
    result.verdict().models().forEach(each -> out.println(each.sentence()));
    result.failures().forEach((mode, reason) -> out.println(mode + " failed: " + reason));
    floats(result).forEach(out::println);
    out.println();
    out.println(result.verdict().sentence());
    out.println("written to " + folder + ", with report.html");
  }

  private String samples(AllModes.Result result) {
    return String.format(
        Locale.ROOT,
        "%s: calibrated on %,d samples of %s, measured on %,d of %s",
        source,
        result.overlap().firstSize(),
        calibration,
        result.evaluations().samples(),
        validation);
  }

  private static List<String> warning(Overlap overlap) {
    if (overlap.isEmpty()) {
      return List.of();
    }
    Overlap.Pair pair = overlap.pairs().get(0);
    return List.of(
        String.format(
            Locale.ROOT,
            "%,d of the %,d calibration samples are also in the validation set (%s is %s): the"
                + " accuracy is rosier than on new data",
            overlap.count(),
            overlap.firstSize(),
            pair.first(),
            pair.second()));
  }

  /** A line for each mode in which operators stay float that another mode would quantize. */
  private static List<String> floats(AllModes.Result result) {
    return result.models().entrySet().stream()
        .filter(made -> !made.getKey().matches("float16|weight-only|dynamic"))
        .filter(made -> !made.getValue().kept().isEmpty())
        .map(
            made ->
                made.getKey()
                    + ": "
                    + made.getValue().kept().size()
                    + " operators stay as they were, the first is "
                    + made.getValue().kept().get(0))
        .toList();
  }

  private HtmlReport html(AllModes.Result result, String machine) {
    Verdict verdict = result.verdict();
    HtmlReport report = new HtmlReport("All modes of " + source.getFileName());
    report.note(samples(result));
    warning(result.overlap()).forEach(line -> report.verdict(Tone.WARNING, line));
    report.verdict(verdict.chosen().isPresent() ? Tone.GOOD : Tone.BAD, verdict.sentence());
    ReportTable table = new ReportTable("mode", "accuracy", "smaller", "faster", "in words");
    for (Verdict.OfModel each : verdict.models()) {
      Tone tone =
          switch (each.judgement()) {
            case SOUND -> Tone.GOOD;
            case UNSURE -> Tone.WARNING;
            case POOR -> Tone.BAD;
            case UNKNOWN -> Tone.PLAIN;
          };
      table.row(
          each.name(),
          ReportTable.cell(each.judgement().name().toLowerCase(Locale.ROOT), tone),
          String.format(Locale.ROOT, "%.2fx", each.smaller()),
          Double.isNaN(each.faster()) ? "–" : String.format(Locale.ROOT, "%.2fx", each.faster()),
          each.sentence());
    }
    report.table(table);
    result.failures().forEach((mode, why) -> report.verdict(Tone.BAD, mode + " failed: " + why));
    floats(result).forEach(line -> report.verdict(Tone.PLAIN, line));
    report.heading("Measured");
    EvaluationReport.add(report, result.evaluations(), machine);
    return report;
  }

  private JsonObject json(AllModes.Result result, Path folder, String machine) {
    JsonObject root = new JsonObject();
    root.addProperty("source", source.toString());
    root.addProperty("folder", folder.toString());
    root.addProperty("calibration", calibration);
    root.addProperty("calibration_samples", result.overlap().firstSize());
    root.addProperty("overlap", result.overlap().count());
    root.addProperty("chosen", result.verdict().chosen().orElse(null));
    root.addProperty("verdict", result.verdict().sentence());
    JsonArray modes = new JsonArray();
    for (Verdict.OfModel each : result.verdict().models()) {
      JsonObject mode = new JsonObject();
      mode.addProperty("mode", each.name());
      mode.addProperty("judgement", each.judgement().name().toLowerCase(Locale.ROOT));
      mode.addProperty("smaller", each.smaller());
      mode.addProperty("faster", Double.isNaN(each.faster()) ? null : each.faster());
      mode.addProperty("operators_kept", result.models().get(each.name()).kept().size());
      modes.add(mode);
    }
    root.add("modes", modes);
    JsonObject failures = new JsonObject();
    result.failures().forEach(failures::addProperty);
    root.add("failures", failures);
    root.add("evaluation", EvaluationJson.of(result.evaluations(), machine));
    return root;
  }
}
