// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.Objects;

/**
 * A {@link Delegate}, its library or its device cannot do what it was asked. The message says what
 * can be done about it and keeps the library's own words, where it has any.
 */
public final class DelegateException extends OctetException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** Delegates need Octet's native library on a 64-bit Linux, and an interpreter that uses it. */
    PLATFORM,
    /** The delegate's library, or one that it needs, is not installed. */
    LIBRARY_MISSING,
    /** The file is no library for this machine, or has no delegate that Octet can use. */
    LIBRARY_UNSUITABLE,
    /** The library sees no device of the type asked for. */
    NO_DEVICE,
    /** There are devices, but not the one asked for. */
    NOT_LISTED,
    /** The device is there and cannot be opened: permission, or another process has it. */
    NOT_OPENABLE,
    /** The model was compiled for a newer runtime than the installed library. */
    RUNTIME_TOO_OLD,
    /** The model has nothing for this device: it was not compiled for it. */
    NOT_COMPILED,
    /** A tensor has another element type than the compiled model. */
    WRONG_TYPE,
    /** What was compiled into the model is damaged. */
    CORRUPT_PACKAGE,
    /** The delegate refused the options or the model for a reason of its own. */
    REFUSED,
    /** A run failed inside the delegate. */
    RUN
  }

  private final Reason reason;

  public DelegateException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason);
  }

  public DelegateException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
