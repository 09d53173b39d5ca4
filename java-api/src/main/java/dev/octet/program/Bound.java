// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * A plan with memory: what an interpreter runs. One thread at a time may call {@link #run}; {@link
 * #cancel} and {@link #close} may come from any thread, close not while a run is in progress.
 */
public final class Bound implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /** It must not refer to the Bound, or that would never become unreachable. */
  private record Release(Program program, Binding binding) implements Runnable {
    @Override
    public void run() {
      binding.free();
      program.release();
    }
  }

  private final Plan plan;
  private final ByteBuffer arena;
  private final Binding binding;
  private final Cleaner.Cleanable cleanable;
  private final long nativeBytes;
  private final long weightBytes;

  private Bound(Plan plan, ByteBuffer arena, Program program, Binding binding) {
    this.plan = plan;
    this.arena = arena;
    this.binding = binding;
    this.weightBytes = program.bytes();
    this.nativeBytes = binding.bytes();
    this.cleanable = CLEANER.register(this, new Release(program, binding));
  }

  /**
   * @param program held by the caller; it is let go of when the Bound is closed or cannot be made
   */
  static Bound create(Plan plan, Program program, int[] numbers, int threads, boolean poison) {
    Binding binding = null;
    try {
      ByteBuffer arena = DirectMemory.allocate(plan.arenaBytes(), "an arena");
      binding = program.bind(plan, arena, numbers, threads, poison);
      return new Bound(plan, arena, program, binding);
    } finally {
      if (binding == null) {
        program.release();
      }
    }
  }

  public Plan plan() {
    return plan;
  }

  /** Bytes beside the arena: instruction state and scratch. */
  public long nativeBytes() {
    return nativeBytes;
  }

  /** Bytes of packed weights, shared with every other interpreter of the model and mode. */
  public long weightBytes() {
    return weightBytes;
  }

  /**
   * Gives every variable its first contents: those that were folded for it, else zero bytes, or the
   * zero point for int8, as TensorFlow Lite does.
   */
  void resetVariables() {
    for (var value : plan.graph().values()) {
      if (value.variable() && plan.hasSlot(value.id())) {
        byte first =
            value.type() == dev.octet.TensorType.INT8 && value.quantization() != null
                ? (byte) value.quantization().zeroPoint()
                : 0;
        ByteBuffer memory = view(value.id());
        if (value.data() != null) {
          memory.put(value.contents());
        }
        while (memory.hasRemaining()) {
          memory.put(first);
        }
      }
    }
  }

  /** The memory of all values. */
  ByteBuffer arena() {
    return arena;
  }

  /** A view of a value in the arena; it keeps the arena alive. */
  public ByteBuffer view(int valueId) {
    Slot slot = plan.slot(valueId);
    return arena
        .slice((int) slot.root().offset, (int) slot.bytes)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Runs a segment once.
   *
   * @param segment its number, see {@link Plan#segments}
   * @param timeoutNanos 0 for none
   * @param counters what to add the time of each instruction to, or null
   * @throws dev.octet.InferenceException when the run did not finish
   */
  void run(int segment, long timeoutNanos, Counters counters) {
    try {
      binding.run(segment, timeoutNanos, counters);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Counters for profiled runs of this. */
  Counters counters(int hosts) {
    return new Counters(
        plan.nativeInstructions().size(), hosts, binding.tickNanos(), binding.tickCost());
  }

  /** Nanoseconds that reading the clock adds to an instruction of a profiled run. */
  double clockNanos() {
    return binding.tickNanos() * binding.tickCost();
  }

  /** Asks a run in progress to stop; without one it has no effect. Any thread. */
  public void cancel() {
    binding.cancel();
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
