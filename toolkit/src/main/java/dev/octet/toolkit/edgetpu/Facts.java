// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.edgetpu.HostFacts;

/**
 * All that a {@link Diagnosis} judges.
 *
 * @param device as {@code --device} has it; empty for any
 * @param octet what Octet runs on
 * @param library libedgetpu, or null when it was not asked since Octet's own library is missing
 * @param model null when no model was given
 * @param attempt of opening the device
 */
public record Facts(
    String device,
    OctetFacts octet,
    HostFacts host,
    LibraryFacts library,
    ModelFacts model,
    Attempt attempt) {
  /**
   * What Octet runs on.
   *
   * @param version Octet's and its instruction set
   * @param failure why delegates cannot be used: no native library, or the reference chosen; or
   *     null
   * @param system such as {@code Linux}
   * @param processor as Java names it: {@code amd64}, {@code aarch64}, {@code arm}
   */
  public record OctetFacts(String version, String failure, String system, String processor) {}

  /**
   * What came of opening the device.
   *
   * @param made false while nothing was tried
   * @param failure why it failed, or null
   * @param seconds that it took
   */
  public record Attempt(boolean made, String failure, double seconds) {
    /** Before the first. */
    public static final Attempt NONE = new Attempt(false, null, 0);
  }

  /** The same after the device was opened, or was not. */
  public Facts with(Attempt made) {
    return new Facts(device, octet, host, library, model, made);
  }
}
