// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Direct memory for blocks and arenas. */
final class NativeMemory {
  private NativeMemory() {}

  /** Zeroed, little-endian, starting at a multiple of 64, freed when no view of it is left. */
  static ByteBuffer allocate(long bytes, String what) {
    if (bytes > Integer.MAX_VALUE - 128) {
      throw outOfMemory(bytes, what, null);
    }
    try {
      // alignedSlice cuts both ends to multiples of 64
      return ByteBuffer.allocateDirect((int) MemoryPlan.align(bytes) + 64)
          .alignedSlice(64)
          .slice(0, (int) bytes)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (OutOfMemoryError e) {
      throw outOfMemory(bytes, what, e);
    }
  }

  /** Memory that is freed when it is closed, not when a collector finds it; contents undefined. */
  static final class Passing implements AutoCloseable {
    private final Pointer memory;
    private final ByteBuffer buffer;

    Passing(long bytes, String what) {
      if (bytes > Integer.MAX_VALUE - 128) {
        throw outOfMemory(bytes, what, null);
      }
      memory = Pointer.malloc(Math.max(1, bytes));
      if (memory == null || memory.isNull()) {
        throw outOfMemory(bytes, what, null);
      }
      buffer =
          new BytePointer(memory).capacity(bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Little-endian, position 0; not to be touched after {@link #close}. */
    ByteBuffer buffer() {
      return buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    long address() {
      return memory.address();
    }

    @Override
    public void close() {
      Pointer.free(memory);
    }
  }

  private static InferenceException outOfMemory(long bytes, String what, Throwable cause) {
    InferenceException exception =
        new InferenceException(
            InferenceException.Kind.INTERNAL, -1, "no memory for " + bytes + " bytes of " + what);
    exception.initCause(cause);
    return exception;
  }

  /** Address of the first byte, whatever the position. */
  static long address(ByteBuffer direct) {
    try (Pointer pointer = new BytePointer(direct.duplicate().clear())) {
      return pointer.address();
    }
  }
}
