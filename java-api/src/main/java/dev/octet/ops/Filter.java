// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Value;
import dev.octet.program.WeightsBuilder;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Constant weights [co,kh,kw,ci] to be packed: float32 elements, or one byte each.
 *
 * @param key names the contents among the node's; see {@code Emitter.weights}
 */
record Filter(String key, int co, int kh, int kw, int ci, int dilationW, ByteBuffer contents) {

  /** The contents of {@code w}, an int4 value with a byte for each element. */
  static ByteBuffer bytes(Value w) {
    if (w.type() != TensorType.INT4) {
      return w.contents();
    }
    ByteBuffer pairs = w.contents();
    ByteBuffer bytes = ByteBuffer.allocate((int) w.elements());
    for (int i = 0; i < bytes.capacity(); i++) {
      int shift = i % 2 == 0 ? 28 : 24;
      bytes.put(i, (byte) (pairs.get(i / 2) << shift >> 28));
    }
    return bytes;
  }

  /** w as it is. */
  static Filter of(Value w, int dilationW) {
    return new Filter("", w.dim(0), w.dim(1), w.dim(2), w.dim(3), dilationW, bytes(w));
  }

  /** Sets co, kh, kw and ci. */
  WeightsBuilder dimensions(WeightsBuilder entry) {
    return entry.i32("co", co).i32("kh", kh).i32("kw", kw).i32("ci", ci);
  }

  /**
   * The filter of {@code groups} groups of input channels as one over all channels, with weights
   * that stand for zero between groups: w is [co,kh,kw,ci] of bytes, ci being those of one group.
   */
  static Filter joined(Value w, int groups, int dilationW) {
    int co = w.dim(0);
    int taps = w.dim(1) * w.dim(2);
    int ci = w.dim(3);
    ByteBuffer from = bytes(w);
    byte[] to = new byte[co * taps * groups * ci];
    Arrays.fill(to, (byte) w.quantization().zeroPoint());
    for (int c = 0; c < co; c++) {
      for (int tap = 0; tap < taps; tap++) {
        int at = ((c * taps + tap) * groups + c / (co / groups)) * ci;
        from.get((c * taps + tap) * ci, to, at, ci);
      }
    }
    String key = " of " + groups + " groups";
    return new Filter(key, co, w.dim(1), w.dim(2), groups * ci, dilationW, ByteBuffer.wrap(to));
  }
}
