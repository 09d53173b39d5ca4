// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dictionary of a .npy header: {@code {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4),
 * }}. The keys may come in any order; each is needed once and no other is allowed.
 */
record NpyHeader(NpyType type, int[] shape) {
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*(['\"])(\\w+)\\1\\s*:\\s*(?:(['\"])([^'\"]*)\\3|(True|False)|\\(([^)]*)\\)|(\\[.*\\]))"
              + "\\s*(,|$)");

  static NpyHeader parse(String source, String text) throws DataFormatException {
    String body = text.trim();
    if (!body.startsWith("{") || !body.endsWith("}")) {
      throw new DataFormatException(source, "the .npy header is not a dictionary: " + body);
    }
    Map<String, String> values = entries(source, body.substring(1, body.length() - 1));
    for (String key : List.of("descr", "fortran_order", "shape")) {
      if (!values.containsKey(key)) {
        throw new DataFormatException(source, "the .npy header has no '" + key + "'");
      }
    }
    if (values.size() != 3) {
      throw new DataFormatException(source, "the .npy header has unknown keys: " + body);
    }
    switch (values.get("fortran_order")) {
      case "False" -> {}
      case "True" ->
          throw new DataFormatException(
              source, "the array is in Fortran order; save numpy.ascontiguousarray(array) instead");
      default -> throw new DataFormatException(source, "fortran_order is not True or False");
    }
    return new NpyHeader(type(source, values.get("descr")), shape(source, values.get("shape")));
  }

  private static Map<String, String> entries(String source, String body)
      throws DataFormatException {
    Map<String, String> values = new HashMap<>();
    Matcher entry = ENTRY.matcher(body);
    int at = 0;
    while (!body.substring(at).isBlank()) {
      if (!entry.find(at) || entry.start() != at) {
        throw new DataFormatException(source, "the .npy header cannot be read: {" + body + "}");
      }
      if (entry.group(7) != null) {
        throw new DataFormatException(source, "arrays of records have no tensor type");
      }
      String value =
          entry.group(4) != null
              ? entry.group(4)
              : entry.group(5) != null ? entry.group(5) : entry.group(6);
      if (values.put(entry.group(2), value) != null) {
        throw new DataFormatException(source, "the .npy header has '" + entry.group(2) + "' twice");
      }
      at = entry.end();
    }
    return values;
  }

  private static NpyType type(String source, String descr) throws DataFormatException {
    for (NpyType type : NpyType.values()) {
      if (!descr.endsWith(type.code()) || descr.length() != type.code().length() + 1) {
        continue;
      }
      char order = descr.charAt(0);
      if (order == '<' || (order == '|' && type.bytes() == 1)) {
        return type;
      }
      if (order == '>' && type.bytes() > 1) {
        throw new DataFormatException(
            source, "the array is big-endian (" + descr + "); little-endian is read");
      }
    }
    throw new DataFormatException(source, "element type '" + descr + "' has no tensor type");
  }

  private static int[] shape(String source, String text) throws DataFormatException {
    String trimmed = text.trim();
    if (trimmed.isEmpty()) {
      return new int[0];
    }
    String[] words = trimmed.split(",");
    int[] shape = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        shape[i] = Integer.parseInt(words[i].trim());
      } catch (NumberFormatException e) {
        throw new DataFormatException(source, "shape (" + text + ") cannot be read", e);
      }
      if (shape[i] < 0) {
        throw new DataFormatException(source, "shape (" + text + ") has a negative dimension");
      }
    }
    return shape;
  }
}
