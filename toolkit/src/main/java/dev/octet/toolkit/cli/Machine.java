// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a measurement has to say of the machine that it was made on. */
final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Such as {@code AMD EPYC 9R14, 2 processors, Linux amd64, Java 17.0.15}. */
  static String describe() {
    return String.format(
        "%s, %d processors, %s %s, Java %s",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        System.getProperty("java.version"));
  }

  private static String processor() {
    try {
      for (String line : Files.readAllLines(CPU_INFO)) {
        if (line.startsWith("model name") || line.startsWith("Model")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      return "unknown processor";
    }
    return "unknown processor";
  }
}
