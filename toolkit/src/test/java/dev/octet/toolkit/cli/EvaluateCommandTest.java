// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.evaluate.ZeroShare;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
  @TempDir Path directory;
  private Path real;
  private Path int8;

  @BeforeEach
  void models() throws IOException {
    real = ShippedFiles.copy(directory, "digits_float.tflite");
    int8 = ShippedFiles.copy(directory, "digits_int8.tflite");
  }

  @Test
  void modelsStandSideBySide() {
    String text =
        CommandRun.good("evaluate", real, int8, "--validation", "digits:3:200", "--time", "0.02")
            .out();
    assertTrue(text.startsWith("200 samples of digits:3:200\n"), text);
    assertTrue(text.contains("digits_int8.tflite against digits_float.tflite\n  top-1: "), text);
    for (String word : new String[] {"cross-entropy", "median µs", "gzip", "SQNR", "1 thread"}) {
      assertTrue(text.contains(word), word + " in " + text);
    }
  }

  @Test
  void jsonHoldsWhatTheTableHolds() {
    JsonObject json =
        CommandRun.good(
                "evaluate", real, int8, "--validation", "digits:3:200", "--time", "0", "--json")
            .json()
            .getAsJsonObject();
    assertEquals(200, json.get("samples").getAsInt());
    assertEquals("digits_float.tflite", json.get("baseline").getAsString());
    JsonObject model = json.getAsJsonArray("models").get(1).getAsJsonObject();
    assertEquals(int8.toFile().length(), model.get("bytes").getAsLong());
    assertTrue(model.get("median_us").isJsonNull());
    JsonObject top = model.getAsJsonObject("metrics").getAsJsonObject("top-1");
    double accuracy = top.get("value").getAsDouble();
    assertTrue(top.get("low").getAsDouble() <= accuracy, top.toString());
    JsonObject comparison = json.getAsJsonArray("comparisons").get(0).getAsJsonObject();
    JsonObject difference = comparison.getAsJsonObject("metrics").getAsJsonObject("top-1");
    assertEquals(accuracy, difference.get("value").getAsDouble());
    assertEquals("tango", difference.get("interval").getAsString());
    assertEquals(10, comparison.getAsJsonArray("classes").size());
    assertEquals(difference.get("lost").getAsInt(), comparison.getAsJsonArray("first_lost").size());
  }

  /** A model whose scores are turned round chooses the class that the first likes least. */
  private Path spoiled() throws IOException {
    EditableModel model = EditableModel.read("digits", Files.readAllBytes(real));
    var graph = model.graphs().get(0);
    EditableTensor scores = graph.outputs().get(0);
    EditableTensor turned = scores.copy(graph.freeName("turned"));
    graph.outputs().set(0, turned);
    model.signatures().clear();
    graph
        .operators()
        .add(
            new EditableOperator(
                dev.octet.tflite.BuiltinOperator.NEG,
                java.util.List.of(scores),
                java.util.List.of(turned)));
    return Files.write(directory.resolve("spoiled.tflite"), model.toBytes());
  }

  @Test
  void aDropBeyondTheLimitIsExitCode3() throws IOException {
    Path spoiled = spoiled();
    Object[] common = {
      "evaluate", real, spoiled, "--validation", "digits:3:100", "--time", "0", "--metric", "top1"
    };
    assertEquals(0, CommandRun.of(common).code());
    CommandRun failed = CommandRun.of(with(common, "--max-drop", "50"));
    assertEquals(EvaluateCommand.TOO_LARGE, failed.code());
    assertTrue(
        failed.err().startsWith("octet: spoiled.tflite exceeds --max-drop 50.0: top-1: "),
        failed.err());
    assertTrue(failed.err().contains("worse beyond chance"), failed.err());
    assertEquals(0, CommandRun.of(with(common, "--max-drop", "100")).code());
    CommandRun confident = CommandRun.of(with(common, "--max-drop-confident", "50"));
    assertEquals(EvaluateCommand.TOO_LARGE, confident.code());
  }

  @Test
  void withoutAMetricInPercentTheLimitIsInTheMetricsUnit() throws IOException {
    Path spoiled = spoiled();
    Object[] common = {
      "evaluate", real, spoiled, "--validation", "digits:3:100", "--time", "0", "--metric", "loss"
    };
    CommandRun failed = CommandRun.of(with(common, "--max-drop", "0.01"));
    assertEquals(EvaluateCommand.TOO_LARGE, failed.code(), failed.err());
    assertTrue(
        failed.err().startsWith("octet: spoiled.tflite exceeds --max-drop 0.01: cross-entropy: "),
        failed.err());
    assertEquals(0, CommandRun.of(with(common, "--max-drop", "1000")).code());
    Object[] none = {"evaluate", real, spoiled, "--validation", "random:3:9", "--time", "0"};
    CommandRun refused = CommandRun.of(with(none, "--max-drop", "1"));
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("takes samples with labels or targets"), refused.err());
  }

  /**
   * The same model loses nothing, but 100 samples cannot show that it loses less than 3.7 points.
   */
  @Test
  void confidenceTakesSamples() throws IOException {
    Path same = Files.copy(real, directory.resolve("same.tflite"));
    Object[] common = {
      "evaluate", real, same, "--validation", "digits:3:100", "--time", "0", "--metric", "top1"
    };
    assertEquals(0, CommandRun.of(with(common, "--max-drop", "0")).code());
    assertEquals(0, CommandRun.of(with(common, "--max-drop-confident", "3.71")).code());
    assertEquals(3, CommandRun.of(with(common, "--max-drop-confident", "3.69")).code());
  }

  private static Object[] with(Object[] some, Object... more) {
    Object[] all = java.util.Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  @Test
  void theUsersMetricIsAClassOnTheClassPath() {
    JsonObject json =
        CommandRun.good(
                "evaluate",
                real,
                "--baseline",
                int8,
                "--validation",
                "digits:3:50",
                "--time",
                "0",
                "--metric",
                ZeroShare.class.getName(),
                "--json")
            .json()
            .getAsJsonObject();
    assertEquals("digits_int8.tflite", json.get("baseline").getAsString());
    JsonObject metrics =
        json.getAsJsonArray("models").get(1).getAsJsonObject().getAsJsonObject("metrics");
    assertEquals(0.1, metrics.getAsJsonObject("zeros").get("value").getAsDouble(), 0.06);
    assertEquals(1, metrics.size());
  }

  @Test
  void theReportNeedsNoOtherFile() throws IOException {
    assumeTrue(
        dev.octet.toolkit.report.HtmlReport.class.getResource("chart.umd.min.js") != null,
        "Chart.js is put beside the classes by the Maven build");
    Path report = directory.resolve("report.html");
    CommandRun.good(
        "evaluate", real, spoiled(), "--validation", "digits:3:100", "--report", report);
    String html = Files.readString(report);
    assertTrue(html.contains("spoiled.tflite: top-1: "), "no verdict");
    assertTrue(html.contains("All 10 classes, the worst first"), "no classes");
    assertTrue(html.contains("Time per inference"), "no times");
    assertFalse(html.contains("src=\"http"), "another file");
  }

  @Test
  void wrongUseIsToldInOneLine() {
    Object[] all = {"evaluate", real, "--validation", "digits:3:50"};
    assertTrue(CommandRun.failed(2, "evaluate", real).contains("--validation"));
    assertTrue(CommandRun.failed(2, with(all, "--metric", "good")).contains("'good' is no metric"));
    assertTrue(CommandRun.failed(2, with(all, "--max-drop", "1")).contains("two models"));
    assertTrue(CommandRun.failed(2, with(all, "--resamples", "3")).contains("too few"));
    assertTrue(CommandRun.failed(2, with(all, "--workers", "0")).contains("workers is 0"));
    String twice = CommandRun.failed(2, with(all, real));
    assertTrue(twice.contains("a model is named twice"), twice);
    String random = CommandRun.failed(1, "evaluate", real, "--validation", "random:1:5");
    assertTrue(random.contains("no labels and no targets"), random);
    String mse = CommandRun.failed(1, with(all, "--metric", "mse"));
    assertTrue(mse.contains("[0]: no target, and MSE needs one"), mse);
    String missing =
        CommandRun.failed(1, "evaluate", directory.resolve("no.tflite"), "--validation", "x");
    assertTrue(missing.contains("no.tflite"), missing);
  }
}
