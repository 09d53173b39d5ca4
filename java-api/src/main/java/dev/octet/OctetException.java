// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/** Root of everything Octet throws for reasons other than wrong use of its API. */
public class OctetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OctetException(String message) {
    super(message);
  }

  public OctetException(String message, Throwable cause) {
    super(message, cause);
  }
}
