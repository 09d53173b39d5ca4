// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.delegate.Simulators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A simulator of libedgetpu in a folder of its own, which {@code EdgeTpu} takes for the library
 * until it is closed. The calling test is skipped, by the library's name, without one.
 */
final class SimulatedEdgeTpu implements AutoCloseable {
  /** Bytes between two tensors, and of a registration: all that builds of libedgetpu have. */
  static final List<String> VARIANTS =
      List.of("104_64", "104_72", "104_88", "112_64", "112_72", "112_88");

  static final String STICK = "device usb /bus/2-1";
  private static final String PROPERTY = "dev.octet.edgetpu.library";

  private final Path folder;
  private final String before;

  SimulatedEdgeTpu(String variant) throws IOException {
    Path original = Simulators.require("libedgetpu_simulator_" + variant + ".so");
    folder = Files.createTempDirectory("tpu");
    Path library = Files.copy(original, folder.resolve("tpu.so"));
    before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, library.toString());
    settings(STICK);
  }

  /** What native/simulator/edgetpu/settings.h lists, one a line; the trace is added. */
  void settings(String... lines) throws IOException {
    String text = String.join("\n", lines) + "\ntrace " + folder.resolve("trace") + "\n";
    Path next = Files.writeString(folder.resolve("next"), text);
    Files.move(
        next,
        folder.resolve("tpu.conf"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Where a {@link TwinServer} may listen. */
  Path socket() {
    return folder.resolve("s");
  }

  List<String> trace() throws IOException {
    Path trace = folder.resolve("trace");
    return Files.exists(trace) ? Files.readAllLines(trace) : List.of();
  }

  List<String> trace(String start) throws IOException {
    return trace().stream().filter(line -> line.startsWith(start)).toList();
  }

  /** No rule was broken, and whatever was made or opened is freed and closed. */
  void assertAllFreed() throws IOException {
    assertEquals(List.of(), trace("VIOLATION"));
    assertEquals(List.of(), trace("abort"));
    assertEquals(trace("init ").size(), trace("free k").size(), this::text);
    assertEquals(
        trace().stream().filter(line -> line.matches("(create|plugin) .* -> d\\d+")).count(),
        trace("free_delegate").size(),
        this::text);
    assertEquals(trace("open ").size(), trace("close ").size(), this::text);
    assertEquals(trace("list ").size(), trace("free_devices").size(), this::text);
  }

  private String text() {
    try {
      return String.join("\n", trace());
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws IOException {
    if (before == null) {
      System.clearProperty(PROPERTY);
    } else {
      System.setProperty(PROPERTY, before);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
