// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Direct memory for blocks and arenas; needs no native library. */
public final class DirectMemory {
  private DirectMemory() {}

  /** Zeroed, little-endian, starting at a multiple of 64, freed when no view of it is left. */
  public static ByteBuffer allocate(long bytes, String what) {
    requireAddressable(bytes, what);
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

  /**
   * @throws InferenceException when a buffer cannot have that size
   */
  static void requireAddressable(long bytes, String what) {
    if (bytes > Integer.MAX_VALUE - 128) {
      throw outOfMemory(bytes, what, null);
    }
  }

  static InferenceException outOfMemory(long bytes, String what, Throwable cause) {
    InferenceException exception =
        new InferenceException(
            InferenceException.Kind.INTERNAL, -1, "no memory for " + bytes + " bytes of " + what);
    exception.initCause(cause);
    return exception;
  }
}
