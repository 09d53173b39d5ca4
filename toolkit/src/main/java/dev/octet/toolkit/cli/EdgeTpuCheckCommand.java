// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.tflite.TfliteReader;
import dev.octet.toolkit.edgetpu.Mapping;
import dev.octet.toolkit.edgetpu.MappingJson;
import dev.octet.toolkit.edgetpu.MappingText;
import dev.octet.toolkit.edgetpu.RuleTable;
import dev.octet.toolkit.model.EditableModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet edgetpu check}: what of a model an Edge TPU would run. */
@Command(
    name = "check",
    description = {
      "Which operators of a quantized model a Coral Edge TPU would run by the published rules, why"
          + " it would not run the others, and about how much memory the parameters take there.",
      "Needs neither a device nor the Edge TPU compiler, and compiles nothing.",
      "With --rules: the operators that an Edge TPU runs and what they keep to, without a model."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:All operators would run on the Edge TPU.",
      "1:A failure: a file, a model.",
      "2:Wrong usage.",
      "3:Some or all would run on the CPU."
    })
final class EdgeTpuCheckCommand implements Callable<Integer> {
  /** The exit code where operators stay on the CPU. */
  private static final int INCOMPLETE = 3;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description = "The .tflite file, before it is compiled.")
  private Path model;

  @Option(
      names = "--runtime",
      paramLabel = "VERSION",
      description = {
        "The Edge TPU runtime that the model is for, 10 to 14; the newest is the default. For an"
            + " older one: edgetpu_compiler --min_runtime_version VERSION."
      })
  private Integer runtime;

  @Option(names = "--rules", description = "Print the rules.")
  private boolean rules;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (rules) {
      if (json) {
        out.println(Json.text(RuleTable.json()));
      } else {
        RuleTable.print(out);
      }
      out.flush();
      return 0;
    }
    if (model == null) {
      throw new ParameterException(spec.commandLine(), "which MODEL? (or --rules)");
    }
    EditableModel read = EditableModel.of(TfliteReader.map(model));
    Mapping mapping = mapping(read);
    if (json) {
      out.println(Json.text(MappingJson.of(model.toString(), mapping)));
    } else {
      MappingText.print(out, model.toString(), mapping);
    }
    out.flush();
    return mapping.complete() ? 0 : INCOMPLETE;
  }

  private Mapping mapping(EditableModel read) {
    if (runtime == null) {
      return Mapping.of(read);
    }
    if (runtime < Mapping.OLDEST_RUNTIME || runtime > Mapping.NEWEST_RUNTIME) {
      throw new ParameterException(
          spec.commandLine(),
          "--runtime is "
              + runtime
              + ", not "
              + Mapping.OLDEST_RUNTIME
              + " to "
              + Mapping.NEWEST_RUNTIME);
    }
    return Mapping.of(read, runtime);
  }
}
