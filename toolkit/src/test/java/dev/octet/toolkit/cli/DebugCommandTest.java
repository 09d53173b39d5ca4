// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.Quantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebugCommandTest {
  @TempDir private Path folder;
  private String real;
  private String quantized;

  @BeforeEach
  void models() throws IOException {
    Path file = folder.resolve("digits.tflite");
    Files.write(file, ShippedFiles.bytes("digits_float.tflite"));
    Path int8 = folder.resolve("int8.tflite");
    Quantizer.of(file).mode(Mode.INT8).calibration(DataSets.digits(3, 30)).quantize().writeTo(int8);
    real = file.toString();
    quantized = int8.toString();
  }

  @Test
  void tellsTheRankingAndWhatWasTried() {
    CommandRun run = CommandRun.of("debug", real, quantized, "--validation", "digits:5:20");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("20 samples of digits:5:20; outputs' SQNR "), run.out());
    assertTrue(run.out().contains("top-1 "), run.out());
    assertTrue(run.out().contains("conv2d_1 "), run.out());
    assertTrue(run.out().contains("MAX_POOL_2D"), run.out());
    assertTrue(run.out().contains(" kept float"), run.out());
  }

  @Test
  void writesJsonAndAReportThatNeedsNoOtherFile() throws IOException {
    Path report = folder.resolve("report.html");
    CommandRun run =
        CommandRun.of(
            "debug",
            real,
            quantized,
            "--validation",
            "digits:5:20",
            "--samples",
            "10",
            "--json",
            "--report",
            report.toString());
    assertEquals(0, run.code(), run.err());
    JsonObject json = JsonParser.parseString(run.out()).getAsJsonObject();
    assertEquals(10, json.get("samples").getAsInt());
    assertEquals(6, json.getAsJsonArray("layers").size());
    JsonObject first = json.getAsJsonArray("findings").get(0).getAsJsonObject();
    assertTrue(first.getAsJsonArray("tried").size() > 0);
    String html = Files.readString(report);
    assertTrue(html.contains("Along the network") && html.contains("new Chart("));
    assertFalse(html.contains("src=\"http"));
  }

  @Test
  void samplesOfAnotherScaleAreSuspected() {
    Path wide = folder.resolve("wide.tflite");
    CommandRun.good(
        "quantize",
        real,
        "--mode",
        "int8",
        "-o",
        wide,
        "--calibration",
        "digits:3:20",
        "--mean",
        "0",
        "--std",
        "1");
    String hint = "note: image was calibrated with 0 to 255, these samples are 0 to 1.00";
    CommandRun run = CommandRun.of("debug", real, wide, "--validation", "digits:5:20");
    assertTrue(run.out().contains(hint), run.out());
    CommandRun clipped = CommandRun.of("debug", real, quantized, "--validation", "random:5:20");
    hint = "note: image was calibrated with 0 to 1.00, these samples are -1.000 to 1.000";
    assertTrue(clipped.out().contains(hint), clipped.out());
    CommandRun same = CommandRun.of("debug", real, quantized, "--validation", "digits:5:20");
    assertFalse(same.out().contains("was calibrated with"), same.out());
  }

  @Test
  void wrongUseIsRefusedWithTheReason() {
    assertEquals(2, CommandRun.of("debug", real, quantized).code());
    CommandRun none =
        CommandRun.of("debug", real, quantized, "--validation", "digits:5:20", "--samples", "0");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("--samples is 0"), none.err());
    CommandRun swapped = CommandRun.of("debug", quantized, real, "--validation", "digits:5:20");
    assertEquals(1, swapped.code());
    assertTrue(swapped.err().contains("quantized already"), swapped.err());
    CommandRun missing =
        CommandRun.of("debug", real, quantized, "--validation", folder.resolve("no").toString());
    assertEquals(1, missing.code());
    assertTrue(missing.err().contains("no"), missing.err());
  }

  @Test
  void failureLeavesNoReport() {
    Path report = folder.resolve("report.html");
    CommandRun run =
        CommandRun.of(
            "debug", real, real, "--validation", "digits:5:20", "--report", report.toString());
    assertEquals(1, run.code());
    assertTrue(run.err().contains("is not quantized"), run.err());
    assertFalse(Files.exists(report));
  }
}
