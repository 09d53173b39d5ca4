// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.octet.Model;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeAllCommandTest {
  @TempDir private Path folder;

  @Test
  void everyModeIsWrittenMeasuredAndJudged() throws IOException {
    CommandRun run = run("digits:1:60", "digits:2:300", "--json", "--time", "0.02");
    assertEquals(0, run.code(), run.err());
    JsonObject json = JsonParser.parseString(run.out()).getAsJsonObject();
    List<String> names =
        List.of(
            "float16",
            "weight-only",
            "dynamic",
            "int8",
            "int8-io-int8",
            "int8-io-uint8",
            "int16x8");
    assertEquals(0, json.getAsJsonObject("failures").size());
    assertEquals(0, json.get("overlap").getAsInt());
    assertEquals(7, json.getAsJsonArray("modes").size());
    long source = Files.size(model());
    for (JsonElement each : json.getAsJsonArray("modes")) {
      JsonObject mode = each.getAsJsonObject();
      String name = mode.get("mode").getAsString();
      assertTrue(names.contains(name), name);
      Path file = folder.resolve("out/digits_float_" + name + ".tflite");
      assertEquals(
          (double) source / Files.size(file), mode.get("smaller").getAsDouble(), 1e-9, name);
      try (Model model = Model.load(file)) {
        assertTrue(model.unsupported(model.signatures().get(0)).isEmpty(), name);
      }
    }
    assertTrue(names.contains(json.get("chosen").getAsString()), json.get("verdict").getAsString());
    String report = Files.readString(folder.resolve("out/report.html"));
    assertTrue(report.contains("int8-io-uint8") && report.contains("new Chart("), "report");
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      assertEquals(8, files.count());
    }
  }

  @Test
  void theTableAndTheVerdictArePrinted() throws IOException {
    CommandRun run = run("digits:1:20", "digits:2:100", "--time", "0");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("calibrated on 20 samples of digits:1:20, measured on 100"));
    assertTrue(run.out().contains("\nUse "), run.out());
    assertFalse(run.out().contains("median"), "no time was asked for");
  }

  @Test
  void samplesThatAreInBothSetsAreReported() throws IOException {
    CommandRun run = run("digits:2:20", "digits:2:100", "--time", "0");
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.out()
            .contains(
                "20 of the 20 calibration samples are also in the validation set (digits:2:20[0] is"
                    + " digits:2:100[0])"),
        run.out());
  }

  @Test
  void theSameSamplesForBothAreRefused() throws IOException {
    CommandRun run = run("digits:2:20", "digits:2:20");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("holds the same samples as digits:2:20"), run.err());
    assertFalse(Files.exists(folder.resolve("out")), "nothing is written");
  }

  @Test
  void aLimitBelowZeroIsRefused() throws IOException {
    CommandRun run = run("digits:1:20", "digits:2:30", "--max-drop", "-1");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("--max-drop is -1.0, not 0 or more"), run.err());
  }

  @Test
  void withoutLabelsNoneIsRecommended() throws IOException {
    CommandRun run = run("digits:1:20", "random:1:30", "--time", "0");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("No accuracy was measured"), run.out());
  }

  private CommandRun run(String calibration, String validation, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "quantize-all",
                model().toString(),
                "--calibration",
                calibration,
                "--validation",
                validation,
                "-o",
                folder.resolve("out").toString()));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private Path model() throws IOException {
    return ShippedFiles.copy(folder, "digits_float.tflite");
  }
}
