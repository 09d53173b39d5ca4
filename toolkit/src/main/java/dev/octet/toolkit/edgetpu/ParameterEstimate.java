// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What the parameters of operators take on an Edge TPU, estimated.
 *
 * <p>An Edge TPU keeps parameters in about 8 MB of its memory, less what the executable takes;
 * those that find no room are sent with every inference (compiler page, "Parameter data caching").
 * The compiler does not publish the form it gives them. The estimate:
 *
 * <pre>
 *   CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV, LSTM   up(co) * kh * kw * up(ci) + 16 * up(co)
 *   DEPTHWISE_CONV_2D                                max(kh * kw, 32) * up(c) + 16 * up(c)
 *   other constants                                  their bytes
 *   up(n) = n rounded up to a multiple of 16
 * </pre>
 *
 * was fitted to ten compiled twins with 0.6 to 3.4 MB of parameters and is at most 3.9 % off there.
 * Packages of a few kilobytes hold constants of the compiler's own, which it does not know: 44,544
 * bytes in keras_lstm_mnist_ptq's, of which it says 21,504, and 192 in split_concat's.
 *
 * <p>How much room there is depends on the activations too. The compiler's logs tell of 7.7 MiB
 * (issue 74), 7.0 MiB (393) and 1.1 MiB (572) for parameters.
 *
 * @param fileBytes the constants of 8 bits and the biases as the model's file has them
 * @param deviceBytes the estimate
 */
public record ParameterEstimate(long fileBytes, long deviceBytes) {
  /** The memory for parameters and executable, 8 MiB. */
  public static final long CACHE_BYTES = CompiledPackage.DEVICE_BYTES;

  private static final int STEP = 16;
  private static final int BYTES_A_CHANNEL = 16;
  private static final int LEAST_FILTER = 32;

  /** Estimates for these operators; a constant that several of them have counts once. */
  static ParameterEstimate of(List<EditableOperator> operators) {
    Set<EditableTensor> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    long file = 0;
    long device = 0;
    for (EditableOperator op : operators) {
      for (int i = 0; i < op.inputs().size(); i++) {
        EditableTensor tensor = op.input(i);
        if (tensor == null || !tensor.constant() || !counted.add(tensor)) {
          continue;
        }
        boolean narrow = tensor.type() == TensorType.INT8 || tensor.type() == TensorType.UINT8;
        boolean bias = tensor.type() == TensorType.INT32 && weighs(op) && tensor.rank() == 1;
        if (narrow || bias) {
          file += tensor.data().remaining();
          device += narrow ? device(op, tensor) : 0;
        }
      }
    }
    return new ParameterEstimate(file, device);
  }

  private static boolean weighs(EditableOperator op) {
    return op.is(
        BuiltinOperator.CONV_2D,
        BuiltinOperator.DEPTHWISE_CONV_2D,
        BuiltinOperator.FULLY_CONNECTED,
        BuiltinOperator.TRANSPOSE_CONV,
        BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM);
  }

  private static long device(EditableOperator op, EditableTensor tensor) {
    int[] shape = tensor.shape();
    boolean filter = weighs(op) && shape.length >= 2;
    if (!filter) {
      return tensor.data().remaining();
    }
    long inner = up(shape[shape.length - 1]);
    if (op.is(BuiltinOperator.DEPTHWISE_CONV_2D)) {
      long taps = Axes.outer(shape, 1);
      return inner * Math.max(taps, LEAST_FILTER) + inner * BYTES_A_CHANNEL;
    }
    long outputs = up(shape[0]);
    long taps = Axes.outer(shape, 1) / Math.max(1, shape[0]);
    return outputs * taps * inner + outputs * BYTES_A_CHANNEL;
  }

  private static long up(long n) {
    return (n + STEP - 1) / STEP * STEP;
  }

  /** What does not fit the memory even without an executable, and is sent with every inference. */
  public long streamedBytes() {
    return Math.max(0, deviceBytes - CACHE_BYTES);
  }
}
