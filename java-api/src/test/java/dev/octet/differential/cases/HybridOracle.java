// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import dev.octet.tflite.Activation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * FULLY_CONNECTED of float32 by int8 rows that have scales of their own, inputs quantized
 * symmetrically: {@code y = f(bias + sum(q * w) * (r / 127 * scale))} with {@code q = round(x * 127
 * / r)}, r the greatest |x| of the row.
 *
 * @param bias n floats, or null for none
 */
record HybridOracle(byte[] w, float[] scales, byte[] bias, Activation activation)
    implements OpCase.Oracle {
  @Override
  public String reason() {
    return "the peer leaves out scales per row with symmetric inputs";
  }

  @Override
  public List<byte[]> outputs(List<byte[]> inputs) {
    int n = scales.length;
    int k = w.length / n;
    int m = inputs.get(0).length / 4 / k;
    ByteBuffer y = ByteBuffer.allocate(4 * m * n).order(ByteOrder.LITTLE_ENDIAN);
    double[] numbers = MatrixOracle.floats(inputs.get(0));
    for (int i = 0; i < m; i++) {
      RowQuantization.quantize(numbers, i * k, 1, k, false);
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int c = 0; c < k; c++) {
          sum += numbers[i * k + c] * w[j * k + c];
        }
        double real = sum * scales[j] + bias(j);
        y.putFloat((float) activated(real));
      }
    }
    return List.of(y.array());
  }

  private double bias(int j) {
    return bias == null ? 0 : ByteBuffer.wrap(bias).order(ByteOrder.LITTLE_ENDIAN).getFloat(4 * j);
  }

  private double activated(double v) {
    return switch (activation) {
      case RELU -> Math.max(0, v);
      case RELU6 -> Math.min(6, Math.max(0, v));
      case RELU_N1_TO_1 -> Math.min(1, Math.max(-1, v));
      default -> v;
    };
  }
}
