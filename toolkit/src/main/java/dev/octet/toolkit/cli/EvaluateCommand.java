// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.SignatureInfo;
import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.evaluate.Bootstrap;
import dev.octet.toolkit.evaluate.Comparison;
import dev.octet.toolkit.evaluate.EvaluationJson;
import dev.octet.toolkit.evaluate.EvaluationReport;
import dev.octet.toolkit.evaluate.EvaluationText;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.evaluate.Evaluator;
import dev.octet.toolkit.evaluate.Metric;
import dev.octet.toolkit.evaluate.MetricDifference;
import dev.octet.toolkit.evaluate.Metrics;
import dev.octet.toolkit.text.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/** {@code octet evaluate}: how good models are on a data set, and whether one is worse. */
@Command(
    name = "evaluate",
    description = {
      "Measures models on a data set, side by side: accuracy or error, agreement with the first"
          + " model, the difference from it with a 95 %% confidence interval from pairs (a share:"
          + " Tango's score interval and McNemar's mid-p test; else bootstrap), the class that lost"
          + " most, size, time and memory.",
      "Time is measured after the accuracy, run by run after warming up, the models taking turns."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:Measured, and no limit was exceeded.",
      "1:A failure: a file, a model, a data set that does not fit.",
      "2:Wrong usage.",
      "3:Measured, and a model lost more than --max-drop or --max-drop-confident allow."
    })
final class EvaluateCommand implements Callable<Integer> {
  /** The exit code for a loss beyond a limit. */
  static final int TOO_LARGE = 3;

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private DataSetOptions dataOptions;

  @Parameters(arity = "1..*", paramLabel = "MODEL", description = "The .tflite files.")
  private List<Path> models;

  @Option(
      names = "--validation",
      required = true,
      paramLabel = "DATA",
      description = "The data set. " + DataSetOptions.NAMES)
  private String validation;

  @Option(
      names = "--baseline",
      paramLabel = "MODEL",
      description = "The model that the others are compared with (default: the first).")
  private Path baseline;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = {
        "top1, top5, ... (any number), loss, mse, mae, rmse, auc, or a class on the class path that"
            + " implements dev.octet.toolkit.evaluate.Metric; may be repeated. Default: top1 (for"
            + " more than 10 classes also top5) and loss with labels, mae and rmse with targets."
      })
  private List<String> metrics = List.of();

  @Option(
      names = "--max-drop",
      paramLabel = "POINTS",
      description = {
        "End with exit code 3 when a model's first metric in percent is more than so many points"
            + " below the baseline's, as measured. Without a metric in percent (regression): when"
            + " the first metric is worse by more than that, in its unit."
      })
  private Double maxDrop;

  @Option(
      names = "--max-drop-confident",
      paramLabel = "POINTS",
      description = {
        "End with exit code 3 unless the whole 95 %% interval of that loss is at most so many"
            + " points: the data must show that the loss is no greater."
      })
  private Double maxDropConfident;

  @Option(
      names = "--signature",
      paramLabel = "KEY",
      description = "The entry point (default: the model's first).")
  private String signature;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Samples worked on at once (default: as many as there are processors).")
  private Integer workers;

  @Option(
      names = "--time",
      paramLabel = "SECONDS",
      defaultValue = "0.3",
      description = {
        "How long each model's time is measured (default: ${DEFAULT-VALUE}); 0 leaves it out."
      })
  private double seconds;

  @Option(
      names = "--resamples",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Of the bootstrap (default: ${DEFAULT-VALUE}, seed 1).")
  private int resamples;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Also write a report with plots: one file that needs no other.")
  private Path report;

  @Override
  public Integer call() throws IOException {
    if (report != null) {
      AtomicFile.requireWritable(report);
    }
    InterpreterOptions options = engine.toInterpreterOptions();
    if (signature != null) {
      options = options.signature(signature);
    }
    List<Path> files = files();
    DataSet data = dataOptions.open(validation, entry(files));
    Evaluator evaluator = evaluator(files, data).options(options);
    Evaluations result = evaluate(evaluator);
    PrintWriter out = spec.commandLine().getOut();
    String machine = Machine.describe();
    if (json) {
      out.println(Json.text(EvaluationJson.of(result, machine)));
    } else {
      EvaluationText.print(out, result, machine);
    }
    if (report != null) {
      EvaluationReport.of(result, machine).writeTo(report);
    }
    boolean exceeded = false;
    for (Comparison comparison : result.comparisons()) {
      exceeded |= exceeds(comparison);
    }
    out.flush();
    return exceeded ? TOO_LARGE : 0;
  }

  /** The models, the baseline among them. */
  private List<Path> files() {
    List<Path> files = new ArrayList<>(models);
    if (baseline != null && !files.contains(baseline)) {
      files.add(0, baseline);
    }
    if (files.stream().distinct().count() < files.size()) {
      throw usage("a model is named twice: " + files);
    }
    boolean limited = maxDrop != null || maxDropConfident != null;
    if (limited && files.size() == 1) {
      throw usage("a limit of the drop takes two models at least, or a baseline");
    }
    if (seconds < 0 || seconds > 3600) {
      throw usage("--time is " + seconds + ", not 0 to 3600");
    }
    return files;
  }

  private ParameterException usage(String words) {
    return new ParameterException(spec.commandLine(), words);
  }

  /**
   * The entry point that samples are made for: the baseline's, unless its inputs are quantized and
   * another model takes real numbers.
   */
  private SignatureInfo entry(List<Path> files) {
    List<Path> order = new ArrayList<>(files);
    if (baseline != null) {
      order.remove(baseline);
      order.add(0, baseline);
    }
    SignatureInfo first = null;
    for (Path file : order) {
      try (Model model = Model.load(file)) {
        SignatureInfo entry =
            signature == null ? model.signatures().get(0) : model.signature(signature);
        if (entry.inputs().values().stream().allMatch(input -> input.quantization().isEmpty())) {
          return entry;
        }
        first = first == null ? entry : first;
      }
    }
    return first;
  }

  private Evaluator evaluator(List<Path> files, DataSet data) {
    Evaluator evaluator = Evaluator.on(data);
    List<String> names = ModelNames.of(files);
    for (int i = 0; i < files.size(); i++) {
      evaluator.model(names.get(i), files.get(i));
    }
    if (baseline != null) {
      evaluator.baseline(names.get(files.indexOf(baseline)));
    }
    try {
      evaluator
          .metrics(metrics.stream().map(Metrics::named).toArray(Metric[]::new))
          .timing(Duration.ofNanos((long) (seconds * 1e9)))
          .bootstrap(new Bootstrap(resamples, 1));
      if (workers != null) {
        evaluator.workers(workers);
      }
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    return evaluator;
  }

  private Evaluations evaluate(Evaluator evaluator) throws IOException {
    try (Progress progress =
        json ? Progress.silent() : Progress.onTerminal(spec.commandLine().getErr(), "evaluating")) {
      return evaluator.listener(progress::update).evaluate();
    }
  }

  /** Says on standard error which limit a model exceeds. */
  private boolean exceeds(Comparison comparison) {
    if (maxDrop == null && maxDropConfident == null) {
      return false;
    }
    MetricDifference limited =
        comparison
            .accuracy()
            .or(() -> comparison.metrics().stream().findFirst())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "--max-drop takes samples with labels or targets; there are none"));
    double unit = limited.percent() ? 100 : 1;
    // 100 times a count over a count may miss the written number by its last bits
    double rounding = limited.percent() ? 1e-9 : 0;
    String limit = "";
    if (maxDrop != null && !(unit * limited.loss() <= maxDrop + rounding)) {
      limit = String.format(Locale.ROOT, "--max-drop %s", maxDrop);
    } else if (maxDropConfident != null
        && !(unit * limited.interval().high() <= maxDropConfident + rounding)) {
      limit = String.format(Locale.ROOT, "--max-drop-confident %s", maxDropConfident);
    }
    if (!limit.isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("octet: " + comparison.model() + " exceeds " + limit + ": " + limited.sentence());
    }
    return !limit.isEmpty();
  }
}
