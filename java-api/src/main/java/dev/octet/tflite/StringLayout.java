// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks the contents of string tensors: int32 {@code n}, then {@code n + 1} int32 offsets from the
 * start of the buffer, then the bytes; string {@code i} lies from offset {@code i} to {@code i +
 * 1}.
 *
 * <p>A buffer is walked once however many tensors share it, and all walks together are bounded by
 * the file's size: overlapping buffers cannot multiply the work.
 */
final class StringLayout {
  private final Faults faults;
  private final Map<Integer, Integer> counts = new HashMap<>();
  private long bytesLeft;

  StringLayout(Faults faults, int fileBytes) {
    this.faults = faults;
    this.bytesLeft = 4L * fileBytes;
  }

  /** Requires that {@code buffer} holds {@code elements} strings. */
  void check(Table tensor, TfliteBuffer buffer, long elements, String words) {
    Integer known = counts.get(buffer.index());
    int count = known != null ? known : walk(tensor, buffer, words);
    counts.put(buffer.index(), count);
    if (count != elements) {
      throw faults.at(
          tensor,
          "buffer",
          words + ": buffer holds " + count + " strings, but the shape takes " + elements);
    }
  }

  private int walk(Table tensor, TfliteBuffer buffer, String words) {
    ByteBuffer data = buffer.data();
    bytesLeft -= data.limit();
    int count = data.limit() < 4 ? -1 : data.getInt(0);
    long first = 4L * count + 8;
    if (count < 0 || first > data.limit() || bytesLeft < 0) {
      throw faults.at(
          tensor,
          "buffer",
          words
              + ": "
              + data.limit()
              + " bytes of strings "
              + (bytesLeft < 0 ? "overlap others" : "do not hold the " + count + " they state"));
    }
    long last = first;
    for (int i = 0; i <= count; i++) {
      int offset = data.getInt(4 + 4 * i);
      if (offset < last || offset > data.limit() || (i == 0 && offset != first)) {
        throw faults.at(
            tensor,
            "buffer",
            words + ": offset " + i + " of its strings, " + offset + ", is wrong");
      }
      last = offset;
    }
    return count;
  }
}
