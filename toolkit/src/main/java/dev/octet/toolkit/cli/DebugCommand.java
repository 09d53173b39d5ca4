// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Model;
import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.debug.DebugJson;
import dev.octet.toolkit.debug.DebugReport;
import dev.octet.toolkit.debug.DebugText;
import dev.octet.toolkit.debug.Debugger;
import dev.octet.toolkit.debug.Diagnosis;
import dev.octet.toolkit.text.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet debug}: which layers of a quantized model do harm, why, and what mends them. */
@Command(
    name = "debug",
    description = {
      "Compares a quantized model with its float model layer by layer: what each layer does wrong"
          + " by itself and what has added up by then, which values are clipped, how much of its"
          + " range is used, how well its weights fit.",
      "Layers are ranked. For the worst, changes are tried on the quantized model (another range,"
          + " weight scales by channel, a corrected bias, the layer in float) and what each wins at"
          + " the outputs is measured.",
      "Any quantized file will do that was made of the float model, TensorFlow's too. Nothing is"
          + " written but the report."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class DebugCommand implements Callable<Integer> {
  private static final int TABLE = 10;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FLOAT", description = "The float model.")
  private Path real;

  @Parameters(index = "1", paramLabel = "QUANTIZED", description = "What was made of it.")
  private Path quantized;

  @Option(
      names = "--validation",
      required = true,
      paramLabel = "DATA",
      description = "Samples that both run on. " + DataSetOptions.NAMES)
  private String validation;

  @Option(
      names = "--calibration",
      paramLabel = "DATA",
      description = {
        "The samples that the quantized model was calibrated with, to name those that set a range."
      })
  private String calibration;

  @Mixin private DataSetOptions data;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most the first N samples of --validation (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--mends",
      paramLabel = "N",
      defaultValue = "5",
      description = {
        "Try changes on the N worst layers (default: ${DEFAULT-VALUE}); 0 measures the layers only."
      })
  private int mends;

  @Option(names = "--all", description = "List all layers, not the " + TABLE + " worst.")
  private boolean all;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Also write a report with plots: one file that needs no other.")
  private Path report;

  @Override
  public Integer call() throws IOException {
    if (samples < 1) {
      throw new ParameterException(
          spec.commandLine(), "--samples is " + samples + ", not positive");
    }
    if (mends < 0) {
      throw new ParameterException(spec.commandLine(), "--mends is " + mends);
    }
    if (report != null) {
      AtomicFile.requireWritable(report);
    }
    Debugger debugger = Debugger.of(real, quantized).mends(mends);
    try (Model model = Model.load(real)) {
      DataOptions options = data.toDataOptions();
      debugger.samples(open(validation, model, options.limit(Math.min(samples, options.limit()))));
      if (calibration != null) {
        debugger.calibration(open(calibration, model, options));
      }
    }
    Diagnosis found = diagnose(debugger);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(DebugJson.of(found)));
    } else {
      DebugText.print(out, found, all ? Integer.MAX_VALUE : TABLE);
    }
    if (report != null) {
      DebugReport.of(found).writeTo(report);
    }
    out.flush();
    return 0;
  }

  private static DataSet open(String name, Model model, DataOptions options) throws IOException {
    return DataSets.open(name, model.signatures().get(0), options);
  }

  private Diagnosis diagnose(Debugger debugger) throws IOException {
    try (Progress progress =
        json ? Progress.silent() : Progress.onTerminal(spec.commandLine().getErr(), "debugging")) {
      return debugger.listener(progress::update).diagnose();
    }
  }
}
