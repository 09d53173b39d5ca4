// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Octet;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without a native library the cause says which platform it is, what there is and what to do. */
final class UnavailabilityTest {
  private static final String JAVA =
      System.getProperty(
          "octet.test.java", Path.of(System.getProperty("java.home"), "bin", "java").toString());

  /** Says whether Octet is available, and why not. */
  public static final class Question {
    private Question() {}

    public static void main(String[] args) {
      Throwable cause = Octet.unavailabilityCause();
      System.out.println(Octet.isAvailable() + " " + (cause == null ? "" : cause.getMessage()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-Dorg.bytedeco.javacpp.platform=linux-riscv64, linux-riscv64, native/DESIGN.md",
    "-Dos.arch=riscv64, linux-riscv64, native/DESIGN.md",
    "-Dorg.bytedeco.javacpp.platform=linux-armhf, linux-armhf, 64-bit Raspberry Pi OS",
    "-Dos.arch=arm, linux-arm, 64-bit Raspberry Pi OS",
    "-Dorg.bytedeco.javacpp.platform=windows-x86_64, windows-x86_64, virtual machine",
  })
  void platformWithoutLibrary(String option, String platform, String advice) throws Exception {
    String text = ask(System.getProperty("java.class.path"), option);
    assertTrue(text.startsWith("false there is no native library for " + platform), text);
    assertTrue(text.contains("linux-x86_64 and linux-arm64"), text);
    assertTrue(text.contains(advice), text);
  }

  @Test
  void libraryLeftOut() throws Exception {
    String withoutNatives =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("native-linux") && !entry.endsWith("native"))
            .filter(entry -> !entry.matches(".*octet-presets-.*-linux-.*"))
            .collect(Collectors.joining(File.pathSeparator));
    String text = ask(withoutNatives);
    assertTrue(text.matches("false the native library for linux-\\w+ is neither .*"), text);
    assertTrue(text.contains("dev.octet:octet-platform"), text);
  }

  @Test
  void libraryOfAnotherPlatformOnly() {
    String text = Unavailability.text("linux-arm64", List.of("linux-x86_64"), new Error());
    assertTrue(text.contains("only that for linux-x86_64: add the jar octet-presets"), text);
  }

  @Test
  void libraryThatCannotBeLoaded() {
    Error failure = new UnsatisfiedLinkError("version `GLIBC_2.34' not found");
    String text = Unavailability.text("linux-arm64", List.of("linux-arm64"), failure);
    assertTrue(text.contains("`GLIBC_2.34' not found. It needs glibc 2.34 or newer"), text);
  }

  private static String ask(String classPath, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JAVA, "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, Question.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    String[] lines = output.strip().split("\n");
    return lines[lines.length - 1];
  }
}
