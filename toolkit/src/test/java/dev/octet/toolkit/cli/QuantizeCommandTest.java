// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"dynamic", "float16", "int8", "int16x8", "weight-only"})
  void everyModeWritesAModel(String mode) throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    Path file = folder.resolve("out.tflite");
    CommandRun run =
        CommandRun.good(
            "quantize", source, "-o", file, "--mode", mode, "--calibration", "digits:3:20");
    assertTrue(run.out().contains("operators quantized"), run.out());
    assertEquals(
        mode.startsWith("int") ? 0 : 1,
        run.out().lines().filter(l -> l.contains("calibration was given")).count());
    assertFalse(run.out().contains("does not run"), run.out());
    assertTrue(Files.size(file) < Files.size(source));
    try (Model model = Model.load(file)) {
      assertEquals(TensorType.FLOAT32, model.inputs().get(0).type());
    }
  }

  @Test
  void nothingThatIsReadIsWrittenOver() throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    byte[] before = Files.readAllBytes(source);
    Path link = Files.createSymbolicLink(folder.resolve("link.tflite"), source.getFileName());
    Path out = folder.resolve("out.tflite");
    for (Path wrong : List.of(source, link, folder.resolve("x/../digits_float.tflite"))) {
      String line = CommandRun.failed(2, "quantize", source, "-o", wrong, "--mode", "dynamic");
      assertTrue(line.contains("is the float model"), line);
      line = withStatistics(source, out, wrong);
      assertTrue(line.contains("is the float model"), line);
    }
    String line = withStatistics(source, out, out);
    assertTrue(line.contains("is the file to write"), line);
    assertFalse(Files.exists(out));
    assertArrayEquals(before, Files.readAllBytes(source));
  }

  private static String withStatistics(Path source, Path out, Path statistics) {
    return CommandRun.failed(
        2,
        "quantize",
        source,
        "-o",
        out,
        "--mode",
        "int8",
        "--calibration",
        "digits:1:2",
        "--save-statistics",
        statistics);
  }

  @Test
  void aFolderIsNamed() throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    Path out = folder.resolve("out.tflite");
    String line = CommandRun.failed(1, "quantize", folder, "-o", out, "--mode", "dynamic");
    assertTrue(line.contains(folder + " is a directory"), line);
    line = CommandRun.failed(1, "quantize", source, "-o", out, "--recipe", folder);
    assertTrue(line.contains(folder + " is a directory"), line);
    line =
        CommandRun.failed(
            1, "quantize", source, "-o", out, "--mode", "int8", "--statistics", folder);
    assertTrue(line.contains(folder + " is a directory"), line);
    assertFalse(Files.exists(out));
  }

  @Test
  void jsonListsEveryOperator() throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    Path file = folder.resolve("out.tflite");
    Path recipe = folder.resolve("recipe.json");
    Files.writeString(recipe, "[{\"operation\": \"SOFTMAX\", \"compute\": \"FLOAT\"}]");
    JsonObject json =
        CommandRun.good(
                "quantize",
                source,
                "-o",
                file,
                "--mode",
                "int8",
                "--recipe",
                recipe,
                "--io",
                "uint8",
                "--calibration",
                "digits:3:20",
                "--json")
            .json()
            .getAsJsonObject();
    assertEquals(Files.size(file), json.get("bytes").getAsLong());
    assertEquals(Files.size(source), json.get("source_bytes").getAsLong());
    JsonObject first = json.getAsJsonArray("operators").get(0).getAsJsonObject();
    assertEquals("INT8", first.get("compute").getAsString());
    try (Model model = Model.load(file)) {
      assertEquals(TensorType.UINT8, model.inputs().get(0).type());
    }
  }

  @Test
  void savedStatisticsServeEveryModeAndMethod() throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    Path one = folder.resolve("one.tflite");
    Path two = folder.resolve("two.tflite");
    Path seen = folder.resolve("seen.json");
    for (String mode : new String[] {"int8", "int16x8"}) {
      for (String method : new String[] {"min-max", "percentile:99.9", "mse"}) {
        CommandRun.good(
            "quantize",
            source,
            "-o",
            one,
            "--mode",
            mode,
            "--calibration-method",
            method,
            "--calibration",
            "digits:3:20",
            "--save-statistics",
            seen);
        CommandRun.good(
            "quantize",
            source,
            "-o",
            two,
            "--mode",
            mode,
            "--calibration-method",
            method,
            "--statistics",
            seen);
        assertEquals(-1, Files.mismatch(one, two), mode + " " + method);
      }
    }
    String line =
        CommandRun.failed(
            1, "quantize", source, "-o", two, "--mode", "int8", "--statistics", source);
    assertTrue(line.contains("digits_float.tflite"), line);
    line =
        CommandRun.failed(
            2, "quantize", source, "-o", two, "--mode", "int8", "--calibration-method", "best");
    assertTrue(line.contains("no calibration method 'best'"), line);
    line = CommandRun.failed(2, "quantize", source, "-o", two, "--mode", "int8", "--correct-bias");
    assertTrue(line.contains("--correct-bias needs --calibration"), line);
  }

  @Test
  void samplesThatAreNaNOrSetRangesAreNamedAndConvergenceIsTold() throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    Path samples = folder.resolve("samples.npy");
    float[] pixels = new float[20 * 28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 7 / 7f;
    }
    pixels[3 * 784 + 5] = Float.NaN;
    pixels[11 * 784 + 9] = 500;
    NpyWriter.write(samples, NpyArray.of(pixels, 20, 28, 28));
    String out =
        CommandRun.good(
                "quantize",
                source,
                "-o",
                folder.resolve("out.tflite"),
                "--mode",
                "int8",
                "--calibration",
                samples)
            .out();
    assertTrue(out.contains("'image' was NaN or infinite in 1 of 20 samples (" + samples + "[3])"));
    assertTrue(out.contains("was set by 1 of 20 samples (" + samples + "[11])"), out);
    assertTrue(out.contains("note: 99 % of the ranges was seen after 12 of 20 samples"), out);
  }

  @Test
  void longWorkIsNotBegunForAFileThatCannotBeWritten() throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    Path absent = folder.resolve("absent/file");
    String none = "there is no directory " + folder.resolve("absent");
    // 1,000,000 samples would take minutes
    Object[] samples = {"--calibration", "digits:1:1000000", "--mode", "int8"};
    String line = CommandRun.failed(1, with(samples, "quantize", source, "-o", absent));
    assertTrue(line.contains(none), line);
    line =
        CommandRun.failed(
            1,
            with(
                samples,
                "quantize",
                source,
                "-o",
                folder.resolve("out.tflite"),
                "--save-statistics",
                absent));
    assertTrue(line.contains(none), line);
    line =
        CommandRun.failed(
            1, "evaluate", source, "--validation", "digits:1:1000000", "--report", absent);
    assertTrue(line.contains(none), line);
  }

  private static Object[] with(Object[] last, Object... first) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(last)).toArray();
  }

  @Test
  void wrongUsageIsToldAndNothingIsWritten() throws IOException {
    Path source = ShippedFiles.copy(folder, "digits_float.tflite");
    Path file = folder.resolve("out.tflite");
    String line = CommandRun.failed(2, "quantize", source, "-o", file);
    assertTrue(line.contains("which --mode"), line);
    line = CommandRun.failed(2, "quantize", source, "-o", file, "--mode", "int7");
    assertTrue(line.contains("dynamic, float16, int8, int16x8, weight-only"), line);
    line = CommandRun.failed(2, "quantize", source, "-o", file, "--mode", "int8", "--io", "int7");
    assertTrue(line.contains("there is no int7, only float, int8, uint8, int16"), line);
    line = CommandRun.failed(2, "quantize", source, "-o", source, "--mode", "dynamic");
    assertTrue(line.contains("is the float model"), line);
    line = CommandRun.failed(1, "quantize", source, "-o", file, "--mode", "int8");
    assertTrue(line.contains("was it calibrated?"), line);
    line =
        CommandRun.failed(
            1,
            "quantize",
            source,
            "-o",
            file,
            "--mode",
            "int8",
            "--calibration",
            folder.resolve("none.npy"));
    assertTrue(line.contains("none.npy"), line);
    Path integer = ShippedFiles.copy(folder, "digits_int8.tflite");
    line = CommandRun.failed(1, "quantize", integer, "-o", file, "--mode", "dynamic");
    assertTrue(line.contains("is quantized already"), line);
    Path recipe = folder.resolve("recipe.json");
    Files.writeString(recipe, "[{\"compute\": \"INT9\"}]");
    line = CommandRun.failed(1, "quantize", source, "-o", file, "--recipe", recipe);
    assertTrue(line.contains("rule 1: 'compute' is INT9"), line);
    assertFalse(Files.exists(file));
  }

  @Test
  void aSignatureWithoutSamplesIsNamed() {
    Path model = SharedFolder.file("models/two_signatures.tflite");
    CommandRun run =
        CommandRun.of(
            "quantize",
            model,
            "--mode",
            "int8",
            "--calibration",
            "random:1:5",
            "-o",
            folder.resolve("two.tflite"));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("note: no samples for the signatures ["), run.out());
  }
}
