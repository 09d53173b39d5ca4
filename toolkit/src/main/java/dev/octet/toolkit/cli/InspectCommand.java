// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

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

/** {@code octet inspect}: what is in a model, and what Octet makes of it. */
@Command(
    name = "inspect",
    description = {
      "Shows signatures, operators, tensors, quantization, weights by type, multiplications and"
          + " additions (MACs), the memory plan with its peak, and what Octet does not run and"
          + " why.",
      "Of a model that was compiled for a Coral Edge TPU: runtime, chip, parameters cached on the"
          + " device and streamed to it, inputs and outputs of the device, and what is left to the"
          + " CPU. No device is needed.",
      "With --ops: the operators and types that Octet runs, without a model.",
      "Nothing is run. A model that Octet cannot run is no failure: the exit code is 0."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", arity = "0..1", description = "The .tflite file.")
  private Path model;

  @Option(names = "--tensors", description = "List all tensors and their places in memory too.")
  private boolean tensors;

  @Option(names = "--ops", description = "List the operators that Octet runs, and their types.")
  private boolean ops;

  @Option(names = "--markdown", description = "Print the list of --ops as a Markdown table.")
  private boolean markdown;

  @Option(names = "--json", description = "Print all as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (ops) {
      out.print(
          json
              ? Json.text(OperatorTable.json()) + "\n"
              : markdown ? OperatorTable.markdown() : OperatorTable.text());
      out.flush();
      return 0;
    }
    if (model == null) {
      throw new ParameterException(spec.commandLine(), "which MODEL? (or --ops)");
    }
    Inspection inspection = Inspection.of(model);
    if (json) {
      out.println(Json.text(InspectionJson.of(inspection)));
    } else {
      new InspectionText(out, inspection).print(tensors);
    }
    out.flush();
    return 0;
  }
}
