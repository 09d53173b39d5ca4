// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table of plain text: columns as wide as they need, the first set left, all others right. */
public final class TextTable {
  private final List<String[]> rows = new ArrayList<>();

  /** A table with these headings. */
  public TextTable(List<String> headings) {
    rows.add(headings.toArray(String[]::new));
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException unless it has as many cells as there are headings
   */
  public TextTable row(List<String> cells) {
    if (cells.size() != rows.get(0).length) {
      throw new IllegalArgumentException(
          cells.size() + " cells under " + rows.get(0).length + " headings");
    }
    rows.add(cells.toArray(String[]::new));
    return this;
  }

  /** Prints it, two spaces between columns. */
  public void print(PrintWriter out) {
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row[c].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        String fill = " ".repeat(widths[c] - row[c].length());
        line.append(c == 0 ? row[c] + fill : "  " + fill + row[c]);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
