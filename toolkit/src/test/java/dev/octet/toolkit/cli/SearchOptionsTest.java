// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchOptionsTest {
  @TempDir private Path folder;

  @Test
  void fewLayersStayWideAndTheRecipeMakesTheFileAgain() throws IOException {
    Path recipe = folder.resolve("recipe.json");
    CommandRun run =
        run(
            "first.tflite",
            "--max-accuracy-drop",
            "1",
            "--validation",
            "digits:4:300",
            "--save-recipe",
            recipe.toString(),
            "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject search =
        JsonParser.parseString(run.out()).getAsJsonObject().getAsJsonObject("search");
    assertTrue(search.get("reached").getAsBoolean());
    assertTrue(search.getAsJsonArray("trials").size() > 1, "int4 with one scale a tensor loses");
    assertEquals(search.get("recipe").getAsString(), Files.readString(recipe).strip());

    CommandRun again = run("again.tflite", "--recipe", recipe.toString());
    assertEquals(0, again.code(), again.err());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("first.tflite")),
        Files.readAllBytes(folder.resolve("again.tflite")));
  }

  @Test
  void whatWasTriedIsPrinted() throws IOException {
    CommandRun run = run("out.tflite", "--max-accuracy-drop", "1", "--validation", "digits:4:200");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("most sensitive layers"), run.out());
    assertTrue(run.out().matches("(?s).*\\n    0 wide, [\\d,]+ bytes: top-1: .* points worse.*"));
    assertTrue(run.out().contains("; within the limit"), run.out());
  }

  @Test
  void optionsThatNeedEachOtherAreRefused() throws IOException {
    List<List<String>> wrong =
        List.of(
            List.of("--max-accuracy-drop", "1"),
            List.of("--validation", "digits:4:10"),
            List.of("--save-recipe", "r.json"),
            List.of("--max-accuracy-drop", "-1", "--validation", "digits:4:10"),
            List.of("--max-accuracy-drop", "1", "--validation", "digits:4:10", "--wide", "int9"));
    for (List<String> options : wrong) {
      CommandRun run = run("out.tflite", options.toArray(String[]::new));
      assertEquals(2, run.code(), options + run.err());
    }
    CommandRun same = run("out.tflite", "--max-accuracy-drop", "1", "--validation", "digits:3:60");
    assertEquals(1, same.code());
    assertTrue(same.err().contains("holds the same samples"), same.err());
    assertFalse(Files.exists(folder.resolve("out.tflite")));
  }

  private CommandRun run(String output, String... more) throws IOException {
    Path model = ShippedFiles.copy(folder, "digits_separable.tflite");
    List<Object> args = new ArrayList<>(List.of("quantize", model, "--mode", "int8"));
    args.addAll(List.of("--calibration", "digits:3:60", "--bits", "4", "--per-tensor"));
    args.addAll(List.of("-o", folder.resolve(output)));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }
}
