// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * A plot of a report, drawn by Chart.js in the browser. Numbers that are not finite are gaps.
 *
 * <p>Made by {@link #bars}, {@link #intervals}, {@link #histogram}, {@link #columns} or {@link
 * #lines}; series are added with {@link #series}.
 */
public final class Chart {
  /** More would take a narrow plot's whole width. */
  private static final int LONGEST = 30;

  private static final List<String> COLOURS =
      List.of("#2f6fb0", "#d9822b", "#3a9d5d", "#b0413e", "#7a5aa6", "#6b7280", "#c2a83e");

  private final String title;
  private final String kind;
  private final String xLabel;
  private final String yLabel;
  private final JsonArray labels = new JsonArray();
  private final double[] x;
  private final List<JsonObject> series = new ArrayList<>();
  private boolean horizontal;
  private boolean logarithmic;
  private boolean fromZero = true;
  private boolean stacked;

  private Chart(String kind, String title, String xLabel, String yLabel, double[] x) {
    this.kind = kind;
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
    this.x = x;
  }

  /**
   * Bars, one group a category; horizontal, so that long names can be read. Names of more than
   * {@value #LONGEST} characters lose their middle.
   */
  public static Chart bars(String title, String yLabel, List<String> categories) {
    Chart chart = new Chart("bar", title, "", yLabel, null);
    categories.forEach(name -> chart.labels.add(shortened(name)));
    chart.horizontal = true;
    return chart;
  }

  private static String shortened(String name) {
    int half = LONGEST / 2;
    return name.length() <= LONGEST
        ? name
        : name.substring(0, half) + "\u2026" + name.substring(name.length() - half + 1);
  }

  /** One horizontal bar from {@code low[i]} to {@code high[i]} a category. */
  public static Chart intervals(
      String title, String label, List<String> categories, double[] low, double[] high) {
    Chart chart = bars(title, label, categories);
    JsonArray spans = new JsonArray();
    for (int i = 0; i < low.length; i++) {
      JsonArray span = new JsonArray();
      span.add(finite(low[i]));
      span.add(finite(high[i]));
      spans.add(span);
    }
    chart.fromZero = false;
    return chart.add(label, spans);
  }

  /**
   * Counts over bins of equal width.
   *
   * @param from left edge of the first bin
   * @param width of a bin
   * @param bins their number
   */
  public static Chart histogram(String title, String xLabel, double from, double width, int bins) {
    Chart chart = new Chart("bar", title, xLabel, "values", null);
    for (int i = 0; i < bins; i++) {
      chart.labels.add(String.format(java.util.Locale.ROOT, "%.4g", from + (i + 0.5) * width));
    }
    return chart;
  }

  /** Upright bars, one group a category, for many categories of short names. */
  public static Chart columns(String title, String xLabel, String yLabel, List<String> categories) {
    Chart chart = new Chart("bar", title, xLabel, yLabel, null);
    categories.forEach(chart.labels::add);
    return chart;
  }

  /** Lines over common positions {@code x}. */
  public static Chart lines(String title, String xLabel, String yLabel, double[] x) {
    return new Chart("line", title, xLabel, yLabel, x.clone());
  }

  /**
   * Adds a series.
   *
   * @throws IllegalArgumentException unless there is one value a category, bin or position
   */
  public Chart series(String name, double... values) {
    int expected = x == null ? labels.size() : x.length;
    if (values.length != expected) {
      throw new IllegalArgumentException(
          "series '" + name + "' has " + values.length + " values for " + expected + " places");
    }
    JsonArray data = new JsonArray();
    for (int i = 0; i < values.length; i++) {
      if (x == null) {
        data.add(finite(values[i]));
      } else {
        JsonObject point = new JsonObject();
        point.addProperty("x", finite(x[i]));
        point.addProperty("y", finite(values[i]));
        data.add(point);
      }
    }
    return add(name, data);
  }

  /** Puts the values on a logarithmic axis. */
  public Chart logarithmic() {
    logarithmic = true;
    return this;
  }

  /** Puts the bars of a place on top of each other, not side by side. */
  public Chart stacked() {
    stacked = true;
    return this;
  }

  private Chart add(String name, JsonArray data) {
    String colour = COLOURS.get(series.size() % COLOURS.size());
    JsonObject one = new JsonObject();
    one.addProperty("label", name);
    one.add("data", data);
    one.addProperty("borderColor", colour);
    one.addProperty("backgroundColor", colour + "b0");
    one.addProperty("borderWidth", kind.equals("line") ? 2 : 1);
    one.addProperty("pointRadius", 2);
    one.addProperty("categoryPercentage", horizontal ? 0.8 : 1.0);
    one.addProperty("barPercentage", horizontal ? 0.9 : 1.0);
    series.add(one);
    return this;
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  String title() {
    return title;
  }

  /** Height in pixels that keeps one line of text a category. */
  int height() {
    return horizontal ? 90 + labels.size() * (10 + 14 * Math.max(1, series.size())) : 280;
  }

  /** What Chart.js's constructor takes. */
  JsonObject config() {
    JsonObject data = new JsonObject();
    if (x == null) {
      data.add("labels", labels);
    }
    JsonArray datasets = new JsonArray();
    series.forEach(datasets::add);
    data.add("datasets", datasets);

    JsonObject scales = new JsonObject();
    JsonObject across = axis(horizontal ? yLabel : xLabel, horizontal && logarithmic, x != null);
    if (horizontal) {
      across.addProperty("beginAtZero", fromZero);
    }
    scales.add("x", across);
    scales.add("y", axis(horizontal ? xLabel : yLabel, !horizontal && logarithmic, false));
    if (stacked) {
      scales.getAsJsonObject("x").addProperty("stacked", true);
      scales.getAsJsonObject("y").addProperty("stacked", true);
    }

    JsonObject options = new JsonObject();
    options.addProperty("responsive", true);
    options.addProperty("maintainAspectRatio", false);
    options.addProperty("animation", false);
    options.addProperty("indexAxis", horizontal ? "y" : "x");
    options.add("scales", scales);
    JsonObject legend = new JsonObject();
    legend.addProperty("display", series.size() > 1);
    JsonObject plugins = new JsonObject();
    plugins.add("legend", legend);
    options.add("plugins", plugins);

    JsonObject config = new JsonObject();
    config.addProperty("type", kind);
    config.add("data", data);
    config.add("options", options);
    return config;
  }

  private static JsonObject axis(String label, boolean logarithmic, boolean linear) {
    JsonObject axis = new JsonObject();
    if (logarithmic) {
      axis.addProperty("type", "logarithmic");
    } else if (linear) {
      axis.addProperty("type", "linear");
    }
    JsonObject title = new JsonObject();
    title.addProperty("display", !label.isEmpty());
    title.addProperty("text", label);
    axis.add("title", title);
    return axis;
  }
}
