// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of a report. A column whose cells are all numbers (with a unit, a sign, % or – for none)
 * is set right.
 */
public final class ReportTable {
  /** How a cell or a verdict is coloured. */
  public enum Tone {
    PLAIN,
    GOOD,
    WARNING,
    BAD
  }

  /** Texts up to this length are not broken into lines. */
  private static final int SHORT = 24;

  record Cell(String text, Tone tone) {}

  private final List<String> columns;
  private final List<List<Cell>> rows = new ArrayList<>();
  private String caption = "";

  public ReportTable(String... columns) {
    this.columns = List.of(columns);
  }

  /** Words above the table. */
  public ReportTable caption(String words) {
    caption = words;
    return this;
  }

  /**
   * Adds a row; cells become text by {@link String#valueOf}.
   *
   * @throws IllegalArgumentException unless there is one cell a column
   */
  public ReportTable row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells in a row of a table of " + columns.size() + " columns");
    }
    List<Cell> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell instanceof Cell given ? given : new Cell(String.valueOf(cell), Tone.PLAIN));
    }
    rows.add(row);
    return this;
  }

  /** A cell with a colour, for {@link #row}. */
  public static Object cell(Object text, Tone tone) {
    return new Cell(String.valueOf(text), tone);
  }

  public int size() {
    return rows.size();
  }

  String html() {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>");
    if (!caption.isEmpty()) {
      html.append("<caption>").append(HtmlReport.escape(caption)).append("</caption>");
    }
    html.append("<thead><tr>");
    for (int c = 0; c < columns.size(); c++) {
      html.append(numeric(c) ? "<th class=\"number\">" : "<th>");
      html.append(HtmlReport.escape(columns.get(c))).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<Cell> row : rows) {
      html.append("<tr>");
      for (int c = 0; c < row.size(); c++) {
        Cell cell = row.get(c);
        String classes =
            (numeric(c) ? "number " : cell.text().length() <= SHORT ? "short " : "long ")
                + cell.tone().name().toLowerCase(java.util.Locale.ROOT);
        html.append("<td class=\"").append(classes).append("\">");
        html.append(HtmlReport.escape(cell.text())).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private boolean numeric(int column) {
    return !rows.isEmpty()
        && rows.stream()
            .map(row -> row.get(column).text())
            .allMatch(text -> text.matches("|–|[-+±≤<>~]?\\d[\\d.,]*(\\s?\\S{1,7})?"));
  }
}
