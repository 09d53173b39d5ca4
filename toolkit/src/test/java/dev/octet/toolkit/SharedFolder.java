// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of the shared folder: {@code OCTET_SHARED} as a system property or in the environment, or
 * else the folder {@code shared} beside the repository.
 */
public final class SharedFolder {
  private SharedFolder() {}

  /** A file or folder in it; a test that asks for one that is absent is skipped by its name. */
  public static Path file(String name) {
    String root = System.getenv().getOrDefault("OCTET_SHARED", "../../shared");
    Path path = Path.of(System.getProperty("OCTET_SHARED", root)).resolve(name);
    assumeTrue(Files.exists(path), () -> "skipped: " + path.normalize() + " is absent");
    return path;
  }
}
