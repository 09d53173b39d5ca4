// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Memory as the native library sees it. */
public final class NativeMemory {
  private NativeMemory() {}

  /** Memory that is freed when it is closed, not when a collector finds it; contents undefined. */
  public static final class Passing implements AutoCloseable {
    private final Pointer memory;
    private final ByteBuffer buffer;

    public Passing(long bytes, String what) {
      DirectMemory.requireAddressable(bytes, what);
      memory = Pointer.malloc(Math.max(1, bytes));
      if (memory == null || memory.isNull()) {
        throw DirectMemory.outOfMemory(bytes, what, null);
      }
      buffer =
          new BytePointer(memory).capacity(bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Little-endian, position 0; not to be touched after {@link #close}. */
    public ByteBuffer buffer() {
      return buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    public long address() {
      return memory.address();
    }

    @Override
    public void close() {
      Pointer.free(memory);
    }
  }

  /** Address of the first byte, whatever the position. */
  public static long address(ByteBuffer direct) {
    try (Pointer pointer = new BytePointer(direct.duplicate().clear())) {
      return pointer.address();
    }
  }
}
