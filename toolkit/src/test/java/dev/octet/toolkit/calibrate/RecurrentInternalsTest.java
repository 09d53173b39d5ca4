// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.toolkit.calibrate.RecurrentModels.Options;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A calibration knows the ranges of what an LSTM holds inside. */
final class RecurrentInternalsTest {
  private static final float NEAR = 1e-5f;

  private static final Options NORMALIZED =
      new Options(true, true, true, true, true, false, false, 0, 0, Activation.TANH);

  static Stream<Arguments> ways() {
    return Stream.of(
        arguments(true, true),
        arguments(true, false),
        arguments(false, true),
        arguments(false, false));
  }

  @ParameterizedTest(name = "reset {0}, intermediates in the file {1}")
  @MethodSource("ways")
  void rangesAreThoseOfEveryStep(boolean reset, boolean inFile) {
    EditableModel model = RecurrentModels.sequence(11, NORMALIZED, 2, 5, 3, 6, 4);
    if (inFile) {
      for (int i = 0; i < 5; i++) {
        EditableTensor tensor = new EditableTensor("inside" + i, TensorType.FLOAT32, 0);
        model.graphs().get(0).operators().get(0).intermediates().add(tensor);
      }
      model = model.copy();
    }
    EditableOperator lstm = model.graphs().get(0).operators().get(0);
    ListedSamples samples = ListedSamples.random(4, 7, 2, 5, 3);
    CalibrationStatistics seen =
        new Calibrator("lstm", model.toBytes()).resetBetweenSamples(reset).calibrate(null, samples);

    Range[] expected = new Range[6];
    float[] h = new float[8];
    float[] c = new float[12];
    for (Sample sample : samples) {
      float[] x = new float[30];
      sample.inputs().get(0).data().asFloatBuffer().get(x);
      LstmTrace.Run run = LstmTrace.of(lstm).run(x, h, c);
      for (int i = 0; i < 5; i++) {
        expected[i] = joined(expected[i], run.intermediates()[i]);
      }
      expected[5] = joined(expected[5], run.c());
      h = reset ? h : run.h();
      c = reset ? c : Arrays.copyOfRange(run.c(), run.c().length - 12, run.c().length);
    }
    near(expected[5], seen.range(0, lstm.input(LstmInputs.C).sourceIndex()), "cell state");
    for (int i = 1; i < 5; i++) {
      int index = LstmInputs.intermediate(lstm, i);
      assertEquals(inFile, index >= 0, "intermediate " + i);
      near(expected[i], seen.range(0, index), "intermediate " + i);
    }
    assertNull(seen.range(0, LstmInputs.intermediate(lstm, 0)), "a coupled cell's input gate");
  }

  private static Range joined(Range range, float[] values) {
    Range joined = range;
    for (float v : values == null ? new float[0] : values) {
      Range one = new Range(v, v);
      joined = joined == null ? one : joined.union(one);
    }
    return joined;
  }

  private static void near(Range expected, Range got, String what) {
    assertNotNull(got, what);
    assertEquals(expected.min(), got.min(), NEAR, what);
    assertEquals(expected.max(), got.max(), NEAR, what);
  }

  /** Its state is a variable tensor, which the engine shows. */
  @Test
  void theStateOfSvdfIsSeenWhole() {
    EditableModel model = RecurrentModels.svdf(2, Activation.RELU, 1, 3, 4, 1, 3);
    EditableOperator svdf = model.graphs().get(0).operators().get(0);
    float[] w = svdf.input(1).floats();
    ListedSamples samples = ListedSamples.random(4, 5, 1, 3);
    Range expected = new Range(0, 0);
    for (Sample sample : samples) {
      float[] x = new float[3];
      sample.inputs().get(0).data().asFloatBuffer().get(x);
      for (int f = 0; f < 4; f++) {
        float feature = w[3 * f] * x[0] + w[3 * f + 1] * x[1] + w[3 * f + 2] * x[2];
        expected = expected.union(new Range(feature, feature));
      }
    }
    Range got =
        new Calibrator("svdf", model.toBytes())
            .calibrate(null, samples)
            .range(0, svdf.input(4).sourceIndex());
    near(expected, got, "state");
  }
}
