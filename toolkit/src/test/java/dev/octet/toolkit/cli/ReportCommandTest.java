// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.octet.Octet;
import dev.octet.toolkit.edgetpu.SimulatedEdgeTpu;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportCommandTest {
  @TempDir private Path folder;

  @Test
  void oneFileTellsWhatTheMachineIsAndDoes() throws Exception {
    Path file = folder.resolve("secret-name.tflite");
    Files.write(file, KernelCase.parse("dwconv_i8", "9,7,24,3,3,1").model());
    Path written = folder.resolve("report.json");
    System.setProperty(SimulatedEdgeTpu.PROPERTY, folder.resolve("absent.so").toString());
    CommandRun run = CommandRun.good("report", "-o", written, "--seconds", "0.01", file);
    System.clearProperty(SimulatedEdgeTpu.PROPERTY);
    assertTrue(run.out().contains(" checks passed, 0 failed"), run.out());
    String text = Files.readString(written);
    assertFalse(text.contains("secret-name"), "a model is numbered");
    assertFalse(text.contains(folder.toString()));
    JsonObject report = JsonParser.parseString(text).getAsJsonObject();
    assertEquals(Octet.isa(), report.get("isa").getAsString());
    assertEquals("LIBRARY_MISSING", report.get("edge_tpu").getAsString());
    assertEquals(0, report.getAsJsonObject("checks").getAsJsonArray("failed").size());
    assertTrue(report.getAsJsonObject("checks").get("passed").getAsInt() > 20, text);
    assertEquals(10, report.getAsJsonArray("layers").size());
    JsonObject first = report.getAsJsonArray("models").get(0).getAsJsonObject();
    assertTrue(first.get("p50_us").getAsDouble() > 0);
    assertTrue(report.getAsJsonObject("machine").getAsJsonArray("cpu").size() > 0, text);
    assertTrue(report.getAsJsonObject("peaks").size() >= 2, text);
  }
}
