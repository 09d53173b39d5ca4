// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a Coral Edge TPU is to be opened; immutable. What is not set is the library's choice. A
 * device that this process has opened already keeps the options it was opened with.
 */
public final class EdgeTpuOptions {
  /** Clock of a USB Accelerator: the faster, the hotter. */
  public enum Performance {
    LOW("Low"),
    MEDIUM("Medium"),
    HIGH("High"),
    /** The library's default; its build of reduced clock takes {@link #HIGH} for it. */
    MAX("Max");

    private final String word;

    Performance(String word) {
      this.word = word;
    }
  }

  private final Map<String, String> values;

  /** Everything is left to the library. */
  public EdgeTpuOptions() {
    this(Map.of());
  }

  private EdgeTpuOptions(Map<String, String> values) {
    this.values = values;
  }

  private EdgeTpuOptions with(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(values);
    changed.put(name, value);
    return new EdgeTpuOptions(changed);
  }

  /** The clock. */
  public EdgeTpuOptions performance(Performance performance) {
    return with("Performance", Objects.requireNonNull(performance).word);
  }

  /** Whether the firmware is loaded anew each time the device is opened. */
  public EdgeTpuOptions usbAlwaysDfu(boolean always) {
    return with("Usb.AlwaysDfu", always ? "True" : "False");
  }

  /**
   * Bulk-in requests of USB under way at once.
   *
   * @throws IllegalArgumentException unless {@code 0 <= length <= 256}
   */
  public EdgeTpuOptions usbMaxBulkInQueueLength(int length) {
    if (length < 0 || length > 256) {
      throw new IllegalArgumentException("queue length is " + length + ", not 0 to 256");
    }
    return with("Usb.MaxBulkInQueueLength", Integer.toString(length));
  }

  /** In the library's names and words, in the order they were set first. */
  Map<String, String> values() {
    return values;
  }

  @Override
  public String toString() {
    return "EdgeTpuOptions" + values;
  }
}
