// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import java.util.List;

/**
 * One line of a {@link Diagnosis}.
 *
 * @param subject what it is about, one word, such as {@code library}
 * @param text a sentence without a full stop
 * @param remedy what to do, one step a line; empty for {@link Kind#OK}
 */
public record Finding(Kind kind, String subject, String text, List<String> remedy) {
  /** How bad it is. */
  public enum Kind {
    /** A fact, as it should be. */
    OK,
    /** Nothing in the way, and yet worth knowing. */
    NOTE,
    /** In the way: no Edge TPU can be used, or not with the model, until it is mended. */
    FAULT
  }

  public Finding {
    remedy = List.copyOf(remedy);
  }

  static Finding ok(String subject, String text) {
    return new Finding(Kind.OK, subject, text, List.of());
  }

  static Finding note(String subject, String text, String... remedy) {
    return new Finding(Kind.NOTE, subject, text, List.of(remedy));
  }

  static Finding fault(String subject, String text, String... remedy) {
    return new Finding(Kind.FAULT, subject, text, List.of(remedy));
  }

  static Finding fault(String subject, String text, List<String> remedy) {
    return new Finding(Kind.FAULT, subject, text, remedy);
  }

  /** The same, as a note: for a device that is not the one asked for. */
  Finding lessened() {
    return kind == Kind.FAULT ? new Finding(Kind.NOTE, subject, text, remedy) : this;
  }
}
