// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.NumpyRandom;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every line of the table, on a float model of the operator. */
class OperatorRulesTest {
  /** Outputs that are no real numbers; a half may fall the other way. */
  private static final Set<BuiltinOperator> CHOICES =
      EnumSet.of(
          BuiltinOperator.ARG_MAX,
          BuiltinOperator.ARG_MIN,
          BuiltinOperator.EQUAL,
          BuiltinOperator.NOT_EQUAL,
          BuiltinOperator.GREATER,
          BuiltinOperator.GREATER_EQUAL,
          BuiltinOperator.LESS,
          BuiltinOperator.LESS_EQUAL);

  static Stream<BuiltinOperator> int8() {
    return rules(Compute.INT8);
  }

  static Stream<BuiltinOperator> int16() {
    return rules(Compute.INT16X8);
  }

  private static Stream<BuiltinOperator> rules(Compute compute) {
    return StreamSupport.stream(OperatorRules.all().spliterator(), false)
        .filter(rule -> rule.recurrent() == null && rule.supports(compute))
        .map(OperatorRule::operator);
  }

  @ParameterizedTest
  @MethodSource("int8")
  void int8IsNearTheFloats(BuiltinOperator operator) throws IOException {
    // five steps of 255
    assertNear(operator, Compute.INT8, 5 / 255.0);
  }

  @ParameterizedTest
  @MethodSource("int16")
  void int16IsNearTheFloats(BuiltinOperator operator) throws IOException {
    double tolerance =
        switch (operator) {
          // weights have 127 steps
          case CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV -> 5 / 255.0;
          // the kernel's fractions have ten bits
          case RESIZE_BILINEAR -> 1 / 400.0;
          // the kernel's tables have 513 values, between which it interpolates
          case GELU, RSQRT -> 1 / 300.0;
          default -> 1 / 2000.0;
        };
    assertNear(operator, Compute.INT16X8, tolerance);
  }

  @ParameterizedTest
  @MethodSource("int8")
  void tensorFlowLiteGivesTheSameInt8(BuiltinOperator operator) throws IOException {
    assertSameAsPeer(operator, quantized(operator, Compute.INT8, IoType.INT8));
  }

  @ParameterizedTest
  @MethodSource("int16")
  void tensorFlowLiteGivesTheSameInt16(BuiltinOperator operator) throws IOException {
    assertSameAsPeer(operator, quantized(operator, Compute.INT16X8, IoType.INT16));
  }

  private static void assertSameAsPeer(BuiltinOperator operator, byte[] model) throws IOException {
    List<List<byte[]>> runs = new ArrayList<>();
    try (Model octet = Model.load(model);
        Interpreter interpreter = octet.interpreter()) {
      for (Sample sample : samples(OneOperator.of(operator))) {
        Samples.fill(interpreter, sample);
        List<byte[]> inputs = new ArrayList<>();
        for (int i = 0; i < interpreter.inputCount(); i++) {
          byte[] bytes = new byte[interpreter.input(i).bytes()];
          interpreter.input(i).buffer().get(bytes);
          inputs.add(bytes);
        }
        runs.add(inputs);
      }
    }
    ProducedModels.assertSameAsPeer(model, runs);
    // TensorFlow Lite refuses negative numbers here and places outside the table there
    if (operator != BuiltinOperator.RSQRT && operator != BuiltinOperator.EMBEDDING_LOOKUP) {
      ProducedModels.assertSameAsPeer(model);
    }
  }

  private static byte[] quantized(BuiltinOperator operator, Compute compute, IoType io)
      throws IOException {
    OneOperator one = OneOperator.of(operator);
    EditableModel model = EditableModel.read(operator.name(), one.bytes());
    Calibrator calibrator = new Calibrator(operator.name(), one.bytes());
    IntegerQuantization.apply(
        model,
        calibrator.calibrate(null, DataSets.of("drawn", samples(one))),
        op -> OperatorConfig.of(compute),
        IntegerOptions.of(io).withStrict(true));
    return model.toBytes();
  }

  private static List<Sample> samples(OneOperator one) throws IOException {
    NumpyRandom random = new NumpyRandom(11);
    List<Sample> samples = new ArrayList<>();
    try (Model model = Model.load(one.bytes())) {
      for (int i = 0; i < 8; i++) {
        List<NpyArray> inputs = new ArrayList<>();
        for (var input : model.inputs()) {
          int elements = java.util.Arrays.stream(input.shape()).reduce(1, (a, b) -> a * b);
          inputs.add(
              input.type() == TensorType.INT32
                  ? NpyArray.of(new int[] {i % 7, 2, 0}, input.shape())
                  : NpyArray.of(random.uniform(one.low(), one.high(), elements), input.shape()));
        }
        samples.add(new Sample("sample " + i, inputs, -1, null));
      }
    }
    return samples;
  }

  private static void assertNear(BuiltinOperator operator, Compute compute, double tolerance)
      throws IOException {
    OneOperator one = OneOperator.of(operator);
    try (Model real = Model.load(one.bytes());
        Model integer = Model.load(quantized(operator, compute, IoType.FLOAT));
        Interpreter expected = real.interpreter();
        Interpreter actual = integer.interpreter()) {
      double min = 0;
      double max = 0;
      double worst = 0;
      for (Sample sample : samples(one)) {
        Samples.fill(expected, sample);
        Samples.fill(actual, sample);
        expected.run();
        actual.run();
        for (int i = 0; i < expected.outputCount(); i++) {
          if (CHOICES.contains(operator)) {
            assertMostlyEqual(expected.output(i), actual.output(i));
            continue;
          }
          assertEquals(TensorType.FLOAT32, actual.output(i).type());
          float[] e = floats(expected.output(i));
          float[] a = floats(actual.output(i));
          for (int k = 0; k < e.length; k++) {
            min = Math.min(min, e[k]);
            max = Math.max(max, e[k]);
            worst = Math.max(worst, Math.abs(e[k] - a[k]));
          }
        }
      }
      assertTrue(worst <= tolerance * (max - min), worst + " of " + min + " to " + max);
    }
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.elements()];
    tensor.buffer().asFloatBuffer().get(values);
    return values;
  }

  private static void assertMostlyEqual(Tensor expected, Tensor actual) {
    int different = 0;
    for (int i = 0; i < expected.bytes(); i++) {
      different += expected.buffer().get(i) == actual.buffer().get(i) ? 0 : 1;
    }
    assertTrue(different <= expected.bytes() / 20 + 1, different + " of " + expected.bytes());
  }
}
