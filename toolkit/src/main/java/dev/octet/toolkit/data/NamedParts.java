// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.util.ArrayList;
import java.util.List;

/** Text such as {@code a=1,b=2}: parts that each begin with a known name. */
final class NamedParts {
  private NamedParts() {}

  /**
   * One part.
   *
   * @param index of the name
   * @param text behind the name and its sign
   */
  record Part(int index, String text) {}

  /**
   * Splits a text at each separator that a known name and the sign follow.
   *
   * @param names by index, each with its other spellings
   * @return empty when the text does not begin with a name and the sign
   */
  static List<Part> split(String text, char separator, char sign, List<List<String>> names) {
    List<Part> parts = new ArrayList<>();
    int index = -1;
    int from = 0;
    for (int at = 0; at < text.length(); at++) {
      if (at > 0 && (index < 0 || text.charAt(at - 1) != separator)) {
        continue;
      }
      for (int i = 0; i < names.size(); i++) {
        String name = prefix(text, at, sign, names.get(i));
        if (name != null) {
          if (index >= 0) {
            parts.add(new Part(index, text.substring(from, at - 1)));
          }
          index = i;
          from = at + name.length() + 1;
          break;
        }
      }
    }
    if (index >= 0) {
      parts.add(new Part(index, text.substring(from)));
    }
    return parts;
  }

  private static String prefix(String text, int at, char sign, List<String> names) {
    for (String name : names) {
      if (!name.isEmpty() && text.startsWith(name + sign, at)) {
        return name;
      }
    }
    return null;
  }
}
