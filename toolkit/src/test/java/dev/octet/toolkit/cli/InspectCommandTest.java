// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledModelWriter;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TestModel;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
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

  /** A part for the Edge TPU between operators of the CPU; its package as it is given. */
  private Path compiled(ByteBuffer options) throws IOException {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 8, 8, 3);
    int q = graph.tensor("q", TensorType.UINT8, 1, 8, 8, 3);
    int p = graph.tensor("p", TensorType.UINT8, 1, 10);
    int y = graph.output("y", TensorType.FLOAT32, 1, 10);
    graph.quantize(q, 1 / 255f, 0).quantize(p, 1 / 256f, 0);
    graph.operator(BuiltinOperator.QUANTIZE, 1, null, new int[] {x}, new int[] {q});
    graph.custom(CompiledPackage.OPERATOR, options, new int[] {q}, new int[] {p});
    graph.operator(BuiltinOperator.DEQUANTIZE, 1, null, new int[] {p}, new int[] {y});
    ByteBuffer written = model.write();
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return Files.write(directory.resolve("some_edgetpu.tflite"), bytes);
  }

  private static CompiledModelWriter part() {
    return new CompiledModelWriter()
        .input("q", TensorType.UINT8, 1, 8, 8, 3)
        .output("p", TensorType.UINT8, 1, 10)
        .compilerVersion("16.0.1")
        .minRuntimeVersion(13)
        .token(0xabcL)
        .parameters(838_861, 1_234);
  }

  @Test
  void whatWasCompiledForAnEdgeTpuIsDescribed() throws IOException {
    Path model = compiled(part().options());
    String text = CommandRun.good("inspect", model).out();
    for (String line :
        List.of(
            "ON ITS DEVICE ONLY",
            "compiled for a Coral Edge TPU: operator 1 of subgraph 0",
            "version 13 or newer" + System.lineSeparator(),
            "beagle, '16.0.1'",
            String.format("%,d bytes cached (10%% of the device's 8 MB), ", 838_861),
            String.format("%,d bytes streamed in each inference", 1_234),
            "caching token     abc",
            "input             q: UINT8[8x8x3]",
            "output            p: UINT8[1x10]",
            "left to the CPU   2: DEQUANTIZE, QUANTIZE",
            "Octet does not run:",
            "operator 1 edgetpu-custom-op: was compiled for a Coral Edge TPU")) {
      assertTrue(text.contains(line), line + " is not in\n" + text);
    }
    assertEquals(1, text.split("was compiled for a Coral", -1).length - 1, text);
    JsonObject report = CommandRun.good("inspect", model, "--json").json().getAsJsonObject();
    JsonObject device = report.getAsJsonObject("edge_tpu");
    JsonObject part = device.getAsJsonArray("parts").get(0).getAsJsonObject();
    assertEquals(838_861, part.get("cached_bytes").getAsLong());
    assertEquals(1_234, part.get("streamed_bytes").getAsLong());
    assertTrue(part.get("fault").isJsonNull());
    assertEquals(1, device.getAsJsonObject("left_to_cpu").get("QUANTIZE").getAsInt());
  }

  @Test
  void aPackageThatIsCorruptOrDoesNotFitIsNamed() throws IOException {
    ByteBuffer options = part().options();
    Path cut = compiled(options.duplicate().position(0).limit(options.limit() / 2));
    String text = CommandRun.good("inspect", cut).out();
    assertTrue(
        text.contains("  CORRUPT: " + cut + ", options of operator 1: the FlexBuffer"), text);
    assertTrue(text.contains("left to the CPU   2"), text);
    String fault =
        CommandRun.good("inspect", cut, "--json")
            .json()
            .getAsJsonObject()
            .getAsJsonObject("edge_tpu")
            .getAsJsonArray("parts")
            .get(0)
            .getAsJsonObject()
            .get("fault")
            .getAsString();
    assertTrue(fault.contains("(at byte "), fault);
    Path other =
        compiled(
            new CompiledModelWriter()
                .input("q", TensorType.INT8, 1, 8, 8, 3)
                .output("p", TensorType.UINT8, 1, 10)
                .options());
    text = CommandRun.good("inspect", other).out();
    assertTrue(
        text.contains("  DOES NOT FIT: input 0 'q' UINT8[1, 8, 8, 3] is not what the device takes"),
        text);
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
