// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.presets.OctetNative;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** A binding of the native library. */
final class NativeBinding implements Binding {
  private final Plan plan;

  /** Native code holds its address. */
  private final ByteBuffer arena;

  private final NativeError error = new NativeError();
  private final long address;

  /** 0 when freed. */
  private long live;

  NativeBinding(
      Plan plan, ByteBuffer arena, long program, int[] numbers, int threads, boolean poison) {
    this.plan = plan;
    this.arena = arena;
    ByteBuffer block = BlockWriter.binding(plan, numbers, poison);
    this.address =
        OctetNative.octet_binding_create(
            program,
            NativeMemory.address(block),
            block.remaining(),
            NativeMemory.address(arena),
            plan.arenaBytes(),
            threads,
            error.address());
    Reference.reachabilityFence(block);
    if (address == 0) {
      throw new InferenceException(
          InferenceException.Kind.INTERNAL,
          error.instruction(),
          "the engine refused the program: "
              + error.message()
              + plan.nativeOrigin(error.instruction()));
    }
    this.live = address;
  }

  @Override
  public long bytes() {
    return OctetNative.octet_binding_bytes(address);
  }

  @Override
  public void run(int segment, long timeoutNanos, Counters counters) {
    try {
      long profile = counters == null ? 0 : NativeMemory.address(counters.ticks());
      int code = OctetNative.octet_run(address, segment, timeoutNanos, profile, error.address());
      if (code != 0) {
        throw failure();
      }
    } finally {
      Reference.reachabilityFence(counters);
      Reference.reachabilityFence(arena);
    }
  }

  private InferenceException failure() {
    InferenceException.Kind kind =
        switch (error.code()) {
          case NativeError.CANCELLED -> InferenceException.Kind.CANCELLED;
          case NativeError.DEADLINE_EXCEEDED -> InferenceException.Kind.DEADLINE_EXCEEDED;
          case NativeError.INDEX_OUT_OF_RANGE -> InferenceException.Kind.INDEX_OUT_OF_RANGE;
          default -> InferenceException.Kind.INTERNAL;
        };
    int instruction = error.instruction();
    return new InferenceException(
        kind, instruction, error.message() + plan.nativeOrigin(instruction));
  }

  @Override
  public synchronized void cancel() {
    if (live != 0) {
      OctetNative.octet_cancel(live);
    }
  }

  @Override
  public synchronized void free() {
    if (live != 0) {
      OctetNative.octet_binding_free(live);
      live = 0;
    }
  }

  @Override
  public double tickNanos() {
    return OctetNative.octet_tick_nanos();
  }

  @Override
  public double tickCost() {
    return OctetNative.octet_tick_cost();
  }
}
