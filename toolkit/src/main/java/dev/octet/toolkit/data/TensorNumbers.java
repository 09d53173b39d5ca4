// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.Quantization;
import dev.octet.Tensor;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The contents of a tensor as numbers: quantized ones as {@code scale * (q - zero point)}, others
 * as they are.
 */
public final class TensorNumbers {
  private TensorNumbers() {}

  /** Tells whether {@link #of} takes the type. */
  public static boolean has(TensorType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64, BOOL -> true;
      default -> false;
    };
  }

  /**
   * Returns all elements in C order.
   *
   * @throws IllegalArgumentException for a type that holds no numbers or half floats
   */
  public static double[] of(Tensor tensor) {
    ByteBuffer in = tensor.buffer();
    Quantization quantization = tensor.info().quantization().filter(q -> !q.perAxis()).orElse(null);
    double[] values = new double[tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      double raw = next(in, tensor.type());
      values[i] =
          quantization == null
              ? raw
              : (float) (quantization.scale() * (raw - quantization.zeroPoint()));
    }
    return values;
  }

  private static double next(ByteBuffer in, TensorType type) {
    return switch (type) {
      case FLOAT32 -> in.getFloat();
      case FLOAT64 -> in.getDouble();
      case INT8 -> in.get();
      case UINT8, BOOL -> in.get() & 0xff;
      case INT16 -> in.getShort();
      case UINT16 -> in.getShort() & 0xffff;
      case INT32 -> in.getInt();
      case UINT32 -> in.getInt() & 0xffffffffL;
      case INT64, UINT64 -> in.getLong();
      default -> throw new IllegalArgumentException("a tensor of " + type + " holds no numbers");
    };
  }

  /**
   * Returns the indices of the {@code k} largest values, largest first, the lower index first; NaN
   * is larger than all others.
   */
  public static List<Integer> top(double[] values, int k) {
    int[] best = new int[Math.min(k, values.length)];
    int found = 0;
    for (int i = 0; i < values.length && best.length > 0; i++) {
      if (found == best.length && Double.compare(values[i], values[best[found - 1]]) <= 0) {
        continue;
      }
      int at = found < best.length ? found++ : found - 1;
      for (; at > 0 && Double.compare(values[i], values[best[at - 1]]) > 0; at--) {
        best[at] = best[at - 1];
      }
      best[at] = i;
    }
    return Arrays.stream(best).boxed().toList();
  }
}
