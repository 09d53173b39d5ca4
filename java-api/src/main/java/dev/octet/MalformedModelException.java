// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/** A model file that breaks a rule of its format. Nothing of it was used. */
public final class MalformedModelException extends OctetException {
  private static final long serialVersionUID = 1L;
  private final String source;
  private final long byteOffset;
  private final String rule;

  /**
   * @param source the model's file or name
   * @param byteOffset where in the file the rule is broken: the field at fault, or the nearest
   *     table that holds it
   * @param rule what is wrong, in words that name the table, the index and the value
   */
  public MalformedModelException(String source, long byteOffset, String rule) {
    this(source, byteOffset, rule, null);
  }

  /**
   * @param cause what the machine reported, or null
   */
  public MalformedModelException(String source, long byteOffset, String rule, Throwable cause) {
    super(source + ": " + rule + " (at byte " + byteOffset + ")", cause);
    this.source = source;
    this.byteOffset = byteOffset;
    this.rule = rule;
  }

  /** The model's file or name. */
  public String source() {
    return source;
  }

  /** Where in the file the rule is broken. */
  public long byteOffset() {
    return byteOffset;
  }

  /** What is wrong. */
  public String rule() {
    return rule;
  }
}
