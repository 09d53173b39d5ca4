// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.program.Engine;

/** The engine as a whole. Thread-safe. */
public final class Octet {
  private static final String VERSION = "0.1.0";

  private Octet() {}

  /** True when the native library is loaded and fits this version. Never throws. */
  public static boolean isAvailable() {
    return Engine.unavailabilityCause() == null;
  }

  /** Why {@link #isAvailable} is false, or null when it is true. */
  public static Throwable unavailabilityCause() {
    return Engine.unavailabilityCause();
  }

  /**
   * The instruction set that the kernels use: {@code scalar}, {@code avx2}, {@code avx512}, {@code
   * avx512vnni}, {@code neon} or {@code neondot}. The environment variable {@code OCTET_ISA} caps
   * it.
   *
   * @throws IllegalStateException when the native library is not available
   */
  public static String isa() {
    return Engine.isa();
  }

  /** The version of this library. */
  public static String version() {
    return VERSION;
  }
}
