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
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
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
  @DisabledIfSystemProperty(
      named = "octet.emulated",
      matches = "true",
      disabledReason = "shares of a peak mean nothing of an emulated processor")
  void theProfileHasARowForEachInstruction() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_float.tflite");
    JsonObject report =
        CommandRun.good("bench", model, "--seconds", "0.2", "--profile", "--json")
            .json()
            .getAsJsonObject();
    JsonArray profile = report.getAsJsonArray("profile");
    List<String> operators = new ArrayList<>();
    double sum = 0;
    for (JsonElement each : profile) {
      JsonObject row = each.getAsJsonObject();
      operators.add(row.get("operator").getAsString());
      sum += row.get("us").getAsDouble();
      boolean multiplies = row.get("macs").getAsLong() > 0;
      assertEquals(multiplies, row.get("gmacs_per_second").getAsDouble() > 0, row.toString());
      assertTrue(row.get("written_bytes").getAsLong() > 0, row.toString());
      double share = row.get("roofline_share").getAsDouble();
      assertTrue(share > 0 && share < 1.5, row.toString());
    }
    assertEquals(sum, report.get("profile_sum_us").getAsDouble(), 1e-6 * sum);
    double whole = report.get("whole_run_us").getAsDouble();
    assertEquals(1, sum / whole, 0.25, "other processes may disturb one more than the other");
    assertTrue(report.getAsJsonObject("peaks").get("gmacs_FLOAT32").getAsDouble() > 1);
    assertTrue(operators.contains("CONV_2D"), operators.toString());
    assertTrue(operators.contains("FULLY_CONNECTED"), operators.toString());
    String text = CommandRun.good("bench", model, "--seconds", "0.05", "--profile").out();
    assertTrue(text.contains("p99.9") && text.contains("GMAC/s"), text);
    text.lines().skip(2).forEach(line -> assertTrue(line.length() <= 120, line));
  }

  @Test
  void aLoadIsAShareOfTheCapacity() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    JsonObject load =
        CommandRun.good(
                "bench", model, "--load", "20%", "--duration", "1", "--workers", "2", "--json")
            .json()
            .getAsJsonObject()
            .getAsJsonObject("load");
    assertEquals(2, load.get("workers").getAsInt());
    double capacity = load.get("capacity_per_second").getAsDouble();
    assertEquals(0.2 * capacity, load.get("load_per_second").getAsDouble(), 1e-6 * capacity);
    assertEquals(0, load.get("unanswered").getAsInt());
    assertTrue(load.get("p50_us").getAsDouble() > 0, load.toString());
    assertTrue(load.get("max_us").getAsDouble() >= load.get("p999_us").getAsDouble());
    String text =
        CommandRun.good("bench", model, "--load", "100", "--duration", "0.5", "--neighbour", "0")
            .out();
    assertTrue(text.contains("p99.9") && text.contains("evenly spaced"), text);
    assertTrue(
        CommandRun.of("bench", model, "--load", "soon").err().contains("'soon' is no number"));
    assertEquals(2, CommandRun.of("bench", model, "--load", "1", "--workers", "0").code());
  }

  @Test
  void kernelsAreRankedForAShape() {
    for (String[] shape :
        new String[][] {
          {"gemm_i8", "64,64,512"},
          {"gemm_f32", "3,40,50"},
          {"conv_f32", "9,9,4,8,3,3,2"},
          {"conv_i16", "9,9,4,8,3,3,1"},
          {"dwconv_i8", "9,9,16,3,3,2"},
          {"dwconv_f32", "9,9,16,3,3,1"}
        }) {
      JsonObject ranking =
          CommandRun.good("bench", "--kernels", shape[0], shape[1], "--seconds", "0.05", "--json")
              .json()
              .getAsJsonObject()
              .getAsJsonObject("ranking");
      double before = 0;
      int chosen = 0;
      for (JsonElement each : ranking.getAsJsonArray("kernels")) {
        JsonObject row = each.getAsJsonObject();
        assertTrue(row.get("us").getAsDouble() >= before, ranking.toString());
        before = row.get("us").getAsDouble();
        chosen += row.get("chosen").getAsBoolean() ? 1 : 0;
        assertTrue(row.get("gmacs_per_second").getAsDouble() > 0, ranking.toString());
      }
      assertEquals(1, chosen, ranking.toString());
      assertTrue(ranking.getAsJsonArray("kernels").size() >= 2, ranking.toString());
    }
    String text =
        CommandRun.good("bench", "--kernels", "gemm_i8", "8,8,8", "--seconds", "0.05").out();
    assertTrue(text.contains(" * gemm_i8 "), text);
    assertTrue(
        CommandRun.of("bench", "--kernels", "gemm_i8", "64,64").err().contains("takes m,n,k"));
    assertTrue(CommandRun.of("bench").err().contains("MODEL is missing"));
  }

  @Test
  void shapesGiveTheirMacs() {
    assertEquals(2 * 3 * 4, KernelCase.parse("gemm_f32", "2,3,4").macs());
    assertEquals(5 * 4 * 2 * 3 * 3 * 3, KernelCase.parse("conv_i8", "9,8,2,3,3,3,2").macs());
    assertEquals(5 * 4 * 2 * 9, KernelCase.parse("dwconv_i16", "9,8,2,3,3,2").macs());
    for (String bad : List.of("1,2", "0,1,1", "1,1,x", "99999,1,1")) {
      assertThrows(IllegalArgumentException.class, () -> KernelCase.parse("gemm_i8", bad), bad);
    }
    assertThrows(IllegalArgumentException.class, () -> KernelCase.parse("gemm_u4", "1,1,1"));
  }

  @Test
  void namesAreCutInTheMiddle() {
    assertEquals("b/Conv2D", ShortName.of("a/BiasAdd;b/Conv2D;", 20));
    assertEquals("abc\u2026tuvwxyz", ShortName.of("abcdefghijklmnopqrstuvwxyz", 11));
    assertEquals("", ShortName.of(";", 5));
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
