// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.presets.OctetNative;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every native kernel that operators use, one statement each. */
public final class Kernels {
  public static final Kernel CONTROL_IF =
      Kernel.of(
          "control_if", "condition:value then_segment:segment else_segment:segment", "", 0);
  public static final Kernel CONTROL_WHILE =
      Kernel.of(
          "control_while",
          "condition:value condition_segment:segment body_segment:segment",
          "",
          0);

  public static final Kernel COPY = Kernel.of("copy", "x:value y:value", "", 0);

  static final List<Kernel> ALL = List.of(CONTROL_IF, CONTROL_WHILE, COPY);

  private static final Map<String, Integer> NUMBERS = new HashMap<>();

  private Kernels() {}

  /**
   * Compares every statement with the native library's and learns the kernels' numbers.
   *
   * @throws IllegalStateException naming the kernel that differs
   */
  static synchronized void verify() {
    Map<String, String> signatures = new HashMap<>();
    for (int i = 0; i < OctetNative.octet_kernel_count(); i++) {
      String signature = OctetNative.octet_kernel_signature(i);
      String name = signature.substring(0, signature.indexOf('('));
      signatures.put(name, signature);
      NUMBERS.put(name, i);
    }
    for (Kernel kernel : ALL) {
      String found = signatures.get(kernel.name());
      if (!kernel.signature().equals(found)) {
        throw new IllegalStateException(
            "kernel "
                + kernel.name()
                + ": the native library has "
                + found
                + ", this version of Octet expects "
                + kernel.signature());
      }
    }
  }

  /** The native library's number of a kernel. */
  static int number(Kernel kernel) {
    return NUMBERS.get(kernel.name());
  }
}
