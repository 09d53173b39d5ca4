// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder of libraries that tests load delegates from, in the native build: the system property
 * {@code octet.simulators}, or where the build puts it.
 */
public final class Simulators {
  private static final String BUILD = "native/target/cmake/linux-x86_64-g++";

  private Simulators() {}

  /** A library of the folder; the test is skipped, with its name, where it is absent. */
  public static Path require(String library) {
    String folder = System.getProperty("octet.simulators");
    List<Path> folders =
        folder == null
            ? List.of(Path.of(BUILD), Path.of("..").resolve(BUILD))
            : List.of(Path.of(folder));
    for (Path each : folders) {
      if (Files.exists(each.resolve(library))) {
        return each.resolve(library).toAbsolutePath();
      }
    }
    assumeTrue(false, () -> "skipped: no " + library + " in " + folders);
    return null;
  }
}
