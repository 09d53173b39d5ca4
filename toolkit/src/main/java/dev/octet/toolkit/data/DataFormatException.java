// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;

/** A data file cannot be used; the message is {@code <file>: <reason>}. */
public final class DataFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source the file, or another name of where the bytes came from
   * @param reason what is wrong with them
   */
  public DataFormatException(String source, String reason) {
    super(source + ": " + reason);
  }

  /** The same, with the failure that revealed it. */
  public DataFormatException(String source, String reason, Throwable cause) {
    super(source + ": " + reason, cause);
  }
}
