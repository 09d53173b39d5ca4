// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonObject;
import dev.octet.Model;
import dev.octet.SignatureInfo;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.Overlap;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.QuantizedModel;
import dev.octet.toolkit.quantize.Quantizer;
import dev.octet.toolkit.quantize.Recipe;
import dev.octet.toolkit.search.AccuracySearch;
import dev.octet.toolkit.text.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet quantize}: a float model in, a smaller one out. */
@Command(
    name = "quantize",
    description = {
      "Quantizes a float model after training.",
      "dynamic: int8 weights. float16: constants of half the size. int8: weights, activations and"
          + " arithmetic. int16x8: int8 weights, int16 activations. weight-only: int8 or int4"
          + " weights, float arithmetic.",
      "int8 and int16x8 measure the ranges of activations on the samples of --calibration; a model"
          + " that was trained for quantization (FAKE_QUANT) brings its own.",
      "The file is written whole or not at all."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:Written.",
      "1:A failure: a file, a model, a data set that does not fit; nothing is written.",
      "2:Wrong usage.",
      "3:Written, but no choice of layers holds --max-accuracy-drop."
    })
final class QuantizeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FLOAT", description = "The float model, a .tflite file.")
  private Path source;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "The .tflite file to write.")
  private Path output;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      converter = ModeName.class,
      completionCandidates = ModeName.class,
      description = {
        "${COMPLETION-CANDIDATES}. With --recipe: what becomes of operators without a rule; they"
            + " stay float without this."
      })
  private Mode mode;

  @Option(
      names = "--recipe",
      paramLabel = "FILE",
      description = {
        "Rules for single operators, JSON: [{\"scope\": \"REGEX\", \"operation\": \"CONV_2D\","
            + " \"compute\": \"INT16X8\"}, ...], or one of ai-edge-quantizer; the last rule that"
            + " matches an operator decides."
      })
  private Path recipe;

  @Option(
      names = "--calibration",
      paramLabel = "DATA",
      description = "Samples to measure ranges on. " + DataSetOptions.NAMES)
  private String calibration;

  @Option(
      names = "--statistics",
      paramLabel = "FILE",
      description = "What an earlier run saw and saved, instead of running samples.")
  private Path statistics;

  @Option(
      names = "--save-statistics",
      paramLabel = "FILE",
      description = {
        "Write what the samples did, for --statistics: with the same model any mode and method can"
            + " be made of it."
      })
  private Path saveStatistics;

  @Option(
      names = "--correct-bias",
      description = {
        "Take back the shifts that rounding gives to the means of layers' outputs, as measured on"
            + " the first 64 samples of --calibration."
      })
  private boolean correctBias;

  @Mixin private DataSetOptions data;
  @Mixin private QuantizeOptions options;
  @Mixin private SearchOptions search;

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (mode == null && recipe == null) {
      throw new ParameterException(spec.commandLine(), "which --mode? (or a --recipe)");
    }
    if (calibration == null && (correctBias || saveStatistics != null)) {
      throw new ParameterException(
          spec.commandLine(),
          (correctBias ? "--correct-bias" : "--save-statistics") + " needs --calibration");
    }
    if (statistics != null && saveStatistics != null) {
      throw new ParameterException(
          spec.commandLine(), "--statistics and --save-statistics exclude each other");
    }
    different(output, source, "the float model");
    if (saveStatistics != null) {
      different(saveStatistics, source, "the float model");
      different(saveStatistics, output, "the file to write");
    }
    String validation = search.validation();
    AtomicFile.requireWritable(output);
    if (saveStatistics != null) {
      AtomicFile.requireWritable(saveStatistics);
    }
    Quantizer quantizer = Quantizer.of(source).mode(mode);
    Recipe rules = recipe == null ? null : Recipe.read(recipe);
    quantizer.recipe(rules);
    options.apply(quantizer);
    QuantizedModel made;
    AccuracySearch.Result found = null;
    Optional<String> overlap = Optional.empty();
    List<String> unsampled = new ArrayList<>();
    try (Model model = Model.load(quantizer.floatModel());
        Progress progress =
            json
                ? Progress.silent()
                : Progress.onTerminal(spec.commandLine().getErr(), "quantizing")) {
      Map<String, DataSet> sets = calibration == null ? Map.of() : data.openAll(calibration, model);
      if (calibration != null) {
        samples(quantizer, model, sets, progress);
      }
      for (SignatureInfo signature : model.signatures()) {
        boolean wanted = calibration != null && mode != null && mode.integer();
        if (wanted && !sets.containsKey(signature.key())) {
          unsampled.add(signature.key());
        }
      }
      if (statistics != null) {
        quantizer.calibration(
            CalibrationStatistics.load(statistics, source.toString(), quantizer.floatModel()));
      } else if (saveStatistics != null) {
        quantizer.calibrate().save(saveStatistics);
      }
      if (validation != null) {
        DataSet others = data.open(validation, model.signatures().get(0));
        if (calibration != null) {
          overlap = Overlap.ofOthers(sets.values().iterator().next(), others).warning();
        }
        found = search.search(quantizer, rules, others, progress);
      }
      made = found == null ? quantizer.quantize() : found.model();
    }
    made.writeTo(output);
    PrintWriter out = spec.commandLine().getOut();
    QuantizationSummary summary =
        new QuantizationSummary(made, output, notRunning(made), unsampled);
    if (json) {
      JsonObject report = summary.json();
      if (found != null) {
        report.add("search", search.json(found));
        report.addProperty("overlap", overlap.orElse(null));
      }
      out.println(Json.text(report));
    } else {
      overlap.ifPresent(line -> out.println("note: " + line));
      if (found != null) {
        search.print(out, found);
      }
      summary.print(out);
    }
    out.flush();
    return found == null || found.reached() ? 0 : EvaluateCommand.TOO_LARGE;
  }

  private void different(Path written, Path other, String words) throws IOException {
    boolean same = written.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    if (same || Files.exists(written) && Files.exists(other) && Files.isSameFile(written, other)) {
      throw new ParameterException(
          spec.commandLine(), written + " is " + words + "; name another file to write");
    }
  }

  private void samples(
      Quantizer quantizer, Model model, Map<String, DataSet> sets, Progress progress) {
    if (correctBias) {
      DataSet first = sets.get(model.signatures().get(0).key());
      if (first == null) {
        throw new ParameterException(
            spec.commandLine(), "--correct-bias needs samples of the first signature");
      }
      quantizer.correctBias(first);
    }
    int total = sets.values().stream().mapToInt(set -> Math.max(0, set.size())).sum();
    long[] before = new long[2];
    quantizer.calibration(sets);
    quantizer.listener(
        (done, ofSet) -> {
          // the count starts again with each signature's set
          before[0] += done < before[1] ? before[1] : 0;
          before[1] = done;
          progress.update("calibrating", before[0] + done, total);
        });
  }

  private static List<String> notRunning(QuantizedModel made) {
    try (Model model = Model.load(made.bytes())) {
      List<String> reasons = new ArrayList<>();
      for (SignatureInfo signature : model.signatures()) {
        reasons.addAll(model.unsupported(signature));
      }
      return reasons;
    }
  }
}
