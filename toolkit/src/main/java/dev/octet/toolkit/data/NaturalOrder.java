// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Names in the order in which people count: runs of digits by their value, so 9 before 10. */
final class NaturalOrder implements Comparator<String> {
  static final NaturalOrder INSTANCE = new NaturalOrder();

  private static final Pattern PIECE = Pattern.compile("[0-9]+|[^0-9]+");

  private NaturalOrder() {}

  @Override
  public int compare(String a, String b) {
    List<String> left = pieces(a);
    List<String> right = pieces(b);
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = piece(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    int sizes = Integer.compare(left.size(), right.size());
    return sizes != 0 ? sizes : a.compareTo(b);
  }

  private static List<String> pieces(String name) {
    return PIECE.matcher(name).results().map(MatchResult::group).toList();
  }

  private static int piece(String a, String b) {
    boolean numbers = isDigit(a.charAt(0)) && isDigit(b.charAt(0));
    return numbers ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
