// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerKernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.MirrorPadMode;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Operators that move int8 elements between convolutions, where they are stored in another form:
 * the same outputs as TensorFlow Lite's, with every tensor observed (none is then in that form) and
 * with none.
 */
@DisabledIfSystemProperty(
    named = "octet.emulated",
    matches = "true",
    disabledReason = "TensorFlow Lite in this process is none of the emulated platform")
final class MovedBytesTest {
  private static final int CHANNELS = 8;
  private static final Random RANDOM = new Random(161);

  private final TestModel model = new TestModel();
  private final TestModel.Graph graph = model.graph();
  private final List<String> names = new ArrayList<>();

  private int tensor(int... shape) {
    String name = "t" + names.size();
    names.add(name);
    int tensor = graph.tensor(name, TensorType.INT8, shape);
    graph.quantize(tensor, 0.1f, -7);
    return tensor;
  }

  private int ints(int[] shape, int... values) {
    return graph.constant("", TensorType.INT32, TestModel.ints(values), shape);
  }

  private int vector(int... values) {
    return ints(new int[] {values.length}, values);
  }

  private int add(BuiltinOperator operator, Table options, int... inputs) {
    int y = tensor();
    graph.operator(operator, 2, options, inputs, new int[] {y});
    return y;
  }

  /** A pointwise convolution to {@link #CHANNELS} channels. */
  private int convolution(int x, int channels) {
    byte[] weights = new byte[CHANNELS * channels];
    RANDOM.nextBytes(weights);
    int w =
        graph.constant("w", TensorType.INT8, ByteBuffer.wrap(weights), CHANNELS, 1, 1, channels);
    graph.quantize(w, 0.02f, 0);
    int bias = graph.constant("b", TensorType.INT32, TestModel.ints(new int[CHANNELS]), CHANNELS);
    graph.quantize(bias, 0.002f, 0);
    return add(
        BuiltinOperator.CONV_2D,
        Table.builder("Conv2DOptions").set("stride_w", 1).set("stride_h", 1).build(),
        x,
        w,
        bias);
  }

  private static Table options(String name, Object... fields) {
    Table.Builder options = Table.builder(name);
    for (int i = 0; i < fields.length; i += 2) {
      options.set((String) fields[i], fields[i + 1]);
    }
    return options.build();
  }

  @Test
  void betweenConvolutions() {
    int x = graph.input("x", TensorType.INT8, 1, 6, 6, CHANNELS);
    graph.quantize(x, 0.1f, -7);
    int[] pads = {4, 2};
    int h = convolution(x, CHANNELS);
    h = add(BuiltinOperator.PAD, null, h, ints(pads, 0, 0, 1, 1, 2, 0, 0, 0));
    h = convolution(h, CHANNELS);
    Table reflect = options("MirrorPadOptions", "mode", MirrorPadMode.REFLECT);
    h = add(BuiltinOperator.MIRROR_PAD, reflect, h, ints(pads, 0, 0, 1, 0, 0, 3, 0, 0));
    h = convolution(h, CHANNELS);
    h = add(BuiltinOperator.TRANSPOSE, null, h, vector(0, 2, 1, 3));
    h = convolution(h, CHANNELS);
    h = add(BuiltinOperator.SLICE, null, h, vector(0, 1, 1, 0), vector(1, 8, 8, -1));
    h = convolution(h, CHANNELS);
    Table block = options("SpaceToDepthOptions", "block_size", 2);
    int deep = add(BuiltinOperator.SPACE_TO_DEPTH, block, h);
    Table wide = options("DepthToSpaceOptions", "block_size", 2);
    int again = add(BuiltinOperator.DEPTH_TO_SPACE, wide, convolution(deep, 4 * CHANNELS));
    int both = add(BuiltinOperator.REVERSE_V2, null, h, vector(2));
    Table channels = options("ConcatenationOptions", "axis", 3);
    h = add(BuiltinOperator.CONCATENATION, channels, both, again, h);
    h = convolution(h, 2 * CHANNELS + 2);
    h =
        add(
            BuiltinOperator.SPACE_TO_BATCH_ND,
            null,
            h,
            vector(2, 3),
            ints(new int[] {2, 2}, 1, 1, 0, 1));
    h = convolution(h, CHANNELS);
    h =
        add(
            BuiltinOperator.BATCH_TO_SPACE_ND,
            null,
            h,
            vector(2, 3),
            ints(new int[] {2, 2}, 1, 1, 0, 1));
    h = add(BuiltinOperator.TILE, null, convolution(h, CHANNELS), vector(1, 2, 1, 1));
    graph.table().set("outputs", new int[] {convolution(h, CHANNELS)});
    compare();
  }

  private void compare() {
    ByteBuffer bytes = model.write();
    byte[] file = new byte[bytes.remaining()];
    bytes.get(file);
    byte[] contents = new byte[6 * 6 * CHANNELS];
    RANDOM.nextBytes(contents);
    byte[] expected;
    try (Peer peer = Peer.load(file, PeerKernels.BUILT_IN, 1)) {
      expected = peer.run(List.of(contents)).get(0);
    }
    InterpreterOptions exact = new InterpreterOptions().numerics(Numerics.EXACT).poison(true);
    try (Model octet = Model.load(file)) {
      String last = names.get(names.size() - 1);
      List<String> inner = names.stream().filter(name -> !name.equals(last)).toList();
      for (InterpreterOptions options :
          List.of(exact, exact.taps(inner.toArray(String[]::new)), exact.threads(2))) {
        try (Interpreter interpreter = octet.interpreter(options)) {
          interpreter.input(0).buffer().put(contents);
          interpreter.run();
          byte[] actual = new byte[interpreter.output(0).bytes()];
          interpreter.output(0).buffer().get(actual);
          assertArrayEquals(expected, actual, options.toString());
        }
      }
    }
  }
}
