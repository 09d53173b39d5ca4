// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OctetCommandTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"demo", "run", "classify", "inspect", "bench"})
  void everyCommandHasHelp(String command) {
    String help = CommandRun.good(command, "--help").out();
    assertTrue(help.startsWith("Usage: octet " + command), help);
    assertTrue(CommandRun.good("--help").out().contains("  " + command + " "), command);
  }

  @Test
  void theVersionNamesTheInstructionSet() {
    String version = CommandRun.good("--version").out();
    assertTrue(version.matches("octet \\S+ \\(.+, Java 1?\\d.*\\)\\R"), version);
  }

  @Test
  void wrongUsageIsOneLineAndTwo() {
    assertEquals("octet: which command? (see octet --help)", CommandRun.failed(2));
    assertTrue(CommandRun.failed(2, "rum").contains("rum"));
    assertTrue(CommandRun.failed(2, "run").contains("MODEL"));
    assertTrue(CommandRun.failed(2, "run", "m", "--numerics", "other").contains("fast or exact"));
    assertTrue(CommandRun.failed(2, "run", "m", "--input").contains("NAME_OR_INDEX=FILE"));
    assertTrue(CommandRun.failed(2, "run", "m", "--mean", "1").contains("--mean and --std"));
    assertTrue(CommandRun.failed(2, "run", "m", "--threads", "0").contains("--threads is 0"));
    assertTrue(CommandRun.failed(2, "run", "m", "--threads", "x").contains("--threads"));
    assertTrue(CommandRun.failed(2, "bench", "m", "--seconds", "0").contains("--seconds 0"));
    assertTrue(CommandRun.failed(2, "classify", "m", "i", "--top", "0").contains("--top 0"));
    assertTrue(CommandRun.failed(2, "classify", "m").contains("IMAGE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "inspect", "bench"})
  void anAbsentModelIsOneLineAndOne(String command) {
    Path absent = directory.resolve("absent.tflite");
    String line = CommandRun.failed(1, command, absent);
    assertTrue(line.startsWith("octet: ") && line.contains(absent.toString()), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "inspect", "bench"})
  void aFileThatIsNoModelIsOneLineAndOne(String command) throws IOException {
    Path file = Files.writeString(directory.resolve("model.tflite"), "this is not a model at all");
    String line = CommandRun.failed(1, command, file);
    assertTrue(line.startsWith("octet: ") && line.contains(file.toString()), line);
  }
}
