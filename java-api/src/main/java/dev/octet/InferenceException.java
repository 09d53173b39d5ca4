// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/** A run that did not finish. The interpreter stays usable. */
public final class InferenceException extends OctetException {
  private static final long serialVersionUID = 1L;

  /** Why a run ended early. */
  public enum Kind {
    /** {@link Interpreter#cancel()} was called. */
    CANCELLED,
    /** The deadline of {@link InterpreterOptions#deadline} passed. */
    DEADLINE_EXCEEDED,
    /** An index or length that is run-time data was out of range. */
    INDEX_OUT_OF_RANGE,
    /** A {@link CustomOperator} of the user's threw, see the cause. */
    CUSTOM_OPERATOR,
    /** The engine refused its own program or had no memory: a fault of Octet or of the machine. */
    INTERNAL
  }

  private final Kind kind;
  private final int instruction;

  /**
   * @param instruction index of the instruction that was running, or -1
   */
  public InferenceException(Kind kind, int instruction, String message) {
    super(message);
    this.kind = kind;
    this.instruction = instruction;
  }

  /**
   * @param cause what a custom operator threw
   */
  public InferenceException(Kind kind, int instruction, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.instruction = instruction;
  }

  /** Why the run ended. */
  public Kind kind() {
    return kind;
  }

  /** Index of the instruction that was running, or -1. */
  public int instruction() {
    return instruction;
  }
}
