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

  /**
   * Why {@link #isAvailable} is false, or null when it is true: the message names the platform,
   * what libraries there are, and what to do.
   */
  public static Throwable unavailabilityCause() {
    return Engine.unavailabilityCause();
  }

  /**
   * The instruction set that the kernels use: {@code scalar}, {@code avx2}, {@code avx512}, {@code
   * avx512vnni}, {@code neon} or {@code neondot}. The environment variable {@code OCTET_ISA} caps
   * it. {@code java} where {@link #backend} is the reference.
   *
   * @throws IllegalStateException when the native library is not available but demanded
   */
  public static String isa() {
    return Engine.isa();
  }

  /**
   * True when the processor has float16 arithmetic that {@link
   * InterpreterOptions#float16Arithmetic} may use: arm64 with the extensions for it and for dot
   * products, unless {@code OCTET_ISA} caps the kernels. Interpreters that allow it use it then;
   * elsewhere the option changes nothing.
   *
   * @throws IllegalStateException when the native library is not available but demanded
   */
  public static boolean float16Arithmetic() {
    return Engine.float16Arithmetic();
  }

  /**
   * What interpreters of this process run on: {@code native}, the library's kernels, or {@code
   * reference}, plain Java that gives the same integers and takes some hundred times as long. The
   * reference is chosen where the native library is not available. The system property {@code
   * dev.octet.backend}, or else the environment variable {@code OCTET_BACKEND}, decides otherwise:
   * {@code reference} never loads the library, {@code native} makes interpreters fail where it is
   * not available. Decided once, when it is first asked for.
   *
   * @throws IllegalArgumentException when property or variable says something else
   */
  public static String backend() {
    return Engine.backend();
  }

  /** The version of this library. */
  public static String version() {
    return VERSION;
  }
}
