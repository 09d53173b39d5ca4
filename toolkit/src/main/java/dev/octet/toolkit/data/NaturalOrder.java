// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.util.Comparator;

/** Names in the order in which people count: runs of digits by their value, so 9 before 10. */
final class NaturalOrder implements Comparator<String> {
  static final NaturalOrder INSTANCE = new NaturalOrder();

  private NaturalOrder() {}

  @Override
  public int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (!isDigit(a.charAt(i)) || !isDigit(b.charAt(j))) {
        if (a.charAt(i) != b.charAt(j)) {
          return Character.compare(a.charAt(i), b.charAt(j));
        }
        i++;
        j++;
        continue;
      }
      int from = firstDigit(a, i);
      int other = firstDigit(b, j);
      i = end(a, from);
      j = end(b, other);
      int order = Integer.compare(i - from, j - other);
      order = order != 0 ? order : a.substring(from, i).compareTo(b.substring(other, j));
      if (order != 0) {
        return order;
      }
    }
    int rest = Integer.compare(a.length() - i, b.length() - j);
    return rest != 0 ? rest : a.compareTo(b);
  }

  /** The first digit that counts, or the end of a run of zeros. */
  private static int firstDigit(String name, int at) {
    int first = at;
    while (first < name.length() && name.charAt(first) == '0') {
      first++;
    }
    return first;
  }

  private static int end(String name, int at) {
    int end = at;
    while (end < name.length() && isDigit(name.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
