// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.presets.OctetNative;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An {@code octet_error} in direct memory. */
public final class NativeError {
  static final int CANCELLED = 4;
  static final int DEADLINE_EXCEEDED = 5;
  static final int INDEX_OUT_OF_RANGE = 6;

  private final ByteBuffer memory = DirectMemory.allocate(OctetNative.ERROR_BYTES, "an error");
  private final long address = NativeMemory.address(memory);

  public long address() {
    return address;
  }

  public int code() {
    return memory.getInt(0);
  }

  public int instruction() {
    return memory.getInt(4);
  }

  public String message() {
    int length = 0;
    while (length < OctetNative.ERROR_BYTES - 8 && memory.get(8 + length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    memory.get(8, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
