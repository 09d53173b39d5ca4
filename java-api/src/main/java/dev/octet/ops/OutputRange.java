// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Numerics;
import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.Activation;

/**
 * The range that a fused activation leaves, as real numbers and, for a quantized output, as
 * integers: the type's own range cut at {@code zeroPoint + round(limit / scale)}, rounded half away
 * from zero in float32, as TensorFlow Lite does.
 */
record OutputRange(float low, float high) {
  static OutputRange of(Activation activation) {
    return switch (activation) {
      case RELU -> new OutputRange(0, Float.POSITIVE_INFINITY);
      case RELU6 -> new OutputRange(0, 6);
      case RELU_N1_TO_1 -> new OutputRange(-1, 1);
      default -> new OutputRange(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    };
  }

  /**
   * The range of float operators that TensorFlow Lite's built-in kernels clamp to finite numbers,
   * whatever the activation, and its default delegate does not.
   */
  OutputRange finite(Numerics numerics) {
    return numerics == Numerics.FAST
        ? this
        : new OutputRange(Math.max(low, -Float.MAX_VALUE), Math.min(high, Float.MAX_VALUE));
  }

  /** Requires an activation that is a range. */
  static void check(NodeContext node, Activation activation) {
    node.require(
        activation != Activation.TANH && activation != Activation.SIGN_BIT,
        null,
        "fused activation " + activation + " is not supported");
  }

  /** Least quantized output. */
  int min(Value output) {
    int least = least(output.type());
    return Float.isInfinite(low) ? least : Math.max(least, quantize(low, output.quantization()));
  }

  /** Greatest quantized output. */
  int max(Value output) {
    int greatest = greatest(output.type());
    return Float.isInfinite(high)
        ? greatest
        : Math.min(greatest, quantize(high, output.quantization()));
  }

  private static int quantize(float limit, Quantization q) {
    float scaled = limit / q.scale();
    double rounded = scaled < 0 ? Math.ceil(scaled - 0.5) : Math.floor(scaled + 0.5);
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, q.zeroPoint() + rounded));
  }

  static int least(TensorType type) {
    return switch (type) {
      case UINT8 -> 0;
      case INT16 -> Short.MIN_VALUE;
      default -> Byte.MIN_VALUE;
    };
  }

  static int greatest(TensorType type) {
    return switch (type) {
      case UINT8 -> 255;
      case INT16 -> Short.MAX_VALUE;
      default -> Byte.MAX_VALUE;
    };
  }
}
