// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.calibrate.LstmInputs;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.calibrate.RecurrentModels;
import dev.octet.toolkit.calibrate.RecurrentModels.Options;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** LSTM and SVDF of every kind on generated models. */
final class RecurrentRulesTest {
  /** Greatest mean error of an output over the calibration samples, of its greatest value. */
  private static final double NEAR = 0.03;

  private static final IntegerOptions INT8 = IntegerOptions.of(IoType.INT8);

  private static IntegerOutcome quantize(
      EditableModel model, ActivationRanges ranges, IntegerOptions options) {
    return IntegerQuantization.apply(model, ranges, op -> OperatorConfig.of(Compute.INT8), options);
  }

  private static DataSet samples(EditableModel model) {
    int[] shape = model.graphs().get(0).inputs().get(0).shape();
    int elements = model.graphs().get(0).inputs().get(0).elements();
    Random random = new Random(8);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      float[] values = new float[elements];
      for (int j = 0; j < elements; j++) {
        values[j] = 2 * random.nextFloat() - 1;
      }
      samples.add(new Sample("sample " + i, List.of(NpyArray.of(values, shape)), -1, null));
    }
    return DataSets.of("uniform", samples);
  }

  private static CalibrationStatistics measured(EditableModel model) {
    return new Calibrator(model.source(), model.toBytes()).calibrate(null, samples(model));
  }

  /** Mean difference of the outputs, of their greatest magnitude. */
  private static double error(EditableModel real, byte[] integer) throws IOException {
    double sum = 0;
    double greatest = 0;
    long count = 0;
    try (Model a = Model.load(real.toBytes());
        Model b = Model.load(integer);
        Interpreter floats = a.interpreter();
        Interpreter integers = b.interpreter()) {
      for (Sample sample : samples(real)) {
        floats.resetVariables();
        integers.resetVariables();
        Samples.fill(floats, sample);
        Samples.fill(integers, sample);
        floats.run();
        integers.run();
        float[] expected = floats.output(0).toFloats();
        float[] got = integers.output(0).dequantize();
        for (int i = 0; i < expected.length; i++) {
          sum += Math.abs(expected[i] - got[i]);
          greatest = Math.max(greatest, Math.abs(expected[i]));
          count++;
        }
      }
    }
    return sum / count / greatest;
  }

  @Test
  void sequencesAndStepsOfEveryKind() throws IOException {
    int quantized = 0;
    double worst = 0;
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed * 7919L);
      boolean step = seed % 3 == 0;
      Options o = step ? Options.drawn(random).ofSteps() : Options.drawn(random);
      EditableModel model =
          step
              ? RecurrentModels.step(seed, o, 2, 3, 5, 4)
              : RecurrentModels.sequence(seed, o, 1 + seed % 2, 4, 3, 6, 4);
      EditableModel integer = model.copy();
      IntegerOutcome made = quantize(integer, measured(model), IntegerOptions.of(IoType.INT8));
      EditableOperator lstm = integer.graphs().get(0).operators().get(0);
      String what = o + " of seed " + seed + ": " + made;
      if (o.activation() != Activation.TANH || o.diagonal()) {
        assertEquals(1, made.refusals().size(), what);
        continue;
      }
      assertEquals(1, integer.graphs().get(0).operators().size(), what);
      assertEquals(TensorType.INT16, lstm.input(LstmInputs.C).type(), what);
      byte[] bytes = integer.toBytes();
      ProducedModels.assertSameAsPeer(bytes);
      double error = error(model, bytes);
      worst = Math.max(worst, error);
      assertTrue(error < NEAR, error + " in " + what);
      quantized++;
    }
    assertTrue(quantized >= 15, quantized + " were quantized");
    System.out.println(quantized + " kinds of LSTM in int8, greatest mean error " + worst);
  }

  /** The numbers are those of TensorFlow's own test of its quantizer. */
  @Test
  void scalesOfANormalizedProjectedCell() {
    Options o = new Options(false, true, true, true, true, false, false, 0, 0, Activation.TANH);
    EditableModel model = RecurrentModels.sequence(3, o, 1, 2, 2, 2, 2);
    EditableOperator real = model.graphs().get(0).operators().get(0);
    float[] w = real.input(LstmInputs.WEIGHTS).floats();
    float[] norm = real.input(LstmInputs.NORM).floats();
    float[] projection = real.input(LstmInputs.PROJECTION).floats();
    float[] peephole = real.input(LstmInputs.PEEPHOLE).floats();
    int c = real.input(LstmInputs.C).sourceIndex();
    int h = real.input(LstmInputs.H).sourceIndex();
    int y = real.output(0).sourceIndex();
    ActivationRanges ranges =
        (graph, tensor) ->
            tensor == c
                ? new Range(0, 1.3111959f)
                : tensor == h
                    ? new Range(0, 0.5f)
                    : tensor == y
                        ? new Range(0.22642791f, 0.58407766f)
                        : tensor == LstmInputs.intermediate(real, 4)
                            ? new Range(6e-9f, 0.5847695f)
                            : tensor < 0
                                ? new Range(-0.038461402f, 0.9126904f)
                                : new Range(0.0034059286f, 0.99324536f);
    quantize(model, ranges, INT8);
    EditableOperator lstm = model.graphs().get(0).operators().get(0);
    assertEquals(1, lstm.version());
    near(0.00389508f, scale(lstm.input(0)));
    near(max(w) / 127, scale(lstm.input(LstmInputs.WEIGHTS)));
    near(max(peephole) / 32767, scale(lstm.input(LstmInputs.PEEPHOLE)));
    near(max(norm) / 32767, scale(lstm.input(LstmInputs.NORM)));
    near(max(norm) / 32767 / 1024, scale(lstm.input(LstmInputs.BIAS)));
    near(0.0022905006f, scale(lstm.input(LstmInputs.H)));
    near(0.0022905006f, scale(lstm.output(0)));
    assertEquals(6.1035156E-5f, scale(lstm.input(LstmInputs.C)));
    for (int i = 0; i < 4; i++) {
      near(2.785395E-5f, scale(lstm.intermediates().get(i)));
      assertEquals(TensorType.INT16, lstm.intermediates().get(i).type());
    }
    near(0.0022932137f, scale(lstm.intermediates().get(4)));
    near(max(projection) / 127 * 0.0022932137f, scale(lstm.input(LstmInputs.PROJECTION + 1)));
  }

  private static float scale(EditableTensor tensor) {
    return tensor.quantization().scales()[0];
  }

  private static float max(float[] values) {
    float max = 0;
    for (float v : values) {
      max = Math.max(max, Math.abs(v));
    }
    return max;
  }

  private static void near(float expected, float got) {
    assertEquals(expected, got, 2e-7 * expected);
  }

  @Test
  void scalesOfCellsArePowersOfTwo() {
    assertEquals(1 / 32768f, LstmRule.cellScale(0));
    assertEquals(1 / 32768f, LstmRule.cellScale(1));
    assertEquals(2 / 32768f, LstmRule.cellScale(1.001f));
    assertEquals(64 / 32768f, LstmRule.cellScale(33));
  }

  @Test
  void aCellBeyondTheTablesStaysOnFloats() {
    EditableModel model = RecurrentModels.sequence(1, Options.plain(), 1, 3, 2, 4, 4);
    CalibrationStatistics seen = measured(model);
    int c = model.graphs().get(0).operators().get(0).input(LstmInputs.C).sourceIndex();
    ActivationRanges ranges =
        (graph, tensor) -> tensor == c ? new Range(-65, 0) : seen.range(graph, tensor);
    OctetException refused =
        assertThrows(
            OctetException.class, () -> quantize(model.copy(), ranges, INT8.withStrict(true)));
    assertTrue(
        refused.getMessage().contains("its cell state reaches 65.0, beyond 64"),
        refused.getMessage());
    ActivationRanges without = (graph, tensor) -> tensor == c ? null : seen.range(graph, tensor);
    String notes = quantize(model, without, INT8).refusals().toString();
    assertTrue(notes.contains("calibration saw no cell state"), notes);
  }

  @Test
  void filtersOverTime() throws IOException {
    double worst = 0;
    for (int seed = 0; seed < 8; seed++) {
      EditableModel model =
          RecurrentModels.svdf(seed, Activation.RELU, 1 + seed % 2, 4, 5, 1 + seed % 3, 6);
      EditableModel integer = model.copy();
      quantize(integer, measured(model), INT8.withStrict(true));
      EditableOperator svdf = integer.graphs().get(0).operators().get(0);
      assertEquals(3, svdf.version());
      float time = max(model.graphs().get(0).operators().get(0).input(2).floats());
      near(time / 512, scale(svdf.input(2)));
      near(scale(svdf.input(2)) * scale(svdf.input(4)), scale(svdf.input(3)));
      assertEquals(-128, svdf.output(0).quantization().zeroPoints()[0]);
      byte[] bytes = integer.toBytes();
      ProducedModels.assertSameAsPeer(bytes);
      worst = Math.max(worst, error(model, bytes));
    }
    System.out.println("SVDF in int8, greatest mean error " + worst);
    assertTrue(worst < NEAR, worst + "");
  }

  @Test
  void filtersOfAnotherActivationStayOnFloats() {
    EditableModel model = RecurrentModels.svdf(1, Activation.NONE, 1, 4, 5, 1, 6);
    String notes = quantize(model, measured(model), INT8).refusals().toString();
    assertTrue(notes.contains("the int8 kernel computes RELU, not NONE"), notes);
    ProducedModels.assertSameAsPeer(model.toBytes());
  }
}
