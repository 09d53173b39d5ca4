// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.program.DirectMemory;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Contents of a model in native memory, for delegates that refer to them as long as they live. They
 * are copies, since a file that is cut while native code reads its mapping would end the process.
 * All interpreters of the model share one copy, which goes with the last of them. Thread-safe.
 */
public final class ConstantCopies {
  /** Bytes behind the contents that kernels may read: XNNPACK loads whole registers. */
  private static final int SLACK = 64;

  private final Map<Object, WeakReference<ByteBuffer>> copies = new IdentityHashMap<>();

  /**
   * A copy of the bytes between position and limit.
   *
   * @param of what the contents belong to, as long as the model lives
   */
  synchronized ByteBuffer of(Object of, ByteBuffer contents) {
    WeakReference<ByteBuffer> known = copies.get(of);
    ByteBuffer copy = known == null ? null : known.get();
    if (copy == null) {
      copy = copy(contents);
      copies.put(of, new WeakReference<>(copy));
    }
    return copy;
  }

  /** A copy that nobody shares. */
  static ByteBuffer copy(ByteBuffer contents) {
    ByteBuffer copy =
        DirectMemory.allocate((long) contents.remaining() + SLACK, "a constant for a delegate");
    copy.put(0, contents, contents.position(), contents.remaining());
    return copy;
  }
}
