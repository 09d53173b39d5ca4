// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.octet.toolkit.data.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One HTML file with text, tables and plots that needs no other file and no network: style and
 * Chart.js are in it. Where scripts may not run, text and tables stay.
 */
public final class HtmlReport {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  private final String title;
  private final StringBuilder body = new StringBuilder();
  private final List<Chart> charts = new ArrayList<>();

  public HtmlReport(String title) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  /** A small grey line: when, where, with what. */
  public HtmlReport note(String words) {
    return element("p class=\"note\"", "p", words);
  }

  public HtmlReport heading(String words) {
    return element("h2", "h2", words);
  }

  public HtmlReport subheading(String words) {
    return element("h3", "h3", words);
  }

  public HtmlReport paragraph(String words) {
    return element("p", "p", words);
  }

  /** What the reader should take away, in a coloured box. */
  public HtmlReport verdict(ReportTable.Tone tone, String words) {
    String name = tone.name().toLowerCase(Locale.ROOT);
    return element("div class=\"verdict " + name + "\"", "div", words);
  }

  public HtmlReport list(List<String> items) {
    body.append("<ul>\n");
    items.forEach(item -> element("li", "li", item));
    body.append("</ul>\n");
    return this;
  }

  public HtmlReport table(ReportTable table) {
    body.append(table.html());
    return this;
  }

  /** Plots, side by side where the window is wide enough. */
  public HtmlReport charts(Chart... some) {
    body.append("<div class=\"charts\">\n");
    for (Chart chart : some) {
      body.append("<figure><figcaption>").append(escape(chart.title())).append("</figcaption>");
      body.append("<div style=\"height:").append(chart.height()).append("px\"><canvas id=\"chart");
      body.append(charts.size()).append("\"></canvas></div></figure>\n");
      charts.add(chart);
    }
    body.append("</div>\n");
    return this;
  }

  /** What is folded away until the reader opens it. */
  public HtmlReport details(String summary, java.util.function.Consumer<HtmlReport> contents) {
    body.append("<details><summary>").append(escape(summary)).append("</summary>\n");
    contents.accept(this);
    body.append("</details>\n");
    return this;
  }

  private HtmlReport element(String open, String close, String words) {
    body.append('<').append(open).append('>').append(escape(words));
    body.append("</").append(close).append(">\n");
    return this;
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** The whole file. */
  public String html() {
    StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head>");
    html.append("<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
    html.append("<title>").append(escape(title)).append("</title>\n<style>\n");
    html.append(resource("report.css")).append("</style></head>\n<body><main>\n");
    html.append(body).append("</main>\n");
    if (!charts.isEmpty()) {
      html.append("<script>\n")
          .append(resource("chart.umd.min.js"))
          .append("</script>\n<script>\n");
      for (int i = 0; i < charts.size(); i++) {
        // Gson writes < as \\u003c, so no text can end the script
        html.append("new Chart(document.getElementById('chart").append(i).append("'), ");
        html.append(GSON.toJson(charts.get(i).config())).append(");\n");
      }
      html.append("</script>\n");
    }
    return html.append("</body></html>\n").toString();
  }

  /** Writes the file; an existing one is replaced only by a whole one. */
  public void writeTo(Path file) throws IOException {
    AtomicFile.write(file, html().getBytes(StandardCharsets.UTF_8));
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
