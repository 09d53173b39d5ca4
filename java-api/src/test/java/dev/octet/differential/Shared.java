// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of published models and data, which a clone of the project alone does not have. */
public final class Shared {
  private static final Path ROOT = root();

  private Shared() {}

  private static Path root() {
    String name = System.getProperty("OCTET_SHARED", System.getenv("OCTET_SHARED"));
    // tests run in the folder of their module
    return name == null ? Path.of("..", "..", "shared") : Path.of(name);
  }

  /** A file of the folder; the test is skipped, with the file's name, where it is absent. */
  public static Path require(String file) {
    Path path = ROOT.resolve(file);
    assumeTrue(Files.exists(path), () -> "skipped: no " + file + " in " + ROOT.normalize());
    return path;
  }

  /** True when the file is there. */
  public static boolean has(String file) {
    return Files.exists(ROOT.resolve(file));
  }
}
