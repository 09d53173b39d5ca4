// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the shared folder; a test that asks for one that is not there is skipped by name. */
final class SharedFolder {
  private SharedFolder() {}

  static Path file(String name) {
    String folder = System.getenv().getOrDefault("OCTET_SHARED", "../../shared");
    Path path = Path.of(System.getProperty("OCTET_SHARED", folder)).resolve(name);
    assumeTrue(Files.exists(path), "no " + name + " in the shared folder");
    return path;
  }
}
