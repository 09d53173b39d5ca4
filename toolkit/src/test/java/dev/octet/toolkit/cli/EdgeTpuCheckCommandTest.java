// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeTpuCheckCommandTest {
  @TempDir Path directory;

  private static void contains(String text, String part) {
    assertTrue(text.contains(part), part + " is not in\n" + text);
  }

  @Test
  void theDenseLayerOfTheInt8DigitModelHasTooManyScales() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    CommandRun run = CommandRun.of("edgetpu", "check", model);
    assertEquals(3, run.code(), run.err());
    contains(run.out(), "is quantized to 8 bits");
    contains(run.out(), "4 operators on the Edge TPU, 1 on the CPU");
    contains(run.out(), "2 RESHAPE, 1 CONV_2D, 1 MAX_POOL_2D");
    contains(run.out(), "4 FULLY_CONNECTED: has 10 scales for its weights");
    contains(run.out(), "--per-tensor-dense");
    contains(run.out(), "about 3 KiB on the Edge TPU (156 bytes in the file) of 8 MiB, less");
    CommandRun again = CommandRun.of("edgetpu", "check", model, "--json");
    assertEquals(3, again.code(), again.err());
    JsonObject json = again.json().getAsJsonObject();
    assertEquals("quantized", json.get("form").getAsString());
    assertTrue(json.get("advice").isJsonNull());
    assertFalse(json.get("complete").getAsBoolean());
    assertEquals(14, json.get("runtime").getAsInt());
    assertEquals(4, json.get("edge_tpu").getAsInt());
    assertEquals(0, json.get("behind").getAsInt());
    assertEquals(1, json.get("cpu").getAsInt());
    JsonArray operators = json.getAsJsonArray("operators");
    JsonObject convolution = operators.get(1).getAsJsonObject();
    assertEquals("CONV_2D", convolution.get("operator").getAsString());
    assertEquals("edge_tpu", convolution.get("place").getAsString());
    assertTrue(convolution.get("reason").isJsonNull());
    JsonObject dense = operators.get(4).getAsJsonObject();
    assertEquals("cpu", dense.get("place").getAsString());
    contains(dense.get("reason").getAsString(), "has 10 scales");
    // 12 filters of 3 x 3 x 1 with a bias of int32 each.
    JsonObject parameters = json.getAsJsonObject("parameters");
    assertEquals(12 * 9 + 12 * 4, parameters.get("file_bytes").getAsInt());
    assertEquals(16 * 9 * 16 + 16 * 16, parameters.get("device_bytes").getAsInt());
    assertEquals(0, parameters.get("streamed_bytes").getAsInt());
  }

  @Test
  void aFloatModelIsToldHowToBeQuantizedAndThenMaps() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_float.tflite");
    CommandRun run = CommandRun.of("edgetpu", "check", model);
    assertEquals(3, run.code(), run.err());
    contains(run.out(), "is a float model");
    contains(run.out(), "0 operators on the Edge TPU, 5 on the CPU");
    String command =
        run.out()
            .lines()
            .filter(line -> line.startsWith("Quantize it first: octet "))
            .findFirst()
            .orElseThrow();
    command = command.replaceFirst("^.*?octet ", "").replaceFirst(" \\(or .*", "");
    Object[] words = command.replace("DATA", "digits:1:20").split(" ");
    assertEquals(0, CommandRun.of(words).code());
    Path quantized = directory.resolve("digits_float_int8.tflite");
    contains(
        CommandRun.good("edgetpu", "check", quantized).out(),
        "7 operators on the Edge TPU, 0 on the CPU");
  }

  @Test
  void floatEndsStayOnTheCpu() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_float.tflite");
    Path quantized = directory.resolve("int8.tflite");
    CommandRun.of(
        "quantize",
        model,
        "-o",
        quantized,
        "--mode",
        "int8",
        "--per-tensor-dense",
        "--calibration",
        "digits:1:20");
    CommandRun run = CommandRun.of("edgetpu", "check", quantized);
    assertEquals(3, run.code(), run.err());
    contains(run.out(), "5 operators on the Edge TPU, 2 on the CPU");
    contains(run.out(), "0 QUANTIZE: reads FLOAT32; only int8 and uint8 map");
    contains(run.out(), "6 DEQUANTIZE: is not in the table of operators that an Edge TPU runs");
    contains(run.out(), "note: inputs or outputs are FLOAT32");
  }

  @Test
  void aCompiledModelLeadsToInspect() {
    Path model = SharedFolder.file("models/movenet_single_pose_lightning_ptq_edgetpu.tflite");
    CommandRun run = CommandRun.of("edgetpu", "check", model);
    assertEquals(3, run.code(), run.err());
    contains(run.out(), "is compiled for the Edge TPU already");
    contains(run.out(), "octet inspect " + model);
    contains(run.out(), "1 compiled part and 59 operators on the CPU");
    Path whole = SharedFolder.file("models/split_concat_edgetpu.tflite");
    contains(
        CommandRun.good("edgetpu", "check", whole).out(),
        "1 compiled part and 0 operators on the CPU");
  }

  @Test
  void olderRuntimesMapLess() {
    Path model = SharedFolder.file("models/keras_lstm_mnist_ptq.tflite");
    contains(CommandRun.good("edgetpu", "check", model).out(), "needs Edge TPU runtime 14");
    CommandRun run = CommandRun.of("edgetpu", "check", model, "--runtime", 13);
    assertEquals(3, run.code(), run.err());
    contains(run.out(), "1 UNIDIRECTIONAL_SEQUENCE_LSTM: needs runtime 14 or newer");
    contains(run.out(), "stands behind operator 1 UNIDIRECTIONAL_SEQUENCE_LSTM");
    contains(run.out(), "edgetpu_compiler -a");
  }

  @Test
  void theRulesArePrinted() {
    String text = CommandRun.good("edgetpu", "check", "--rules").out();
    assertTrue(text.lines().anyMatch(line -> line.matches("ADD +any")), text);
    assertTrue(
        text.lines()
            .anyMatch(line -> line.matches("TRANSPOSE +14|PAD +any .*\\(runtimes up to 12\\)")),
        text);
    JsonArray rules =
        CommandRun.good("edgetpu", "check", "--rules", "--json").json().getAsJsonArray();
    assertEquals(41, rules.size());
    assertEquals("ADD", rules.get(0).getAsJsonObject().get("operator").getAsString());
    assertEquals(
        "no fused activation",
        rules.get(1).getAsJsonObject().getAsJsonArray("limitations").get(0).getAsString());
  }

  @Test
  void wrongUseIsTold() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    contains(
        CommandRun.failed(2, "edgetpu", "check", model, "--runtime", 9), "--runtime is 9, not 10");
    contains(CommandRun.failed(2, "edgetpu", "check"), "which MODEL?");
    contains(CommandRun.failed(1, "edgetpu", "check", directory.resolve("none")), "no such file");
  }
}
