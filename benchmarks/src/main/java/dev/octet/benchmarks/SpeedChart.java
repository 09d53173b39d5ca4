// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code chart}: the results of {@link SpeedTable} as bars, in a picture of its own. */
@Command(
    name = "chart",
    mixinStandardHelpOptions = true,
    description =
        "Draws the classes in a file of 'table --results' as bars: how many times faster than"
            + " TensorFlow Lite with XNNPACK, on a logarithmic scale.")
final class SpeedChart implements Callable<Integer> {
  private static final int LEFT = 370;
  private static final int PLOT = 480;
  private static final int RIGHT = 70;
  private static final int TOP = 64;
  private static final int STEP = 24;
  private static final int BAR = 16;
  private static final double[] MARKS = {0.5, 1, 2, 5, 10, 20, 50, 100, 200};

  @Parameters(paramLabel = "JSON", description = "The results.")
  private Path results;

  @Parameters(paramLabel = "SVG", description = "The picture to write.")
  private Path picture;

  private record Bar(String kind, String model, double ratio, double atLeast) {}

  @Override
  public Integer call() throws IOException {
    Files.writeString(picture, svg(JsonParser.parseString(Files.readString(results))));
    return 0;
  }

  /** The picture of a report; bars in its order, those that were not measured left out. */
  static String svg(JsonElement results) {
    JsonObject report = results.getAsJsonObject();
    List<Bar> bars = bars(report.getAsJsonArray("classes"));
    double most = bars.stream().mapToDouble(Bar::ratio).max().orElse(1);
    double least = Math.min(0.5, bars.stream().mapToDouble(Bar::ratio).min().orElse(1));
    double greatest = Math.max(2, 1.15 * most);
    JsonObject machine = report.getAsJsonObject("machine");
    int height = TOP + STEP * bars.size() + 34;
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        LEFT + PLOT + RIGHT,
        height,
        LEFT + PLOT + RIGHT,
        height);
    add(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
    text(svg, 12, 22, "start", "#1f2328", "Times faster than TensorFlow Lite with XNNPACK", 16);
    text(
        svg,
        12,
        42,
        "start",
        "#59636e",
        String.format(
            "%s, %s, one thread, least times, %s; a line marks what was asked for; with \"to\": of"
                + " two models in Octet",
            string(machine, "cpu"),
            string(machine, "isa"),
            string(report, "date").substring(0, 10)),
        12);
    for (double mark : MARKS) {
      if (mark >= least && mark <= greatest) {
        double x = x(mark, least, greatest);
        add(
            svg,
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>",
            x,
            TOP - 6,
            x,
            height - 28,
            mark == 1 ? "#1f2328" : "#d1d9e0");
        text(svg, x, height - 12, "middle", "#59636e", (mark < 1 ? "0.5" : number(mark)) + "x", 12);
      }
    }
    double y = TOP;
    for (Bar bar : bars) {
      bar(svg, bar, y, least, greatest);
      y += STEP;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Bar bar, double y, double least, double greatest) {
    double one = x(1, least, greatest);
    double end = x(bar.ratio(), least, greatest);
    double asked = x(bar.atLeast(), least, greatest);
    double middle = y + BAR * 0.75;
    text(svg, LEFT - 10, middle, "end", "#1f2328", bar.kind() + ": " + bar.model(), 12);
    add(
        svg,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        Math.min(one, end),
        y,
        Math.max(1, Math.abs(end - one)),
        BAR,
        bar.ratio() >= 1 ? "#0969da" : "#bc4c00");
    add(
        svg,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#9a6700\""
            + " stroke-width=\"2\"/>",
        asked,
        y - 2,
        asked,
        y + BAR + 2);
    text(
        svg,
        Math.max(Math.max(one, end), asked) + 6,
        middle,
        "start",
        "#1f2328",
        number(bar.ratio()),
        12);
  }

  private static List<Bar> bars(JsonArray classes) {
    List<Bar> bars = new ArrayList<>();
    for (JsonElement each : classes) {
      JsonObject line = each.getAsJsonObject();
      if (line.has("ratio")) {
        boolean exact = string(line, "numerics").equals("exact");
        bars.add(
            new Bar(
                string(line, "class") + (exact ? ", exact" : ""),
                shortened(string(line, "model")),
                line.get("ratio").getAsDouble(),
                line.get("at_least").getAsDouble()));
      }
    }
    return bars;
  }

  private static String shortened(String model) {
    return model.length() <= 42 ? model : model.substring(0, 41) + "\u2026";
  }

  private static double x(double ratio, double least, double greatest) {
    double share = Math.log(ratio / least) / Math.log(greatest / least);
    return LEFT + PLOT * Math.max(0, Math.min(1, share));
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String colour, String text, int size) {
    add(
        svg,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\" font-size=\"%d\">%s</text>",
        x,
        y,
        anchor,
        colour,
        size,
        text.replace("&", "&amp;").replace("<", "&lt;"));
  }

  private static void add(StringBuilder svg, String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String string(JsonObject object, String key) {
    return object.has(key) ? object.get(key).getAsString() : "";
  }

  private static String number(double value) {
    return value < 10 && value != Math.rint(value)
        ? String.format(Locale.ROOT, value < 1 ? "%.2g" : "%.2f", value)
        : String.format(Locale.ROOT, "%.0f", value);
  }
}
