// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.text;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

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
  private String stage = "";

  private Progress(PrintWriter out, String label) {
    this.out = out;
    this.label = label;
  }

  /** Draws on {@code out}, which should be a terminal. */
  public static Progress on(PrintWriter out, String label) {
    return new Progress(out, label);
  }

  /** Draws on {@code out} if this program's standard streams are a terminal, else nothing. */
  public static Progress onTerminal(PrintWriter out, String label) {
    return terminal() ? on(out, label) : silent();
  }

  private static boolean terminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // from Java 22 on there may be a console without a terminal
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** Draws nothing. */
  public static Progress silent() {
    return new Progress(null, "");
  }

  /**
   * Draws how far the work is.
   *
   * @param done how much is done, from 0 to {@code total}
   * @param total how much there is to do, in any unit; negative when that is not known, and then
   *     {@code done} is shown instead of a bar
   */
  public void update(long done, long total) {
    update("", done, total);
  }

  /**
   * The same for work of several stages.
   *
   * @param words what is being done; a bar with other words is drawn at once
   */
  public void update(String words, long done, long total) {
    if (out == null || words.equals(stage) && System.nanoTime() - nextNanos < 0) {
      return;
    }
    stage = words;
    nextNanos = System.nanoTime() + PAUSE_NANOS;
    String line = label + (words.isEmpty() ? " " : ": " + words + " ") + amount(done, total);
    int before = drawn;
    drawn = line.length();
    out.print("\r" + line + " ".repeat(Math.max(0, before - drawn)));
    out.flush();
  }

  private static String amount(long done, long total) {
    if (total < 0) {
      return done > 0 ? Long.toString(done) : "...";
    }
    double part = total == 0 ? 1 : Math.max(0, Math.min(1, (double) done / total));
    int full = (int) (part * WIDTH);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d%%",
        "#".repeat(full),
        ".".repeat(WIDTH - full),
        (int) (part * 100));
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
