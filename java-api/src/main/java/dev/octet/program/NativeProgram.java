// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.presets.OctetNative;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Packed weights in native memory, shared by every interpreter that uses them. Thread-safe. Freed
 * when the last of its holders (the model, each binding) has let go.
 */
final class NativeProgram {
  private final Map<String, Integer> numbers;

  /** How many there are in this process. */
  private static final AtomicInteger LIVE = new AtomicInteger();

  private final long bytes;
  private long handle;
  private int holders = 1;

  private NativeProgram(long handle, Map<String, Integer> numbers) {
    this.handle = handle;
    this.numbers = numbers;
    this.bytes = OctetNative.octet_program_bytes(handle);
    LIVE.incrementAndGet();
  }

  /** How many hold native memory now; for tests. */
  static int live() {
    return LIVE.get();
  }

  /**
   * Packs the entries.
   *
   * @param isa cap on the instruction set, or -1
   */
  static NativeProgram load(List<WeightsEntry> entries, int isa) {
    List<WeightsEntry.Filled> filled = new ArrayList<>();
    Map<String, Integer> numbers = new HashMap<>();
    for (WeightsEntry entry : entries) {
      filled.add(entry.fill());
      numbers.put(entry.key(), entry.number());
    }
    NativeError error = new NativeError();
    long handle;
    try (NativeMemory.Passing block = BlockWriter.program(entries, filled)) {
      handle =
          OctetNative.octet_program_load(
              block.address(), block.buffer().capacity(), isa, error.address());
    }
    if (handle == 0) {
      String key =
          error.instruction() >= 0 ? " (" + entries.get(error.instruction()).key() + ")" : "";
      throw new InferenceException(
          InferenceException.Kind.INTERNAL,
          -1,
          "the engine refused the weights: " + error.message() + key);
    }
    return new NativeProgram(handle, numbers);
  }

  /** The native numbers of the entries, or null when this program lacks one. */
  int[] numbers(List<WeightsEntry> entries) {
    int[] result = new int[entries.size()];
    for (WeightsEntry entry : entries) {
      Integer number = numbers.get(entry.key());
      if (number == null) {
        return null;
      }
      result[entry.number()] = number;
    }
    return result;
  }

  /** Bytes of packed weights. */
  long bytes() {
    return bytes;
  }

  /** The native handle, for one who holds this. */
  synchronized long handle() {
    return handle;
  }

  /** Keeps the weights until {@link #release}. */
  synchronized void hold() {
    if (holders == 0) {
      throw new IllegalStateException("the model is closed");
    }
    holders++;
  }

  synchronized void release() {
    if (--holders == 0) {
      OctetNative.octet_program_free(handle);
      handle = 0;
      LIVE.decrementAndGet();
    }
  }
}
