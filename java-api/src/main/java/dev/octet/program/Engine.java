// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InterpreterOptions;
import dev.octet.TensorType;
import dev.octet.presets.OctetNative;

/** What runs programs: the native library, loaded and checked once, or the reference in Java. */
public final class Engine {
  /** Name of the reference backend's instruction set. */
  public static final String JAVA_NAME = "java";

  /** Its number. */
  static final int JAVA = -2;

  /** The instruction set of float16 arithmetic, its number and name. */
  private static final int HALF = 18;

  private static final String HALF_NAME = "neonhalf";

  private static final String PROPERTY = "dev.octet.backend";
  private static final String ENVIRONMENT = "OCTET_BACKEND";
  private static final String NATIVE = "native";
  private static final String REFERENCE = "reference";

  /** Loaded when somebody asks, so that the reference needs no trace of it. */
  private static final class Library {
    static final Throwable CAUSE = load();

    private static Throwable load() {
      try {
        int version = OctetNative.octet_abi_version();
        if (version != OctetNative.ABI_VERSION) {
          return Unavailability.ofVersion(version);
        }
        Kernels.verify();
        return null;
      } catch (LinkageError e) {
        return Unavailability.of(e);
      } catch (RuntimeException e) {
        return e;
      }
    }
  }

  private static String backend;

  private Engine() {}

  /** Why the native library cannot be used, or null when it can. */
  public static Throwable unavailabilityCause() {
    return Library.CAUSE;
  }

  /**
   * What interpreters of this process run on, {@code native} or {@code reference}; decided once.
   *
   * @throws IllegalArgumentException when the property or environment names another
   */
  public static synchronized String backend() {
    if (backend == null) {
      String asked = System.getProperty(PROPERTY, System.getenv(ENVIRONMENT));
      if (asked == null || asked.isEmpty()) {
        backend = unavailabilityCause() == null ? NATIVE : REFERENCE;
      } else if (asked.equals(NATIVE) || asked.equals(REFERENCE)) {
        backend = asked;
      } else {
        throw new IllegalArgumentException(
            "backend '" + asked + "' is neither " + NATIVE + " nor " + REFERENCE);
      }
    }
    return backend;
  }

  /** True when interpreters run on the reference backend, unless their options say otherwise. */
  private static boolean reference() {
    return backend().equals(REFERENCE);
  }

  /**
   * @throws IllegalStateException when the native library cannot be used and the reference backend
   *     was ruled out
   */
  public static void ensureUsable() {
    if (!reference()) {
      ensureAvailable();
    }
  }

  /**
   * @throws IllegalStateException when the native library cannot be used
   */
  public static void ensureAvailable() {
    Throwable cause = unavailabilityCause();
    if (cause != null) {
      throw new IllegalStateException(
          "Octet's native library is not available: " + cause.getMessage(), cause);
    }
  }

  /** Name of the instruction set in use. */
  public static String isa() {
    if (reference()) {
      return JAVA_NAME;
    }
    ensureAvailable();
    return OctetNative.octet_isa_name(OctetNative.octet_isa());
  }

  /**
   * True when 8-bit values of a type are read faster stored xor 0x80: int8 where dot products take
   * unsigned activations (x86-64), uint8 where they take signed ones (arm64), none in Java.
   */
  public static boolean prefersFlipped(TensorType type) {
    if (reference()) {
      return false;
    }
    ensureAvailable();
    return type == (OctetNative.octet_dot_form() == 0 ? TensorType.INT8 : TensorType.UINT8);
  }

  /**
   * Number of an instruction set by name.
   *
   * @throws IllegalArgumentException for one that this machine (or {@code OCTET_ISA}) does not have
   */
  public static int isa(String name) {
    if (name.equals(JAVA_NAME)) {
      return JAVA;
    }
    if (!reference()) {
      ensureAvailable();
      for (int isa = 0; isa < 32; isa++) {
        if (name.equals(OctetNative.octet_isa_name(isa))) {
          return isa;
        }
      }
    }
    throw new IllegalArgumentException(
        "instruction set '" + name + "' is not available here; the best is " + isa());
  }

  /** True when this machine has float16 arithmetic, which programs may be loaded for. */
  public static boolean float16Arithmetic() {
    if (reference()) {
      return false;
    }
    ensureAvailable();
    return OctetNative.octet_isa_name(HALF) != null;
  }

  /** True when interpreters of these options run on the reference backend. */
  public static boolean runsInJava(InterpreterOptions options) {
    return isa(options) == JAVA;
  }

  /** The instruction set that the options mean, the most that kernels may use; -1 for the best. */
  static int isa(InterpreterOptions options) {
    boolean java = options.isa() == null ? reference() : options.isa().equals(JAVA_NAME);
    if (java) {
      return JAVA;
    }
    String cap = options.reference() && !reference() ? "scalar" : options.isa();
    if (cap == null) {
      return options.float16Arithmetic() && float16Arithmetic() ? isa(HALF_NAME) : -1;
    }
    return isa(cap);
  }
}
