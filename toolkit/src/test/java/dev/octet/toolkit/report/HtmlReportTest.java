// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.octet.toolkit.report.ReportTable.Tone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  @Test
  void aReportNeedsNoOtherFile() {
    String html =
        new HtmlReport("Digits")
            .heading("Sizes")
            .charts(Chart.bars("bytes", "bytes", List.of("float", "int8")).series("file", 4, 1))
            .html();
    assertTrue(html.contains("Chart.js v4"), "Chart.js is in the file");
    assertTrue(html.contains("new Chart(document.getElementById('chart0'), {\"type\":\"bar\""));
    assertFalse(html.matches("(?s).*<(script|link|img)[^>]+(src|href)=.*"), "refers to a file");
  }

  @Test
  void withoutPlotsThereIsNoScript() {
    assertFalse(new HtmlReport("Digits").paragraph("nothing to see").html().contains("<script"));
  }

  @Test
  void namesOfTensorsAreTextEverywhere() {
    String name = "</script><script>alert(1)</script>";
    String html =
        new HtmlReport(name)
            .heading(name)
            .paragraph(name)
            .verdict(Tone.BAD, name)
            .list(List.of(name))
            .table(new ReportTable(name).caption(name).row(name))
            .details(name, r -> r.subheading(name))
            .charts(Chart.bars(name, name, List.of(name)).series(name, 1))
            .html();
    assertFalse(html.contains("alert(1)</script>"), "a name became a script");
    assertTrue(html.contains("&lt;/script&gt;"));
  }

  @Test
  void longNamesBreakInTablesAndLoseTheirMiddleInPlots() {
    String name = "mobilenet_v2_1.0_224_quantized_per_channel_experiment_42_final.tflite";
    String html =
        new HtmlReport("Digits")
            .table(new ReportTable("model").row(name))
            .charts(Chart.bars("bytes", "bytes", List.of(name)).series("file", 4))
            .html();
    assertTrue(html.contains("<td class=\"long plain\">" + name + "</td>"), "the whole name");
    assertTrue(html.contains("\"labels\":[\"mobilenet_v2_1.\u20262_final.tflite\"]"), "shortened");
  }

  @Test
  void numbersAreSetRight() {
    String html =
        new ReportTable("model", "drop", "size")
            .row("float", "–", "83,808")
            .row("int8", ReportTable.cell("-0.03 %", Tone.GOOD), "23,768")
            .html();
    assertTrue(html.contains("<th>model</th><th class=\"number\">drop</th>"));
    assertTrue(html.contains("<td class=\"number good\">-0.03 %</td>"));
    assertTrue(html.contains("<td class=\"number plain\">23,768</td>"));
  }

  @Test
  void aRowHasACellForEachColumn() {
    assertThrows(IllegalArgumentException.class, () -> new ReportTable("a", "b").row("one"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Chart.bars("t", "y", List.of("a", "b")).series("s", 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Chart.lines("t", "x", "y", new double[3]).series("s", 1, 2));
  }

  @Test
  void whatIsNotFiniteIsAGap() {
    JsonObject config =
        Chart.lines("t", "x", "y", new double[] {1, 2, 3})
            .series("s", 4, Double.NaN, Double.POSITIVE_INFINITY)
            .config();
    var data = config.getAsJsonObject("data").getAsJsonArray("datasets").get(0).getAsJsonObject();
    assertEquals(4, data.getAsJsonArray("data").get(0).getAsJsonObject().get("y").getAsDouble());
    assertTrue(data.getAsJsonArray("data").get(1).getAsJsonObject().get("y").isJsonNull());
    assertTrue(data.getAsJsonArray("data").get(2).getAsJsonObject().get("y").isJsonNull());
  }

  @Test
  void intervalsAndHistogramsHoldTheirNumbers() {
    JsonObject spans =
        Chart.intervals("t", "drop", List.of("a", "b"), new double[] {-1, 0}, new double[] {1, 2})
            .config();
    assertEquals("[[-1.0,1.0],[0.0,2.0]]", series(spans));
    JsonObject bins = Chart.histogram("t", "value", 0, 0.5, 3).series("s", 5, 0, 7).config();
    assertEquals(
        "[\"0.2500\",\"0.7500\",\"1.250\"]",
        bins.getAsJsonObject("data").getAsJsonArray("labels").toString());
    assertEquals("[5.0,0.0,7.0]", series(bins));
  }

  private static String series(JsonObject config) {
    return config
        .getAsJsonObject("data")
        .getAsJsonArray("datasets")
        .get(0)
        .getAsJsonObject()
        .get("data")
        .toString();
  }

  @Test
  void aFileIsWrittenWholeOrNotAtAll(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("report.html");
    Files.writeString(file, "before");
    new HtmlReport("Digits").writeTo(file);
    assertTrue(Files.readString(file).startsWith("<!DOCTYPE html>"));
    assertThrows(
        IOException.class, () -> new HtmlReport("d").writeTo(folder.resolve("no/such.html")));
    assertThrows(IOException.class, () -> new HtmlReport("d").writeTo(folder));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }
}
