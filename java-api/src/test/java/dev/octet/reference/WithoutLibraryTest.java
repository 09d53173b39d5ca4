// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Java virtual machines in which the native library cannot be loaded, or must not be. */
final class WithoutLibraryTest {
  /** An emulated virtual machine is started by the script that the property names. */
  private static final String JAVA =
      System.getProperty(
          "octet.own.java", Path.of(System.getProperty("java.home"), "bin", "java").toString());

  /** A platform that no native library is built for. */
  private static final String ELSEWHERE = "-Dorg.bytedeco.javacpp.platform=linux-riscv64";

  /** Output of a process that runs {@link WithoutLibrary}. */
  private static List<String> run(
      String classPath, Map<String, String> environment, String argument, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JAVA, "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, WithoutLibrary.class.getName(), argument));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("OCTET_BACKEND");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.lines().toList();
  }

  private static String placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Octet's own classes and these tests: no JavaCPP, no native methods, no library. */
  private static String bare() {
    return placeOf(Model.class) + File.pathSeparator + placeOf(WithoutLibraryTest.class);
  }

  private static String everything() {
    return System.getProperty("java.class.path");
  }

  private static List<String> expected(String... rest) {
    List<String> lines = new ArrayList<>(List.of("backend reference"));
    for (Numerics numerics : Numerics.values()) {
      // the native library's answers, which this process has
      String answer = WithoutLibrary.answer(new InterpreterOptions().numerics(numerics));
      lines.add(numerics + " " + answer);
    }
    lines.add("isa java");
    lines.addAll(List.of(rest));
    return lines;
  }

  @Test
  void theReferenceNeedsNothingBesideOctetsClasses() throws Exception {
    assertEquals(
        expected("available false", "cause true"), run(bare(), Map.of(), "ask"), "no JavaCPP");
  }

  @Test
  void thePropertyKeepsTheLibraryOut() throws Exception {
    List<String> lines =
        run(everything(), Map.of(), "", "-Ddev.octet.backend=reference", "-verbose:class");
    assertTrue(lines.containsAll(expected()), lines.toString());
    assertTrue(lines.stream().anyMatch(line -> line.contains("dev.octet.reference.")));
    assertTrue(lines.stream().noneMatch(line -> line.contains("org.bytedeco")), "JavaCPP loaded");
    assertTrue(lines.stream().noneMatch(line -> line.contains("OctetNative ")), "natives loaded");
  }

  @Test
  void aPlatformWithoutALibraryTakesTheReference() throws Exception {
    assertEquals(
        expected("available false", "cause true"), run(everything(), Map.of(), "ask", ELSEWHERE));
  }

  @Test
  void theEnvironmentDecidesAndNativeDoesNotFallBack() throws Exception {
    assertEquals(expected(), run(bare(), Map.of("OCTET_BACKEND", "reference"), ""));
    List<String> refused = run(bare(), Map.of("OCTET_BACKEND", "native"), "");
    assertEquals("backend native", refused.get(0));
    assertTrue(refused.get(1).contains("native library is not available"), refused.get(1));
    List<String> unknown = run(bare(), Map.of(), "", "-Ddev.octet.backend=gpu");
    assertTrue(unknown.get(0).contains("'gpu' is neither native nor reference"), unknown.get(0));
  }
}
