// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.WeightQuantization;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The quantized forms of a graph's constants: one tensor for each constant and set of parameters,
 * however many operators share it.
 */
final class Constants {
  private final Set<String> names = new HashSet<>();
  private final Map<EditableTensor, Map<Object, EditableTensor>> made = new IdentityHashMap<>();
  private final Map<EditableTensor, Range> trained;

  /**
   * @param trained ranges of weights from a quantization-aware training
   */
  Constants(EditableGraph graph, Map<EditableTensor, Range> trained) {
    graph.tensors().forEach(tensor -> names.add(tensor.name()));
    this.trained = trained;
  }

  /** The parameters of a constant that is added, multiplied or compared: from its own contents. */
  static Activation activation(EditableTensor constant, Compute compute) {
    float min = 0;
    float max = 0;
    for (float x : constant.floats()) {
      if (!(Math.abs(x) <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "tensor " + constant + " holds " + x + ", which has no quantized value");
      }
      min = Math.min(min, x);
      max = Math.max(max, x);
    }
    return Activation.of(compute, new Range(min, max));
  }

  /** {@code constant} as an activation. */
  EditableTensor asActivation(EditableTensor constant, Activation parameters) {
    return made(
        constant,
        parameters,
        tensor ->
            tensor
                .type(parameters.type())
                .quantization(parameters.parameters(false))
                .data(parameters.quantized(constant.floats())));
  }

  /**
   * {@code constant} as symmetric weights with these scales.
   *
   * @param bounded true to multiply by {@code 127 / m}, not {@code 1 / scale}, where {@code m} gave
   *     the scale
   * @param keepRanges true to keep the least and greatest weight of each channel, as TensorFlow's
   *     older quantizer does
   */
  EditableTensor asWeights(
      EditableTensor constant,
      int axis,
      int bits,
      float[] scales,
      boolean bounded,
      boolean keepRanges) {
    return made(
        constant,
        List.of(axis, bits, Arrays.hashCode(scales), bounded, keepRanges),
        tensor -> {
          float[] values = constant.floats();
          int[] shape = constant.shape();
          float[] factors = factors(values, shape, axis, bits, scales, bounded);
          WeightQuantization.of(values, shape, axis, bits, scales, factors).applyTo(tensor);
          if (keepRanges) {
            tensor.quantization(WeightRanges.of(values, shape, axis).into(tensor.quantization()));
          }
        });
  }

  private static float[] factors(
      float[] values, int[] shape, int axis, int bits, float[] scales, boolean bounded) {
    float[] maxima = WeightQuantization.maxima(values, shape, axis);
    float[] factors = new float[scales.length];
    int limit = WeightQuantization.limit(bits);
    for (int c = 0; c < scales.length; c++) {
      boolean own = bounded && maxima[c] / limit == scales[c];
      factors[c] = own ? limit / maxima[c] : 1 / scales[c];
    }
    return factors;
  }

  /** Scales of symmetric weights before any bias is looked at. */
  float[] weightScales(EditableTensor constant, int axis, int bits, NearZero nearZero) {
    Range range = trained.get(constant);
    if (range == null) {
      return WeightQuantization.of(constant, axis, bits, nearZero).scales();
    }
    float max = Math.max(Math.abs(range.min()), Math.abs(range.max()));
    return new float[] {WeightQuantization.scale(max, bits, nearZero)};
  }

  /** True when training chose one scale for all of these weights. */
  boolean trained(EditableTensor weights) {
    return trained.containsKey(weights);
  }

  /**
   * {@code constant} as a bias: {@code round(b / scale)} in float32 with scale one product of input
   * and weight scale for each channel; {@code scales} are those products.
   *
   * @param type INT32 or INT64
   */
  EditableTensor asBias(EditableTensor constant, TensorType type, float[] scales) {
    return made(
        constant,
        List.of(type, Arrays.hashCode(scales)),
        tensor -> {
          float[] values = constant.floats();
          ByteBuffer bytes =
              ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < values.length; i++) {
            float inverse = (float) (1.0 / scales[scales.length == 1 ? 0 : i]);
            float q = WeightQuantization.roundHalfAway(values[i] * inverse);
            if (type == TensorType.INT64) {
              bytes.putLong(Math.max(-Long.MAX_VALUE, (long) q));
            } else {
              bytes.putInt(Math.max(-Integer.MAX_VALUE, (int) q));
            }
          }
          tensor
              .type(type)
              .data(bytes.flip())
              .quantization(
                  new TfliteQuantization(
                      new float[0], new float[0], scales, new int[scales.length], 0, null));
        });
  }

  /** A new tensor for {@code constant}: the first has its name, others that and a number. */
  private EditableTensor made(
      EditableTensor constant, Object key, java.util.function.Consumer<EditableTensor> fill) {
    return made.computeIfAbsent(constant, t -> new HashMap<>())
        .computeIfAbsent(
            key,
            k -> {
              boolean first = made.get(constant).isEmpty();
              EditableTensor tensor =
                  constant.copy(first ? constant.name() : freeName(constant.name()));
              fill.accept(tensor);
              return tensor;
            });
  }

  /** A name that no tensor of the graph has: {@code wanted}, or that and a number. */
  String freeName(String wanted) {
    String free = wanted;
    for (int i = 1; !names.add(free); i++) {
      free = wanted + i;
    }
    return free;
  }
}
