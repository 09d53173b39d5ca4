// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import java.util.List;

/**
 * What a {@link PeerProcess} answered.
 *
 * @param message the reason, with what TensorFlow Lite wrote on standard error; empty when it is OK
 * @param inputs the model's inputs, after a load or resize that is OK
 * @param outputs the model's outputs, likewise; after a run with the shapes that it gave them
 * @param values the bytes of each output, after a run that is OK
 */
public record PeerAnswer(
    Status status,
    String message,
    List<PeerTensor> inputs,
    List<PeerTensor> outputs,
    List<byte[]> values) {
  /** How it ended. */
  public enum Status {
    OK,
    /** TensorFlow Lite said no. */
    REFUSED,
    /** The process died. */
    CRASHED,
    /** No answer within the time allowed; the process was killed. */
    TIMED_OUT
  }

  public PeerAnswer {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    values = List.copyOf(values);
  }

  static PeerAnswer failure(Status status, String message) {
    return new PeerAnswer(status, message, List.of(), List.of(), List.of());
  }

  public boolean ok() {
    return status == Status.OK;
  }

  /**
   * The answer itself when it is OK.
   *
   * @throws PeerException with the message otherwise
   */
  public PeerAnswer orThrow() {
    if (!ok()) {
      throw new PeerException(status + ": " + message);
    }
    return this;
  }
}
