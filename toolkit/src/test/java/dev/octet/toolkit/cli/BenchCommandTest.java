// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.octet.Octet;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir Path directory;

  @Test
  void percentilesGrowAndTheMachineIsNamed() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    JsonObject report =
        CommandRun.good("bench", model, "--seconds", "0.1", "--threads", "1", "--json")
            .json()
            .getAsJsonObject();
    double before = 0;
    for (String key : List.of("min_us", "p50_us", "p90_us", "p99_us", "p999_us")) {
      double value = report.get(key).getAsDouble();
      assertTrue(value >= before && value > 0, key + " " + value);
      before = value;
    }
    assertEquals(1, report.get("threads").getAsInt());
    assertEquals(Octet.isa(), report.get("isa").getAsString());
    assertTrue(report.get("machine").getAsString().contains("processors"));
    assertTrue(report.get("runs").getAsInt() > 1);
  }

  @Test
  void theProfileHasARowForEachInstruction() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_float.tflite");
    JsonArray profile =
        CommandRun.good("bench", model, "--seconds", "0.05", "--profile", "--json")
            .json()
            .getAsJsonObject()
            .getAsJsonArray("profile");
    List<String> operators = new ArrayList<>();
    for (JsonElement each : profile) {
      operators.add(each.getAsJsonObject().get("operator").getAsString());
      assertTrue(each.getAsJsonObject().get("us").getAsDouble() >= 0);
    }
    assertTrue(operators.contains("CONV_2D"), operators.toString());
    assertTrue(operators.contains("FULLY_CONNECTED"), operators.toString());
    String text = CommandRun.good("bench", model, "--seconds", "0.05", "--profile").out();
    assertTrue(text.contains("p99.9") && text.contains("GMAC/s"), text);
  }

  @Test
  void percentilesAreSamplesByNearestRank() {
    double[] thousand = new double[1000];
    for (int i = 0; i < 1000; i++) {
      thousand[i] = 1000 - i;
    }
    Percentiles percentiles = new Percentiles(thousand);
    assertEquals(1, percentiles.min());
    assertEquals(500, percentiles.at(50));
    assertEquals(990, percentiles.at(99));
    assertEquals(999, percentiles.at(99.9));
    assertEquals(1000, percentiles.at(100));
    assertEquals(7, new Percentiles(new double[] {7}).at(0.1));
    assertThrows(IllegalArgumentException.class, () -> new Percentiles(new double[0]));
  }
}
