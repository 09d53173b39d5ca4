// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.presets.OctetNative;

/** The native library, loaded and checked once. */
public final class Engine {
  private static final Throwable CAUSE = load();

  private Engine() {}

  private static Throwable load() {
    try {
      int version = OctetNative.octet_abi_version();
      if (version != OctetNative.ABI_VERSION) {
        return new IllegalStateException(
            "the native library has interface version "
                + version
                + ", this version of Octet expects "
                + OctetNative.ABI_VERSION);
      }
      Kernels.verify();
      return null;
    } catch (LinkageError | RuntimeException e) {
      return e;
    }
  }

  /** Why the native library cannot be used, or null when it can. */
  public static Throwable unavailabilityCause() {
    return CAUSE;
  }

  /**
   * @throws IllegalStateException when the native library cannot be used
   */
  public static void ensureAvailable() {
    if (CAUSE != null) {
      throw new IllegalStateException(
          "Octet's native library is not available on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ": "
              + CAUSE.getMessage(),
          CAUSE);
    }
  }

  /** Name of the instruction set in use. */
  public static String isa() {
    ensureAvailable();
    return OctetNative.octet_isa_name(OctetNative.octet_isa());
  }

  /**
   * Number of an instruction set by name.
   *
   * @throws IllegalArgumentException for one that this machine (or {@code OCTET_ISA}) does not have
   */
  public static int isa(String name) {
    ensureAvailable();
    for (int isa = 0; isa < 32; isa++) {
      if (name.equals(OctetNative.octet_isa_name(isa))) {
        return isa;
      }
    }
    throw new IllegalArgumentException(
        "instruction set '" + name + "' is not available here; the best is " + isa());
  }

  /** Nanoseconds that a profile's reading of the clock adds to an instruction. */
  public static double clockNanos() {
    ensureAvailable();
    return OctetNative.octet_tick_cost() * OctetNative.octet_tick_nanos();
  }
}
