// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static dev.octet.toolkit.quantize.integer.SmallQuantization.INT8;
import static dev.octet.toolkit.quantize.integer.SmallQuantization.ROW;
import static dev.octet.toolkit.quantize.integer.SmallQuantization.int8;
import static dev.octet.toolkit.quantize.integer.SmallQuantization.kinds;
import static dev.octet.toolkit.quantize.integer.SmallQuantization.op;
import static dev.octet.toolkit.quantize.integer.SmallQuantization.quantized;
import static dev.octet.toolkit.quantize.integer.SmallQuantization.scale;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Weights, biases and constants of integer operators. */
class IntegerConstantsTest {
  private final SmallModel m = new SmallModel("small");

  private EditableTensor dense(EditableTensor x, int seed) {
    return m.op(BuiltinOperator.FULLY_CONNECTED, ROW, x, m.drawn(seed, 8, 8), m.drawn(seed + 1, 8));
  }

  @Test
  void sharedConstantsGetAsManyFormsAsTheirUsersHaveScales() {
    EditableTensor x = m.input("x", ROW);
    EditableTensor shared = m.drawn(7, -3.0, 3.0, 1, 8);
    EditableTensor a = m.op(BuiltinOperator.ADD, ROW, x, shared);
    EditableTensor b = m.op(BuiltinOperator.MUL, ROW, a, shared);
    EditableTensor c = m.op(BuiltinOperator.MAXIMUM, ROW, b, shared);
    m.output(c);
    EditableModel model = int8(m);
    assertEquals(op(model, 0).input(1), op(model, 1).input(1));
    assertEquals(scale(op(model, 2).output(0)), scale(op(model, 2).input(1)));
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void aBiasThatTwoLayersShareIsQuantizedForEach() {
    EditableTensor bias = m.drawn(7, 8);
    EditableTensor x = m.input("x", ROW);
    EditableTensor a = m.op(BuiltinOperator.FULLY_CONNECTED, ROW, x, m.drawn(1, 8, 8), bias);
    EditableTensor b = m.op(BuiltinOperator.FULLY_CONNECTED, ROW, a, m.drawn(2, 8, 8), bias);
    m.output(m.op(BuiltinOperator.ADD, ROW, b, bias));
    EditableModel model = int8(m);
    assertEquals(TensorType.INT32, op(model, 0).input(2).type());
    assertTrue(op(model, 0).input(2) != op(model, 1).input(2));
    assertEquals(TensorType.INT8, op(model, 2).input(1).type());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void weightsOfFourBits() {
    EditableTensor x = m.input("x", 1, 4, 6, 8);
    EditableTensor c =
        m.op(
            BuiltinOperator.CONV_2D,
            t -> t.set("stride_w", 1).set("stride_h", 1),
            new int[] {1, 4, 6, 5},
            x,
            m.drawn(1, 5, 3, 3, 8),
            m.drawn(2, 5));
    m.output(
        m.op(
            BuiltinOperator.FULLY_CONNECTED,
            new int[] {24, 3},
            c,
            m.drawn(3, 3, 5),
            m.drawn(4, 3)));
    EditableModel model =
        quantized(
            m, op -> new OperatorConfig(Compute.INT8, 4, true, 0), IntegerOptions.of(IoType.INT8));
    assertEquals(TensorType.INT4, op(model, 0).input(1).type());
    assertEquals(TensorType.INT4, op(model, 1).input(1).type());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void int16WithBiasesOf32Bits() {
    m.output(dense(m.input("x", ROW), 1));
    EditableModel model =
        quantized(
            m,
            op -> OperatorConfig.of(Compute.INT16X8),
            IntegerOptions.of(IoType.INT16).withInt16BiasBits(32));
    assertEquals(TensorType.INT32, op(model, 0).input(2).type());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void layersWithoutBias() {
    EditableTensor x = m.input("x", ROW);
    EditableTensor y = m.op(BuiltinOperator.FULLY_CONNECTED, ROW, x, m.drawn(1, 8, 8), null);
    m.output(m.op(BuiltinOperator.FULLY_CONNECTED, ROW, y, m.drawn(2, 8, 8)));
    for (Compute compute : List.of(Compute.INT8, Compute.INT16X8)) {
      IoType io = compute == Compute.INT8 ? IoType.INT8 : IoType.INT16;
      EditableModel model =
          quantized(m, op -> OperatorConfig.of(compute), IntegerOptions.of(io).withStrict(true));
      ProducedModels.assertSameAsPeer(model.toBytes());
    }
  }

  @Test
  void weightsThatAreComputed() {
    EditableTensor x = m.input("x", 3, 8);
    EditableTensor w = dense2(m.input("w", 5, 8));
    m.output(m.op(BuiltinOperator.FULLY_CONNECTED, new int[] {3, 5}, x, w, null));
    EditableModel model = int8(m);
    assertEquals(List.of("RELU", "FULLY_CONNECTED"), kinds(model));
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void aBiasThatIsTooGreatRaisesTheWeightsScale() {
    float[] bias = new float[8];
    bias[3] = 1e6f;
    EditableTensor x = m.input("x", ROW);
    m.output(
        m.op(
            BuiltinOperator.FULLY_CONNECTED,
            ROW,
            x,
            m.drawn(1, -1e-3, 1e-3, 8, 8),
            m.constant(bias, 8)));
    EditableModel model = int8(m);
    EditableTensor quantized = op(model, 0).input(2);
    assertEquals(Integer.MAX_VALUE / 2, quantized.data().getInt(12), 64);
    float[] weightScales = op(model, 0).input(1).quantization().scales();
    assertTrue(weightScales[3] > 10 * weightScales[2]);
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void infiniteConstantsAreClampedWhereTheyAreOnlyCompared() {
    EditableTensor x = dense(m.input("x", ROW), 1);
    float[] infinite = new float[8];
    java.util.Arrays.fill(infinite, Float.NEGATIVE_INFINITY);
    m.output(m.op(BuiltinOperator.MAXIMUM, ROW, x, m.constant(infinite, 8)));
    assertEquals(-128, op(int8(m), 1).input(1).data().get(0));
    SmallModel sum = new SmallModel("sum");
    EditableTensor y = sum.input("y", ROW);
    sum.output(sum.op(BuiltinOperator.ADD, ROW, y, sum.constant(infinite, 8)));
    EditableModel model =
        quantized(sum, (g, t) -> new Range(-1, 1), INT8, IntegerOptions.of(IoType.FLOAT));
    assertEquals(List.of("ADD"), kinds(model));
  }

  private EditableTensor dense2(EditableTensor x) {
    return m.op(BuiltinOperator.RELU, x.shape(), x);
  }
}
