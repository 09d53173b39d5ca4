// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.Normalization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class DataSetOptionsTest {
  @Command(name = "try")
  static final class Try implements Runnable {
    @Mixin private DataSetOptions data;

    @Option(names = "--validation", description = DataSetOptions.NAMES)
    private String validation;

    @Override
    public void run() {}
  }

  private static Try parse(String... args) {
    Try command = new Try();
    new CommandLine(command).parseArgs(args);
    return command;
  }

  @Test
  void withoutOptionsAllSamplesAreTaken() {
    assertEquals(DataOptions.DEFAULT, parse().data.toDataOptions());
  }

  @Test
  void everyOptionArrives() {
    Try command =
        parse(
            "--mean",
            "1",
            "--std",
            "2",
            "--labels",
            "n.txt",
            "--limit",
            "5",
            "--skip",
            "3",
            "--shuffle",
            "-7");
    DataOptions expected =
        new DataOptions(
            Optional.of(new Normalization(1, 2)),
            Optional.of(Path.of("n.txt")),
            OptionalLong.of(-7),
            3,
            5);
    assertEquals(expected, command.data.toDataOptions());
    assertEquals(Optional.of(Path.of("n.txt")), command.data.labels());
  }

  @Test
  void whatMakesNoSenseIsWrongUsage() {
    for (String[] args :
        new String[][] {{"--limit", "0"}, {"--skip", "-1"}, {"--mean", "1"}, {"--std", "0"}}) {
      DataSetOptions data = parse(args).data;
      assertThrows(ParameterException.class, data::toDataOptions, args[0]);
    }
  }

  @Test
  void setsAreOpenedForAModel() throws IOException {
    try (Model model = Model.load(ShippedFiles.bytes("digits_float.tflite"));
        Interpreter interpreter = model.interpreter()) {
      Try command = parse("--limit", "4", "--validation", "digits:1:30");
      DataSet set = command.data.open(command.validation, interpreter);
      assertEquals(4, set.size());
      assertEquals("digits:1:30", set.name());
      assertEquals(1, command.data.openAll(command.validation, model).size());
    }
  }

  @Test
  void theHelpNamesTheForms() {
    String help = new CommandLine(new Try()).getUsageMessage(CommandLine.Help.Ansi.OFF);
    assertTrue(help.contains("FILE.npz") && help.contains("--shuffle=SEED"), help);
    assertTrue(help.contains("--mean=M"), help);
  }
}
