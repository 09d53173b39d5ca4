// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

/** Tensor names in a table: converters join the names of all that they fused, with ';'. */
final class ShortName {
  private static final char CUT = '\u2026';

  private ShortName() {}

  /** The last of the joined names, cut in the middle to {@code width} characters. */
  static String of(String name, int width) {
    String last = name;
    while (last.endsWith(";")) {
      last = last.substring(0, last.length() - 1);
    }
    return cut(last.substring(last.lastIndexOf(';') + 1), width);
  }

  /** Cut in the middle to {@code width} characters; the end, which tells more, is the longer. */
  static String cut(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    int head = (width - 1) / 3;
    return text.substring(0, head) + CUT + text.substring(text.length() - (width - 1 - head));
  }
}
