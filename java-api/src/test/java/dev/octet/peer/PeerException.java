// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

/** TensorFlow Lite did not do what it was asked. */
public final class PeerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PeerException(String message) {
    super(message);
  }
}
