// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import dev.octet.toolkit.quantize.Quantizer;
import dev.octet.toolkit.quantize.integer.LoopModels.Body;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WHILE and IF on integers. */
final class LoopQuantizationTest {
  /** Greatest mean error, of the greatest value. */
  private static final double NEAR = 0.02;

  private static final IntegerOptions STRICT = IntegerOptions.of(IoType.INT8).withStrict(true);

  private static DataSet samples() {
    Random random = new Random(8);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      float[] values = new float[LoopModels.N];
      for (int j = 0; j < values.length; j++) {
        values[j] = 2 * random.nextFloat() - 1;
      }
      NpyArray array = NpyArray.of(values, 1, LoopModels.N);
      samples.add(new Sample("sample " + i, List.of(array), -1, null));
    }
    return DataSets.of("uniform", samples);
  }

  private static IntegerOutcome quantize(EditableModel model, IntegerOptions options) {
    CalibrationStatistics seen =
        new Calibrator(model.source(), model.toBytes()).calibrate(null, samples());
    return IntegerQuantization.apply(model, seen, op -> OperatorConfig.of(Compute.INT8), options);
  }

  private static double error(byte[] real, byte[] integer) throws IOException {
    double sum = 0;
    double greatest = 0;
    try (Model a = Model.load(real);
        Model b = Model.load(integer);
        Interpreter floats = a.interpreter();
        Interpreter integers = b.interpreter()) {
      for (Sample sample : samples()) {
        Samples.fill(floats, sample);
        Samples.fill(integers, sample);
        floats.run();
        integers.run();
        float[] expected = floats.output(0).toFloats();
        boolean same = integers.output(0).type() == TensorType.FLOAT32;
        float[] got = same ? integers.output(0).toFloats() : integers.output(0).dequantize();
        for (int i = 0; i < expected.length; i++) {
          sum += Math.abs(expected[i] - got[i]) / expected.length / 40;
          greatest = Math.max(greatest, Math.abs(expected[i]));
        }
      }
    }
    return sum / greatest;
  }

  private static EditableTensor state(EditableModel model) {
    return model.graphs().get(2).inputs().get(1);
  }

  private static boolean computes(EditableModel model, BuiltinOperator builtin, TensorType type) {
    return model.graphs().get(2).operators().stream()
        .filter(op -> op.is(builtin))
        .anyMatch(op -> op.input(0).type() == type);
  }

  @ParameterizedTest
  @EnumSource(
      value = Body.class,
      names = {"RECURRENT", "ACCUMULATING", "SWAPPING"})
  void loopsAreOnIntegersOnly(Body body) throws IOException {
    EditableModel model = LoopModels.loop(body);
    byte[] real = model.toBytes();
    quantize(model, STRICT);
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator op : graph.operators()) {
        assertTrue(op.inputs().stream().noneMatch(t -> t.type() == TensorType.FLOAT32), op + "");
      }
    }
    byte[] bytes = model.toBytes();
    ProducedModels.assertSameAsPeer(bytes);
    double error = error(real, bytes);
    System.out.println(body + " loop: mean error " + error);
    assertTrue(error < NEAR, error + "");
  }

  /** What a table writes keeps the table's scale from turn to turn. */
  @Test
  void aStateThatPassesThroughWeightsIsInt8() {
    EditableModel model = LoopModels.loop(Body.RECURRENT);
    quantize(model, STRICT);
    assertEquals(TensorType.INT8, state(model).type());
    assertEquals(1 / 128f, state(model).quantization().scales()[0]);
    assertTrue(!computes(model, BuiltinOperator.QUANTIZE, TensorType.INT8), "requantized");
  }

  @Test
  void aStateThatIsAddedToIsInt16() throws IOException {
    EditableModel model = LoopModels.loop(Body.ACCUMULATING);
    byte[] real = model.toBytes();
    EditableModel narrow = model.copy();
    quantize(model, STRICT);
    assertEquals(TensorType.INT16, state(model).type());
    assertTrue(computes(model, BuiltinOperator.ADD, TensorType.INT16));
    assertTrue(computes(model, BuiltinOperator.FULLY_CONNECTED, TensorType.INT8));
    quantize(narrow, STRICT.withWideLoops(false));
    assertEquals(TensorType.INT8, state(narrow).type());
    double wideError = error(real, model.toBytes());
    double narrowError = error(real, narrow.toBytes());
    assertTrue(wideError < narrowError, wideError + " and on int8 " + narrowError);
  }

  @Test
  void anOperatorOnFloatsInABodyIsAnIsland() throws IOException {
    EditableModel model = LoopModels.loop(Body.WITHOUT_INTEGERS);
    byte[] real = model.toBytes();
    OctetException refused =
        assertThrows(OctetException.class, () -> quantize(model.copy(), STRICT));
    assertTrue(refused.getMessage().contains("SIN"), refused.getMessage());
    assertTrue(refused.getMessage().contains("WHILE"), refused.getMessage());
    quantize(model, IntegerOptions.of(IoType.INT8));
    assertEquals(TensorType.FLOAT32, state(model).type());
    assertEquals(TensorType.INT8, model.graphs().get(2).inputs().get(2).type(), "x");
    assertTrue(computes(model, BuiltinOperator.FULLY_CONNECTED, TensorType.INT8));
    byte[] bytes = model.toBytes();
    assertTrue(error(real, bytes) < NEAR);
    ProducedModels.assertSameAsPeer(bytes);
  }

  @Test
  void branchesAreOnIntegersOnly() throws IOException {
    EditableModel model = LoopModels.choice();
    byte[] real = model.toBytes();
    quantize(model, STRICT);
    EditableGraph then = model.graphs().get(1);
    EditableGraph other = model.graphs().get(2);
    for (int i = 0; i < 2; i++) {
      assertEquals(TensorType.INT8, then.outputs().get(i).type());
      assertEquals(
          then.outputs().get(i).quantization().scales()[0],
          other.outputs().get(i).quantization().scales()[0]);
    }
    byte[] bytes = model.toBytes();
    ProducedModels.assertSameAsPeer(bytes);
    double error = error(real, bytes);
    assertTrue(error < NEAR, error + "");
  }

  @Test
  void notesSayWhatComputesOnInt16() {
    byte[] real = LoopModels.loop(Body.ACCUMULATING).toBytes();
    String notes =
        Quantizer.of("loop", real)
            .mode(Mode.INT8)
            .calibration(samples())
            .quantize()
            .quantized()
            .toString();
    assertTrue(notes.contains("int16, for its loop adds up to a value"), notes);
    assertTrue(notes.contains("passes integers on"), notes);
  }
}
