// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifyCommandTest {
  private static final List<String> NAMES =
      List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

  @TempDir Path directory;
  private Path labels;
  private Path seven;
  private Path two;

  @BeforeEach
  void files() throws IOException {
    labels = Files.write(directory.resolve("labels.txt"), NAMES);
    seven = ShippedFiles.copy(directory, "digit_7_round.png");
    two = ShippedFiles.copy(directory, "digit_2_upright.png");
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits_int8.tflite", "digits_float.tflite"})
  void theBestClassesAreNamedForEachPicture(String name) throws IOException {
    Path model = ShippedFiles.copy(directory, name);
    List<String> lines =
        CommandRun.good("classify", model, seven, two, "--labels", labels, "--top", "2")
            .out()
            .lines()
            .toList();
    assertEquals(6, lines.size());
    assertEquals(seven.toString(), lines.get(0));
    assertTrue(lines.get(1).matches(" +[\\d.]+  seven \\(7\\)"), lines.get(1));
    assertEquals(two.toString(), lines.get(3));
    assertTrue(lines.get(4).matches(" +[\\d.]+  two \\(2\\)"), lines.get(4));
  }

  @Test
  void jsonHoldsIndexLabelAndScore() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    JsonArray report =
        CommandRun.good("classify", model, seven, "--labels", labels, "--json")
            .json()
            .getAsJsonArray();
    JsonArray top = report.get(0).getAsJsonObject().getAsJsonArray("top");
    assertEquals(5, top.size());
    JsonObject best = top.get(0).getAsJsonObject();
    assertEquals(7, best.get("index").getAsInt());
    assertEquals("seven", best.get("label").getAsString());
    assertTrue(
        best.get("score").getAsDouble() > top.get(1).getAsJsonObject().get("score").getAsDouble());
  }

  @Test
  void labelsMayLackOrAddTheBackground() throws IOException {
    assertEquals("background", Labels.read(labels, 11).name(0));
    assertEquals("zero", Labels.read(labels, 11).name(1));
    Path more = Files.writeString(directory.resolve("more.txt"), "Background\na\nb\n\n");
    assertEquals("a", Labels.read(more, 2).name(0));
    assertEquals("Background", Labels.read(more, 3).name(0));
    assertEquals("class 4", Labels.numbers(10).name(4));
  }

  @Test
  void labelsOfAnotherModelAreRefused() throws IOException {
    Path model = ShippedFiles.copy(directory, "digits_int8.tflite");
    Path few = Files.write(directory.resolve("few.txt"), NAMES.subList(0, 8));
    assertTrue(
        CommandRun.failed(1, "classify", model, seven, "--labels", few)
            .contains("few.txt: holds 8 labels, the model has 10 classes"));
    Path more = Files.writeString(directory.resolve("more.txt"), "a\nb\nc\n");
    assertTrue(
        org.junit.jupiter.api.Assertions.assertThrows(IOException.class, () -> Labels.read(more, 2))
            .getMessage()
            .contains("3 labels"));
    Path binary = Files.write(directory.resolve("binary.txt"), new byte[] {(byte) 0xff, 10});
    assertTrue(
        CommandRun.failed(1, "classify", model, seven, "--labels", binary).contains("UTF-8"));
  }
}
