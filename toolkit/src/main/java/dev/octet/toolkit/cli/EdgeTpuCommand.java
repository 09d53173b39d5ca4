// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code octet edgetpu}: what concerns Coral Edge TPUs; each of its commands has its own class. */
@Command(
    name = "edgetpu",
    description = {
      "Coral Edge TPUs.",
      "To run a compiled model on one: octet run, classify, detect or bench with --device."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {EdgeTpuDoctorCommand.class, EdgeTpuCheckCommand.class})
final class EdgeTpuCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}
