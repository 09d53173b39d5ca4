// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyType;
import dev.octet.toolkit.data.NpyWriter;
import dev.octet.toolkit.data.Picture;
import dev.octet.toolkit.data.PictureReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
  @TempDir Path directory;
  private Path int8;
  private Path floats;
  private Path seven;
  private Path two;

  @BeforeEach
  void files() throws IOException {
    int8 = ShippedFiles.copy(directory, "digits_int8.tflite");
    floats = ShippedFiles.copy(directory, "digits_float.tflite");
    seven = ShippedFiles.copy(directory, "digit_7_round.png");
    two = ShippedFiles.copy(directory, "digit_2_round.png");
  }

  private byte[] pixels(Path picture) throws IOException {
    Picture read = PictureReader.read(picture);
    byte[] values = new byte[read.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (read.pixels()[i] - 128);
    }
    return values;
  }

  private static int argmax(byte[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  private byte[] output(Object... args) throws IOException {
    Path out = directory.resolve("out");
    Object[] all = new Object[args.length + 4];
    all[0] = "run";
    all[1] = int8;
    System.arraycopy(args, 0, all, 2, args.length);
    all[args.length + 2] = "--output";
    all[args.length + 3] = out;
    CommandRun.good(all);
    return Files.readAllBytes(out.resolve("0.bin"));
  }

  @Test
  void outputsJsonTellsWhatTheFilesHold() throws IOException {
    byte[] scores = output("--input", "0=" + seven);
    assertEquals(10, scores.length);
    assertEquals(7, argmax(scores));
    JsonArray outputs =
        JsonParser.parseString(Files.readString(directory.resolve("out/outputs.json")))
            .getAsJsonArray();
    assertEquals(1, outputs.size());
    JsonObject output = outputs.get(0).getAsJsonObject();
    assertEquals("Identity", output.get("name").getAsString());
    assertEquals("INT8", output.get("type").getAsString());
    assertEquals("[1,10]", output.get("shape").toString());
    assertEquals(0.13347691f, output.get("scale").getAsFloat(), 1e-3f);
    assertEquals(37, output.get("zero_point").getAsInt(), 2);
    assertEquals("0.bin", output.get("file").getAsString());
  }

  @Test
  void outputsOfFloatsHaveNoScale() throws IOException {
    Path out = directory.resolve("out");
    CommandRun.good("run", floats, "--input", seven, "--output", out);
    JsonObject output =
        JsonParser.parseString(Files.readString(out.resolve("outputs.json")))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject();
    assertEquals("FLOAT32", output.get("type").getAsString());
    assertTrue(output.get("scale").isJsonNull() && output.get("zero_point").isJsonNull());
    assertEquals(40, Files.size(out.resolve("0.bin")));
  }

  @Test
  void aPictureRawBytesAndNpyAreTheSameInput() throws IOException {
    byte[] pixels = pixels(seven);
    Path raw = Files.write(directory.resolve("seven.bin"), pixels);
    Path npy = directory.resolve("seven.npy");
    NpyWriter.write(npy, new NpyArray(NpyType.INT8, new int[] {28, 28}, ByteBuffer.wrap(pixels)));
    byte[] expected = output("--input", seven);
    assertArrayEquals(expected, output("--input", "0=" + raw));
    assertArrayEquals(expected, output("--input", npy));
    assertArrayEquals(expected, output("--input", seven, "--mean", "0", "--std", "255"));
  }

  @Test
  void withoutInputTheSeedDecides() throws IOException {
    byte[] first = output("--seed", "3");
    assertArrayEquals(first, output("--seed", "3"));
    assertNotEquals(ByteBuffer.wrap(first), ByteBuffer.wrap(output("--seed", "4")));
    assertArrayEquals(output(), output("--seed", "0"));
  }

  @Test
  void nextRunsTheSameInterpreterAgain() throws IOException {
    Path out = directory.resolve("steps");
    CommandRun run =
        CommandRun.good(
            "run",
            int8,
            "--input",
            seven,
            "--next",
            "--input",
            two,
            "--next",
            "--output",
            out,
            "--json");
    assertEquals(7, argmax(Files.readAllBytes(out.resolve("0/0.bin"))));
    assertEquals(2, argmax(Files.readAllBytes(out.resolve("1/0.bin"))));
    assertArrayEquals(
        Files.readAllBytes(out.resolve("1/0.bin")), Files.readAllBytes(out.resolve("2/0.bin")));
    assertTrue(Files.exists(out.resolve("2/outputs.json")));
    JsonArray steps = run.json().getAsJsonObject().getAsJsonArray("steps");
    assertEquals(3, steps.size());
    JsonObject summary = steps.get(1).getAsJsonArray().get(0).getAsJsonObject();
    JsonObject best = summary.getAsJsonArray("top").get(0).getAsJsonObject();
    assertEquals(2, best.get("index").getAsInt());
    assertEquals(summary.get("max"), best.get("value"));
  }

  @Test
  void aSequenceIsOneRunForEachTensorInItsFile() throws IOException {
    byte[] first = pixels(seven);
    byte[] second = pixels(two);
    Path both = directory.resolve("both.bin");
    Files.write(both, first);
    Files.write(both, second, java.nio.file.StandardOpenOption.APPEND);
    Path out = directory.resolve("sequence");
    CommandRun run = CommandRun.good("run", int8, "--sequence", "0=" + both, "--output", out);
    assertTrue(run.out().contains("step 1"), run.out());
    assertEquals(7, argmax(Files.readAllBytes(out.resolve("0/0.bin"))));
    assertEquals(2, argmax(Files.readAllBytes(out.resolve("1/0.bin"))));
    Files.write(both, new byte[5], java.nio.file.StandardOpenOption.APPEND);
    String line = CommandRun.failed(1, "run", int8, "--sequence", "0=" + both);
    assertTrue(line.contains("each time"), line);
  }

  @Test
  void theSummaryIsReadable() {
    List<String> lines = CommandRun.good("run", int8, "--input", seven).out().lines().toList();
    assertEquals(3, lines.size());
    assertTrue(lines.get(0).startsWith("output 0: Identity INT8[1, 10] (scale "), lines.get(0));
    assertTrue(
        lines.get(1).matches("  min -?[\\d.]+  max -?[\\d.]+  mean -?[\\d.]+"), lines.get(1));
    assertTrue(lines.get(2).startsWith("  top  [7] "), lines.get(2));
  }

  @Test
  void inputsThatDoNotFitAreNamed() throws IOException {
    Path shortFile = Files.write(directory.resolve("short.bin"), new byte[783]);
    assertTrue(
        CommandRun.failed(1, "run", int8, "--input", shortFile)
            .contains("short.bin: holds 783 bytes, the tensor takes 784"));
    Path npy = directory.resolve("f.npy");
    NpyWriter.write(
        npy, new NpyArray(NpyType.FLOAT32, new int[] {1, 28, 28}, ByteBuffer.allocate(4 * 784)));
    assertTrue(CommandRun.failed(1, "run", int8, "--input", npy).contains("holds FLOAT32"));
    NpyWriter.write(
        npy, new NpyArray(NpyType.INT8, new int[] {28, 14, 2}, ByteBuffer.allocate(784)));
    assertTrue(CommandRun.failed(1, "run", int8, "--input", npy).contains("has shape [28, 14, 2]"));
    assertTrue(
        CommandRun.failed(1, "run", int8, "--input", "other=" + seven).contains("names no input"));
    assertTrue(CommandRun.failed(1, "run", int8, "--input", "1=" + seven).contains("0 to 0"));
    assertTrue(CommandRun.failed(1, "run", int8, "--input", "absent.png").contains("no such file"));
    assertTrue(
        CommandRun.failed(1, "run", int8, "--signature", "other").contains("no signature 'other'"));
    assertTrue(CommandRun.failed(2, "run", int8, "--resize", "0=1,28,28").contains("look like"));
    assertTrue(CommandRun.failed(1, "run", int8, "--resize", "0=28x28").contains("rank"));
  }
}
