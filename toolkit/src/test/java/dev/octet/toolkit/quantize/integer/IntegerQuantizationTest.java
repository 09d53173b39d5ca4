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
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableSignature;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where QUANTIZE and DEQUANTIZE stand, which scales meet, what is refused. */
class IntegerQuantizationTest {
  private final SmallModel m = new SmallModel("small");

  private EditableTensor dense(EditableTensor x, int seed) {
    return m.op(BuiltinOperator.FULLY_CONNECTED, ROW, x, m.drawn(seed, 8, 8), m.drawn(seed + 1, 8));
  }

  @Test
  void anOperatorWithoutIntegersIsAnIsland() {
    EditableTensor x = dense(m.input("x", ROW), 1);
    EditableTensor y = m.op(BuiltinOperator.COS, ROW, x);
    m.output(dense(m.op(BuiltinOperator.SIN, ROW, y), 3));
    EditableModel model = int8(m);
    assertEquals(
        List.of("FULLY_CONNECTED", "DEQUANTIZE", "COS", "SIN", "QUANTIZE", "FULLY_CONNECTED"),
        kinds(model));
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void whatOnlyMovesFloatsBetweenFloatsStays() {
    EditableTensor x = m.op(BuiltinOperator.COS, ROW, dense(m.input("x", ROW), 1));
    EditableTensor y = m.op(BuiltinOperator.RESHAPE, new int[] {8, 1}, x, m.ints(8, 1));
    y = m.op(BuiltinOperator.TRANSPOSE, ROW, y, m.ints(1, 0));
    EditableTensor z = m.op(BuiltinOperator.SIN, ROW, y);
    m.output(dense(m.op(BuiltinOperator.RESHAPE, ROW, z, m.ints(ROW)), 3));
    EditableModel model = int8(m);
    assertEquals(
        List.of(
            "FULLY_CONNECTED",
            "DEQUANTIZE",
            "COS",
            "RESHAPE",
            "TRANSPOSE",
            "SIN",
            "QUANTIZE",
            "RESHAPE",
            "FULLY_CONNECTED"),
        kinds(model));
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void strictNamesEveryOperatorThatWouldStayOnFloats() {
    EditableTensor x = dense(m.input("x", ROW), 1);
    m.output(m.op(BuiltinOperator.SIN, ROW, m.op(BuiltinOperator.COS, ROW, x)));
    IntegerOptions strict = IntegerOptions.of(IoType.INT8).withStrict(true);
    String message =
        assertThrows(OctetException.class, () -> quantized(m, INT8, strict)).getMessage();
    assertTrue(message.contains("operator 1 COS") && message.contains("operator 2 SIN"), message);
    assertTrue(!message.contains("FULLY_CONNECTED"), message);
  }

  @Test
  void whatWasAskedToStayOnFloatsStays() {
    m.output(dense(dense(dense(m.input("x", ROW), 1), 3), 5));
    EditableModel model =
        quantized(
            m,
            op -> OperatorConfig.of(op.sourceIndex() == 1 ? Compute.FLOAT : Compute.INT8),
            IntegerOptions.of(IoType.FLOAT));
    assertEquals(
        List.of(
            "QUANTIZE",
            "FULLY_CONNECTED",
            "DEQUANTIZE",
            "FULLY_CONNECTED",
            "QUANTIZE",
            "FULLY_CONNECTED",
            "DEQUANTIZE"),
        kinds(model));
    assertEquals(TensorType.FLOAT32, op(model, 3).input(1).type());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void int16BesideInt8IsRequantized() {
    m.output(dense(dense(dense(m.input("x", ROW), 1), 3), 5));
    EditableModel model =
        quantized(
            m,
            op -> OperatorConfig.of(op.sourceIndex() == 1 ? Compute.INT16X8 : Compute.INT8),
            IntegerOptions.of(IoType.INT8));
    assertEquals(
        List.of(
            "FULLY_CONNECTED",
            "CAST",
            "QUANTIZE",
            "FULLY_CONNECTED",
            "QUANTIZE",
            "FULLY_CONNECTED"),
        kinds(model));
    assertEquals(TensorType.INT64, op(model, 3).input(2).type());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void theProducersOfAConcatenationWriteItsScale() {
    EditableTensor x = m.input("x", ROW);
    EditableTensor a = dense(x, 1);
    EditableTensor b = m.op(BuiltinOperator.RESHAPE, ROW, dense(x, 3), m.ints(ROW));
    EditableTensor c =
        m.op(
            BuiltinOperator.CONCATENATION,
            t -> t.set("axis", 1),
            new int[] {1, 24},
            a,
            b,
            m.drawn(9, ROW));
    m.output(c);
    EditableModel model = int8(m);
    assertEquals(
        List.of("FULLY_CONNECTED", "FULLY_CONNECTED", "RESHAPE", "CONCATENATION"), kinds(model));
    for (EditableTensor end : op(model, 3).inputs()) {
      assertEquals(scale(op(model, 3).output(0)), scale(end));
    }
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void whatTwoConcatenationsReadIsRequantizedForOne() {
    EditableTensor x = m.input("x", ROW);
    EditableTensor a = dense(x, 1);
    EditableTensor s = m.op(BuiltinOperator.LOGISTIC, ROW, a);
    EditableTensor wide = m.op(BuiltinOperator.MUL, ROW, x, m.drawn(5, 8.0, 9.0, 8));
    int[] two = {1, 16};
    m.output(
        m.op(BuiltinOperator.CONCATENATION, t -> t.set("axis", 1), two, a, wide),
        m.op(BuiltinOperator.CONCATENATION, t -> t.set("axis", 1), two, a, s));
    EditableModel model = int8(m);
    for (EditableOperator op : model.graphs().get(0).operators()) {
      if (op.is(BuiltinOperator.CONCATENATION)) {
        assertEquals(scale(op.output(0)), scale(op.input(0)));
        assertEquals(scale(op.output(0)), scale(op.input(1)));
      }
    }
    // one for the tensor that both read, one behind the fixed scale of LOGISTIC
    assertEquals(
        2, kinds(model).stream().filter("QUANTIZE"::equals).count(), kinds(model).toString());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void int16RequantizesWhatAConcatenationReads() {
    EditableTensor x = m.input("x", ROW);
    m.output(
        m.op(
            BuiltinOperator.CONCATENATION,
            t -> t.set("axis", 1),
            new int[] {1, 16},
            dense(x, 1),
            dense(x, 3)));
    EditableModel model =
        quantized(m, op -> OperatorConfig.of(Compute.INT16X8), IntegerOptions.of(IoType.INT16));
    assertEquals(
        1, kinds(model).stream().filter("QUANTIZE"::equals).count(), kinds(model).toString());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void theSameTensorTwice() {
    EditableTensor x = m.input("x", ROW);
    m.output(m.op(BuiltinOperator.MUL, ROW, dense(x, 1), m.graph().operators().get(0).output(0)));
    EditableModel model = int8(m);
    assertSame(op(model, 1).input(0), op(model, 1).input(1));
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void anOutputThatOthersReadAndAnInputThatIsAnOutput() {
    EditableTensor x = m.input("x", ROW);
    EditableTensor a = dense(x, 1);
    m.output(a, dense(a, 3), x, a);
    for (IoType io : List.of(IoType.FLOAT, IoType.INT8, IoType.UINT8)) {
      EditableModel model = quantized(m, INT8, IntegerOptions.of(io));
      EditableGraph graph = model.graphs().get(0);
      assertEquals(4, graph.outputs().size());
      assertSame(graph.outputs().get(0), graph.outputs().get(3));
      ProducedModels.assertSameAsPeer(model.toBytes());
    }
  }

  @Test
  void endsKeepTheirNamesAndSignaturesFollow() {
    EditableTensor x = m.input("x", ROW);
    m.output(dense(x, 1).name("y"));
    EditableModel source = EditableModel.read("small", m.bytes());
    EditableGraph graph = source.graphs().get(0);
    source
        .signatures()
        .add(
            new EditableSignature(
                "serve",
                graph,
                new LinkedHashMap<>(Map.of("in", graph.inputs().get(0))),
                new LinkedHashMap<>(Map.of("out", graph.outputs().get(0)))));
    for (IoType io : IoType.values()) {
      EditableModel model = source.copy();
      IntegerQuantization.apply(model, (g, t) -> new Range(-4, 4), INT8, IntegerOptions.of(io));
      EditableGraph made = model.graphs().get(0);
      assertEquals("x", made.inputs().get(0).name());
      assertEquals("y", made.outputs().get(0).name());
      TensorType type = TensorType.valueOf(io == IoType.FLOAT ? "FLOAT32" : io.name());
      assertEquals(type, made.inputs().get(0).type());
      assertEquals(type, made.outputs().get(0).type());
      assertSame(made.inputs().get(0), model.signatures().get(0).inputs().get("in"));
      assertSame(made.outputs().get(0), model.signatures().get(0).outputs().get("out"));
      ProducedModels.assertSameAsPeer(model.toBytes());
    }
  }

  @Test
  void unsignedEndsOfAnInt16Model() {
    m.output(dense(m.input("x", ROW), 1));
    EditableModel model =
        quantized(m, op -> OperatorConfig.of(Compute.INT16X8), IntegerOptions.of(IoType.UINT8));
    assertEquals(
        List.of("CAST", "QUANTIZE", "FULLY_CONNECTED", "QUANTIZE", "QUANTIZE"), kinds(model));
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void anUnknownRangeLeavesTheOperatorOnFloatsOrIsNamed() {
    EditableTensor x = m.input("x", ROW);
    EditableTensor a = dense(x, 1);
    m.output(dense(a, 3));
    EditableModel source = EditableModel.read("small", m.bytes());
    int unknown = source.graphs().get(0).operators().get(0).output(0).sourceIndex();
    ActivationRanges ranges = (g, t) -> t == unknown ? null : new Range(-1, 1);
    IntegerOutcome made =
        IntegerQuantization.apply(source, ranges, INT8, IntegerOptions.of(IoType.FLOAT));
    List<EditableOperator> operators = source.graphs().get(0).operators();
    EditableOperator first = operators.get(0);
    assertTrue(made.refusals().get(first).startsWith("no range of '" + a.name()), made.toString());
    IntegerOptions strict = IntegerOptions.of(IoType.FLOAT).withStrict(true);
    String message =
        assertThrows(OctetException.class, () -> quantized(m, ranges, INT8, strict)).getMessage();
    assertTrue(message.contains(a.name()), message);
    assertThrows(
        OctetException.class,
        () -> quantized(m, (g, t) -> null, INT8, IntegerOptions.of(IoType.FLOAT)));
  }

  @Test
  void trainedRangesStandInPlaceOfMeasuredOnes() {
    EditableTensor x = fake(m.input("x", ROW), -2, 2, false);
    EditableTensor w = fake(m.drawn(1, 8, 8), -0.5f, 0.5f, true);
    EditableTensor y = m.op(BuiltinOperator.FULLY_CONNECTED, ROW, x, w, m.drawn(2, 8));
    m.output(fake(y, -1, 3, false).name("y"));
    EditableModel model = quantized(m, (g, t) -> null, INT8, IntegerOptions.of(IoType.FLOAT));
    assertEquals(List.of("QUANTIZE", "FULLY_CONNECTED", "DEQUANTIZE"), kinds(model));
    EditableOperator dense = op(model, 1);
    assertEquals(4 / 255f, dense.input(0).quantization().scales()[0]);
    assertEquals(0.5f / 127, dense.input(1).quantization().scales()[0]);
    assertEquals(1, dense.input(1).quantization().scales().length);
    assertEquals(4 / 255f, dense.output(0).quantization().scales()[0]);
    assertEquals(-64, dense.output(0).quantization().zeroPoints()[0]);
    assertEquals("y", model.graphs().get(0).outputs().get(0).name());
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void aTrainedRangeThatIsNoneIsNamed() {
    EditableTensor y = dense(fake(m.input("x", ROW), 2, -2, false), 1);
    m.output(y);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> quantized(m, (g, t) -> null, INT8, IntegerOptions.of(IoType.FLOAT)))
            .getMessage();
    assertTrue(message.startsWith("small: FAKE_QUANT of "), message);
    assertTrue(message.endsWith("no range: 2.0 to -2.0"), message);
  }

  private EditableTensor fake(EditableTensor x, float min, float max, boolean narrow) {
    return m.op(
        BuiltinOperator.FAKE_QUANT,
        t -> t.set("min", min).set("max", max).set("num_bits", 8).set("narrow_range", narrow),
        x.shape(),
        x);
  }

  @Test
  void rangesWithoutWidthAndRangesWithoutEnd() {
    EditableTensor x = m.input("x", ROW);
    m.output(dense(dense(x, 1), 3));
    for (Range range :
        List.of(
            new Range(0, 0),
            new Range(1e-30f, 1e-30f),
            new Range(-Float.MAX_VALUE, Float.MAX_VALUE),
            new Range(3, 5))) {
      for (Compute compute : List.of(Compute.INT8, Compute.INT16X8)) {
        EditableModel model =
            quantized(
                m,
                (g, t) -> range,
                op -> OperatorConfig.of(compute),
                IntegerOptions.of(IoType.FLOAT));
        for (EditableTensor tensor : model.graphs().get(0).tensors()) {
          if (tensor.quantization() != null) {
            for (float scale : tensor.quantization().scales()) {
              assertTrue(
                  scale >= Float.MIN_NORMAL && scale <= Float.MAX_VALUE, tensor + " " + scale);
            }
          }
        }
      }
    }
  }

  @Test
  void shapesAndIntegersAreLeftAlone() {
    EditableTensor x = dense(m.input("x", ROW), 1);
    EditableTensor shape = m.tensor(BuiltinOperator.SHAPE, TensorType.INT32, 2);
    m.add(BuiltinOperator.SHAPE, t -> t.set("out_type", TensorType.INT32), List.of(shape), x);
    m.output(m.op(BuiltinOperator.RESHAPE, ROW, dense(x, 3), shape));
    EditableModel model = int8(m);
    assertEquals(List.of("FULLY_CONNECTED", "SHAPE", "FULLY_CONNECTED", "RESHAPE"), kinds(model));
    ProducedModels.assertSameAsPeer(model.toBytes());
  }

  @Test
  void aDifferenceOfEqualsHasAScaleThatTheKernelTakes() {
    EditableTensor x = dense(m.input("x", ROW), 1);
    m.output(m.op(BuiltinOperator.SUB, ROW, x, x));
    for (Compute compute : List.of(Compute.INT8, Compute.INT16X8)) {
      EditableModel model =
          quantized(m, op -> OperatorConfig.of(compute), IntegerOptions.of(IoType.FLOAT));
      ProducedModels.assertSameAsPeer(model.toBytes());
    }
  }
}
