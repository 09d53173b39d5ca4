// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models and pictures of the demo, and models that only tests use. */
public final class ShippedFiles {
  private ShippedFiles() {}

  public static byte[] bytes(String name) throws IOException {
    for (String folder : new String[] {"demo/", "quantize/"}) {
      try (InputStream in = ShippedFiles.class.getResourceAsStream(folder + name)) {
        if (in != null) {
          return in.readAllBytes();
        }
      }
    }
    throw new FileNotFoundException(name);
  }

  public static Path copy(Path folder, String name) throws IOException {
    return Files.write(folder.resolve(name), bytes(name));
  }
}
