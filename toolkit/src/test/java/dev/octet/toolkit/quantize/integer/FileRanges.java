// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ranges of a float model's tensors that lead to the scales and zero points of a quantized file
 * with the same operators in the same order, but for QUANTIZE and DEQUANTIZE.
 */
final class FileRanges implements ActivationRanges {
  private final Map<Integer, Range> ranges = new HashMap<>();

  FileRanges(EditableModel model, EditableModel quantized) {
    List<EditableOperator> floats = computing(model);
    List<EditableOperator> integers = computing(quantized);
    for (int i = 0; i < floats.size(); i++) {
      put(floats.get(i).inputs(), integers.get(i).inputs());
      put(floats.get(i).outputs(), integers.get(i).outputs());
    }
  }

  private static List<EditableOperator> computing(EditableModel model) {
    return model.graphs().get(0).operators().stream()
        .filter(op -> !op.is(BuiltinOperator.QUANTIZE, BuiltinOperator.DEQUANTIZE))
        .toList();
  }

  private void put(List<EditableTensor> floats, List<EditableTensor> integers) {
    for (int i = 0; i < floats.size(); i++) {
      EditableTensor real = floats.get(i);
      if (real != null && real.type() == TensorType.FLOAT32 && !real.constant()) {
        TfliteQuantization known = integers.get(i).quantization();
        boolean wide = integers.get(i).type() == TensorType.INT16;
        ranges.put(
            real.sourceIndex(),
            wide ? wide(known.scales()[0]) : narrow(known.scales()[0], known.zeroPoints()[0]));
      }
    }
  }

  private static Range wide(float scale) {
    float bound = scale * 32767;
    for (float b = Math.nextDown(Math.nextDown(bound)); ; b = Math.nextUp(b)) {
      if (Activation.of(Compute.INT16X8, new Range(-b, b)).scale() == scale) {
        return new Range(-b, b);
      }
    }
  }

  private static Range narrow(float scale, int zeroPoint) {
    Activation wanted = Activation.of(TensorType.INT8, scale, zeroPoint);
    float min = -(zeroPoint + 128) * scale;
    for (int steps = 0; steps < 64; steps++, min = Math.nextDown(min)) {
      float max = Math.max(0, Math.nextDown(Math.nextDown(255 * scale + min)));
      for (int more = 0; more < 6; more++, max = Math.nextUp(max)) {
        Range range = new Range(min, max);
        if (Activation.of(Compute.INT8, range).equals(wanted)) {
          return range;
        }
      }
    }
    throw new AssertionError("no range gives " + wanted);
  }

  @Override
  public Range range(int graph, int tensor) {
    return ranges.get(tensor);
  }
}
