// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final byte[] CONTENTS = {1, 2, 3};

  @TempDir private Path folder;

  @Test
  void aLinkStaysALink() throws IOException {
    Path target = Files.write(folder.resolve("target"), new byte[9]);
    Path link = Files.createSymbolicLink(folder.resolve("link"), target.getFileName());
    AtomicFile.write(link, CONTENTS);
    assertTrue(Files.isSymbolicLink(link));
    assertArrayEquals(CONTENTS, Files.readAllBytes(target));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "nothing else is left");
    }
  }

  @Test
  void aPipeStaysAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    boolean made;
    try {
      made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
    } catch (IOException e) {
      made = false;
    }
    assumeTrue(made, "no mkfifo here");
    CompletableFuture<byte[]> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readAllBytes(pipe);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    AtomicFile.write(pipe, CONTENTS);
    assertArrayEquals(CONTENTS, read.get(10, TimeUnit.SECONDS));
    assertFalse(Files.isRegularFile(pipe));
  }
}
