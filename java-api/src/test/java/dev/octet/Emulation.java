// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/** Whether the processor is an emulated one, which {@code -Doctet.emulated=true} says. */
public final class Emulation {
  public static final boolean ON = Boolean.getBoolean("octet.emulated");

  /** How much longer a test may compute there. */
  public static final int SLOWER = ON ? 20 : 1;

  private Emulation() {}
}
