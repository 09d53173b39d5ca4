// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.presets.OctetNative;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Packed weights in native memory. */
final class NativeProgram extends Program {
  /** How many there are in this process. */
  private static final AtomicInteger LIVE = new AtomicInteger();

  private final long bytes;
  private long handle;

  private NativeProgram(long handle, List<WeightsEntry> entries) {
    super(entries);
    this.handle = handle;
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
  static NativeProgram load(List<WeightsEntry> entries, List<WeightsEntry.Filled> filled, int isa) {
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
    return new NativeProgram(handle, entries);
  }

  @Override
  long bytes() {
    return bytes;
  }

  @Override
  Binding bind(Plan plan, ByteBuffer arena, int[] numbers, int threads, boolean poison) {
    return new NativeBinding(plan, arena, handle(), numbers, threads, poison);
  }

  private synchronized long handle() {
    return handle;
  }

  @Override
  void free() {
    OctetNative.octet_program_free(handle);
    handle = 0;
    LIVE.decrementAndGet();
  }
}
