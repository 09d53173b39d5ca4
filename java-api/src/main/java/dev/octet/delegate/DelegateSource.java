// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.tflite.TfliteOperator;

/** Where native delegates come from: a library with what it was opened for. Thread-safe. */
public abstract class DelegateSource {
  /** What it is and where, for messages. */
  public abstract String name();

  /** The kernel that profiles name for what it computes. */
  public abstract String kernel();

  /**
   * A new {@code octet_delegate}, the caller's to free, after every host of it. Also after {@link
   * #close}.
   *
   * @throws DelegateException where there is none to be had
   */
  abstract long create();

  /**
   * Whether the models that it is for have operators of this name and no other; null for any model.
   */
  String customOperator() {
    return null;
  }

  /**
   * Looks at a part that a delegate has claimed and prepared.
   *
   * @param operator the file's, the first of the part
   * @throws DelegateException where its runs would answer wrongly
   */
  void check(Graph graph, Node node, TfliteOperator operator) {}

  /** Lets go of what is held for delegates to come. More than once has no effect. */
  public abstract void close();

  /** Names and values as the native library takes them: lines {@code NAME=VALUE}. */
  static String lines(java.util.Map<String, String> options) {
    StringBuilder lines = new StringBuilder();
    options.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.contains("=") || broken(name) || broken(value)) {
            throw new IllegalArgumentException(
                "option '" + name + "' with the value '" + value + "' cannot be handed over");
          }
          lines.append(name).append('=').append(value).append('\n');
        });
    return lines.toString();
  }

  private static boolean broken(String text) {
    return text.indexOf('\n') >= 0 || text.indexOf('\0') >= 0;
  }
}
