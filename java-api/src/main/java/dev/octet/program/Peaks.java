// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.TensorType;
import dev.octet.presets.OctetNative;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one core of this machine can do at most, measured when it is first asked for and kept as
 * long as the process.
 */
public final class Peaks {
  private static final ConcurrentHashMap<String, Double> MEASURED = new ConcurrentHashMap<>();

  private Peaks() {}

  /**
   * Multiplications with additions in a nanosecond (GMAC/s).
   *
   * @param factors INT8, INT16 or FLOAT32
   * @param isa name of an instruction set that this machine has
   */
  public static double macs(TensorType factors, String isa) {
    int arithmetic =
        switch (factors) {
          case FLOAT32 -> 0;
          case INT16 -> 1;
          case INT8 -> 2;
          default -> throw new IllegalArgumentException("no peak of " + factors);
        };
    Engine.ensureAvailable();
    int number = Engine.isa(isa);
    if (number == Engine.JAVA) {
      throw new IllegalArgumentException("no peak of " + isa);
    }
    return MEASURED.computeIfAbsent(
        "macs " + arithmetic + " " + number,
        key -> OctetNative.octet_peak_macs(arithmetic, number));
  }

  /**
   * Bytes in a nanosecond (GB/s) that are read, or written, where {@code bytes} bytes are used over
   * and over: of the smallest cache that holds the next power of two.
   */
  public static double bandwidth(long bytes, boolean write) {
    Engine.ensureAvailable();
    long size = Math.max(1L << 14, Long.highestOneBit(Math.max(1, bytes - 1)) << 1);
    return MEASURED.computeIfAbsent(
        (write ? "write " : "read ") + size,
        key -> OctetNative.octet_peak_bandwidth(size, write ? 1 : 0));
  }
}
