// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Words that several of the sentences have. */
final class Sentences {
  private static final int NAME = 48;

  private Sentences() {}

  /** The name in quotes: of names that a converter joined the last, at most 48 characters of it. */
  static String name(EditableTensor tensor) {
    String name = tensor.name().replaceAll(";+$", "");
    name = name.substring(name.lastIndexOf(';') + 1);
    int cut = Math.max(0, name.length() - NAME);
    return "'" + (cut > 0 ? "..." : "") + name.substring(cut) + "'";
  }

  /** Such as {@code 1 operator} or {@code 3 operators}. */
  static String count(int n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }

  /** Such as {@code 35 CONV_2D, 10 ADD}: the most frequent first. */
  static <T> String kinds(List<T> list, Function<T, String> name) {
    Map<String, Long> counts =
        list.stream().collect(Collectors.groupingBy(name, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }
}
