// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.peer.Difference;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.SeededInputs;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How sums are rounded shows in ties alone, and of those in negative ones: scales that are powers
 * of two make a tie of every 64th sum, and no activation cuts the negative ones away.
 */
@DisabledIfSystemProperty(
    named = "octet.emulated",
    matches = "true",
    disabledReason = "TensorFlow Lite in this process is none of the emulated platform")
final class RoundingTest {
  private static final int ROWS = 64;
  private static final int CHANNELS = 64;
  private static final float WEIGHT_SCALE = 0x1p-7f;
  private static final float OUTPUT_SCALE = 0x1p-1f;

  static Stream<Arguments> cases() {
    return Stream.of(
            BuiltinOperator.CONV_2D,
            BuiltinOperator.DEPTHWISE_CONV_2D,
            BuiltinOperator.FULLY_CONNECTED)
        .flatMap(
            operator ->
                Stream.of(TensorType.INT8, TensorType.UINT8)
                    .flatMap(
                        type ->
                            Stream.of(Numerics.values())
                                .map(numerics -> Arguments.of(operator, type, numerics))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tiesAreRoundedAsThePeerRounds(BuiltinOperator operator, TensorType type, Numerics numerics) {
    byte[] bytes = model(operator, type);
    List<byte[]> inputs =
        SeededInputs.of(List.of(new SeededInputs.Kind(type, ROWS * CHANNELS)), 1, 3).get(0);
    PeerKernels kernels = numerics == Numerics.EXACT ? PeerKernels.BUILT_IN : PeerKernels.XNNPACK;
    byte[] expected;
    try (Peer peer = Peer.load(bytes, kernels, 1)) {
      expected = peer.run(inputs).get(0);
    }
    try (Model model = Model.load(bytes);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().numerics(numerics))) {
      interpreter.input(0).set(inputs.get(0));
      interpreter.run();
      Difference difference = new Difference();
      difference.add(type, interpreter.output(0).toBytes(), expected);
      assertEquals(0, difference.differing(), difference.toString());
    }
    assertTrue(distinct(expected) > 100, "the outputs are too alike to tell");
  }

  private static long distinct(byte[] values) {
    return IntStream.range(0, values.length).map(i -> values[i]).distinct().count();
  }

  private static byte[] model(BuiltinOperator operator, TensorType type) {
    Random random = new Random(operator.code());
    boolean flat = operator == BuiltinOperator.FULLY_CONNECTED;
    boolean depthwise = operator == BuiltinOperator.DEPTHWISE_CONV_2D;
    int zero = type == TensorType.UINT8 ? 128 : 0;
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int[] shape = flat ? new int[] {ROWS, CHANNELS} : new int[] {1, 8, ROWS / 8, CHANNELS};
    int input = graph.input("x", type, shape);
    int[] filter =
        flat
            ? new int[] {CHANNELS, CHANNELS}
            : depthwise ? new int[] {1, 1, 1, CHANNELS} : new int[] {CHANNELS, 1, 1, CHANNELS};
    byte[] values = new byte[Arrays.stream(filter).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (zero + random.nextInt(depthwise ? 127 : 31) - (depthwise ? 63 : 15));
    }
    int weights = graph.constant("w", type, ByteBuffer.wrap(values), filter);
    int bias = graph.constant("b", TensorType.INT32, TestModel.ints(new int[CHANNELS]), CHANNELS);
    int output = graph.output("y", type, shape);
    graph.quantize(input, 1, zero).quantize(weights, WEIGHT_SCALE, zero);
    graph.quantize(bias, WEIGHT_SCALE, 0).quantize(output, OUTPUT_SCALE, zero);
    graph.operator(
        operator,
        type == TensorType.UINT8 ? 1 : flat ? 4 : 3,
        options(operator),
        new int[] {input, weights, bias},
        new int[] {output});
    ByteBuffer written = model.write();
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }

  private static Table options(BuiltinOperator operator) {
    return switch (operator) {
      case CONV_2D ->
          Table.builder("Conv2DOptions")
              .set("padding", Padding.VALID)
              .set("stride_w", 1)
              .set("stride_h", 1)
              .build();
      case DEPTHWISE_CONV_2D ->
          Table.builder("DepthwiseConv2DOptions")
              .set("padding", Padding.VALID)
              .set("stride_w", 1)
              .set("stride_h", 1)
              .set("depth_multiplier", 1)
              .build();
      default -> Table.of("FullyConnectedOptions");
    };
  }
}
