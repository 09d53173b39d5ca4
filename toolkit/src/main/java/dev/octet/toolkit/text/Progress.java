// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.text;

import java.io.PrintWriter;

/**
 * A bar of one line that is drawn again in place while long work goes on, at most ten times a
 * second, and wiped at the end. Made silent it draws nothing, as a program that is read by another
 * wants it.
 */
public final class Progress implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long PAUSE_NANOS = 100_000_000;

  private final PrintWriter out;
  private final String label;
  private long nextNanos = System.nanoTime();
  private int drawn;

  private Progress(PrintWriter out, String label) {
    this.out = out;
    this.label = label;
  }

  /** Draws on {@code out}, which should be a terminal. */
  public static Progress on(PrintWriter out, String label) {
    return new Progress(out, label);
  }

  /** Draws nothing. */
  public static Progress silent() {
    return new Progress(null, "");
  }

  /**
   * @param done how much is done, from 0 to {@code total}
   * @param total how much there is to do, in any unit
   */
  public void update(long done, long total) {
    if (out == null || System.nanoTime() - nextNanos < 0) {
      return;
    }
    nextNanos = System.nanoTime() + PAUSE_NANOS;
    double part = total <= 0 ? 1 : Math.max(0, Math.min(1, (double) done / total));
    int full = (int) (part * WIDTH);
    String line =
        String.format(
            "%s [%s%s] %3d%%",
            label, "#".repeat(full), ".".repeat(WIDTH - full), (int) (part * 100));
    drawn = line.length();
    out.print("\r" + line);
    out.flush();
  }

  /** Wipes the bar. */
  @Override
  public void close() {
    if (drawn > 0) {
      out.print("\r" + " ".repeat(drawn) + "\r");
      out.flush();
      drawn = 0;
    }
  }
}
