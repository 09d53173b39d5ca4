// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.graph.Node;
import dev.octet.presets.OctetNative;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * A plan with memory: what an interpreter runs. One thread at a time may call {@link #run}; {@link
 * #cancel} and {@link #close} may come from any thread, close not while a run is in progress.
 */
public final class Bound implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /** The native side; it must not refer to the Bound, or that would never become unreachable. */
  private static final class Handle implements Runnable {
    private final NativeProgram program;
    private long address;

    Handle(NativeProgram program, long address) {
      this.program = program;
      this.address = address;
    }

    @Override
    public synchronized void run() {
      if (address != 0) {
        OctetNative.octet_binding_free(address);
        address = 0;
        program.release();
      }
    }

    synchronized void cancel() {
      if (address != 0) {
        OctetNative.octet_cancel(address);
      }
    }
  }

  private final Plan plan;
  private final ByteBuffer arena;
  private final Handle handle;
  private final Cleaner.Cleanable cleanable;
  private final NativeError error = new NativeError();
  private final long address;
  private final long nativeBytes;
  private final long weightBytes;

  private Bound(Plan plan, ByteBuffer arena, NativeProgram program, long address) {
    this.plan = plan;
    this.arena = arena;
    this.address = address;
    this.weightBytes = program.bytes();
    this.nativeBytes = OctetNative.octet_binding_bytes(address);
    this.handle = new Handle(program, address);
    this.cleanable = CLEANER.register(this, handle);
  }

  /**
   * @param program held by the caller; it is let go of when the Bound is closed or cannot be made
   */
  static Bound create(
      Plan plan, NativeProgram program, int[] numbers, int threads, boolean poison) {
    long address = 0;
    try {
      ByteBuffer arena = NativeMemory.allocate(plan.arenaBytes(), "an arena");
      ByteBuffer block = BlockWriter.binding(plan, numbers, poison);
      NativeError error = new NativeError();
      address =
          OctetNative.octet_binding_create(
              program.handle(),
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
            "the engine refused the program: " + error.message() + origin(plan, error));
      }
      return new Bound(plan, arena, program, address);
    } finally {
      if (address == 0) {
        program.release();
      }
    }
  }

  private static String origin(Plan plan, NativeError error) {
    int instruction = error.instruction();
    java.util.List<Instruction> natives = plan.nativeInstructions();
    Node node =
        instruction >= 0 && instruction < natives.size() ? natives.get(instruction).node() : null;
    return node == null ? "" : " (operator " + node.index() + " " + node.op().name() + ")";
  }

  public Plan plan() {
    return plan;
  }

  /** Native bytes beside the arena: instruction state and scratch. */
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
   * @param profile address of one int64 an instruction and one for their sum, or 0
   * @throws InferenceException when the run did not finish
   */
  public void run(int segment, long timeoutNanos, long profile) {
    try {
      int code = OctetNative.octet_run(address, segment, timeoutNanos, profile, error.address());
      if (code != 0) {
        throw failure();
      }
    } finally {
      Reference.reachabilityFence(this);
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
    return new InferenceException(kind, error.instruction(), error.message() + origin(plan, error));
  }

  /** Asks a run in progress to stop; without one it has no effect. Any thread. */
  public void cancel() {
    handle.cancel();
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
