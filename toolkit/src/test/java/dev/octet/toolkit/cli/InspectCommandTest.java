// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  // CONV_2D: 26 * 26 * 12 outputs of 9 products; FULLY_CONNECTED: 10 of 2028.
  private static final long CONV_MACS = 26L * 26 * 12 * 9;
  private static final long DENSE_MACS = 10L * 2028;

  @TempDir Path directory;

  @Test
  void theDigitModelIsDescribed() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    JsonObject report = CommandRun.good("inspect", model, "--json").json().getAsJsonObject();
    assertEquals(Files.size(model), report.get("file_bytes").getAsLong());
    assertEquals(0, report.getAsJsonArray("unsupported").size());
    JsonObject subgraph = report.getAsJsonArray("subgraphs").get(0).getAsJsonObject();
    assertEquals(CONV_MACS + DENSE_MACS, subgraph.get("macs").getAsLong());
    List<String> operators = new ArrayList<>();
    for (JsonElement each : subgraph.getAsJsonArray("operators")) {
      JsonObject operator = each.getAsJsonObject();
      operators.add(operator.get("operator").getAsString());
      assertTrue(operator.get("unsupported").isJsonNull());
    }
    assertEquals(
        List.of("RESHAPE", "CONV_2D", "MAX_POOL_2D", "RESHAPE", "FULLY_CONNECTED"), operators);
    JsonObject input =
        report
            .getAsJsonArray("signatures")
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("inputs")
            .get(0)
            .getAsJsonObject();
    assertEquals("INT8", input.get("type").getAsString());
    assertEquals(-128, input.get("zero_point").getAsInt());
    assertEquals(1 / 255f, input.get("scale").getAsFloat());
  }

  @Test
  void weightsAreCountedByType() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    JsonArray weights =
        CommandRun.good("inspect", model, "--json")
            .json()
            .getAsJsonObject()
            .getAsJsonArray("weights");
    long int8 = 0;
    for (JsonElement each : weights) {
      JsonObject entry = each.getAsJsonObject();
      if (entry.get("type").getAsString().equals("INT8")) {
        int8 = entry.get("bytes").getAsLong();
      }
    }
    assertEquals(12 * 9 + 10 * 2028, int8);
  }

  @Test
  void theMemoryPlanHoldsItsPeak() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    JsonObject memory =
        CommandRun.good("inspect", model, "--json")
            .json()
            .getAsJsonObject()
            .getAsJsonArray("memory")
            .get(0)
            .getAsJsonObject();
    long arena = memory.get("arena_bytes").getAsLong();
    long peak = memory.get("peak_bytes").getAsLong();
    // While the pool runs: the input, its own input and its own output.
    assertTrue(peak >= 784 + 26 * 26 * 12 + 13 * 13 * 12, "peak " + peak);
    assertTrue(arena >= peak, "arena " + arena + " peak " + peak);
    for (JsonElement each : memory.getAsJsonArray("placements")) {
      JsonObject placement = each.getAsJsonObject();
      long end = placement.get("offset").getAsLong() + placement.get("bytes").getAsLong();
      assertTrue(end <= arena, placement.toString());
    }
  }

  @Test
  void theTextNamesEveryPart() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_float.tflite");
    String text = CommandRun.good("inspect", model).out();
    for (String part :
        List.of(
            "1 subgraph",
            "CONV_2D",
            "FLOAT32[1x26x26x12]",
            String.format("%,d MACs", CONV_MACS + DENSE_MACS),
            "constants in the file",
            "peak of",
            "Octet runs all of it.")) {
      assertTrue(text.contains(part), part + " is not in\n" + text);
    }
    String more = CommandRun.good("inspect", model, "--tensors").out();
    assertTrue(more.contains("subgraph 0: ") && more.contains("constant, "), more);
  }
}
