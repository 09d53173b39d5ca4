// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.MirrorPadMode;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BuiltinDataTest {
  /** sizeof of TensorFlow Lite's structures, by the operator. */
  private static final Map<BuiltinOperator, Integer> BYTES =
      Map.ofEntries(
          Map.entry(BuiltinOperator.ADD, 8),
          Map.entry(BuiltinOperator.ARG_MAX, 4),
          Map.entry(BuiltinOperator.AVERAGE_POOL_2D, 40),
          Map.entry(BuiltinOperator.BATCH_MATMUL, 3),
          Map.entry(BuiltinOperator.CAST, 8),
          Map.entry(BuiltinOperator.CONCATENATION, 8),
          Map.entry(BuiltinOperator.CONV_2D, 28),
          Map.entry(BuiltinOperator.CONV_3D, 32),
          Map.entry(BuiltinOperator.CUMSUM, 2),
          Map.entry(BuiltinOperator.DEPTHWISE_CONV_2D, 28),
          Map.entry(BuiltinOperator.DIV, 4),
          Map.entry(BuiltinOperator.FAKE_QUANT, 16),
          Map.entry(BuiltinOperator.FULLY_CONNECTED, 16),
          Map.entry(BuiltinOperator.GATHER, 8),
          Map.entry(BuiltinOperator.GELU, 1),
          Map.entry(BuiltinOperator.LEAKY_RELU, 4),
          Map.entry(BuiltinOperator.LOCAL_RESPONSE_NORMALIZATION, 16),
          Map.entry(BuiltinOperator.MEAN, 1),
          Map.entry(BuiltinOperator.MIRROR_PAD, 4),
          Map.entry(BuiltinOperator.RESHAPE, 36),
          Map.entry(BuiltinOperator.RESIZE_BILINEAR, 2),
          Map.entry(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, 2),
          Map.entry(BuiltinOperator.SOFTMAX, 4),
          Map.entry(BuiltinOperator.SPLIT, 4),
          Map.entry(BuiltinOperator.SQUEEZE, 36),
          Map.entry(BuiltinOperator.STRIDED_SLICE, 24),
          Map.entry(BuiltinOperator.SUB, 8),
          Map.entry(BuiltinOperator.TRANSPOSE_CONV, 20),
          Map.entry(BuiltinOperator.LOGISTIC, 0),
          Map.entry(BuiltinOperator.PAD, 0),
          Map.entry(BuiltinOperator.TRANSPOSE, 0));

  private static TfliteOperator operator(BuiltinOperator builtin, Table options) {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1);
    int y = graph.output("y", TensorType.FLOAT32, 1);
    Table given = builtin.options().equals("NoOptions") ? null : options;
    graph.operator(builtin, 1, given, new int[] {x}, new int[] {y});
    return model.read().subgraphs().get(0).operators().get(0);
  }

  private static ByteBuffer data(BuiltinOperator builtin, Table.Builder options) {
    byte[] bytes = BuiltinData.of(operator(builtin, options.build()));
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Table.Builder table(String name) {
    return Table.builder(name);
  }

  @Test
  void structuresHaveTensorFlowLitesSizes() {
    Map<BuiltinOperator, Integer> found = new TreeMap<>();
    for (BuiltinOperator each : BYTES.keySet()) {
      byte[] bytes = BuiltinData.of(operator(each, Table.of(each.options())));
      assertNotNull(bytes, each.name());
      found.put(each, bytes.length);
    }
    assertEquals(new TreeMap<>(BYTES), found);
  }

  @Test
  void convolutionsHaveTheirMembersInOrder() {
    ByteBuffer conv =
        data(
            BuiltinOperator.CONV_2D,
            table("Conv2DOptions")
                .set("padding", Padding.VALID)
                .set("stride_w", 2)
                .set("stride_h", 3)
                .set("fused_activation_function", Activation.RELU6)
                .set("dilation_w_factor", 4)
                .set("dilation_h_factor", 5)
                .set("quantized_bias_type", TensorType.INT32));
    int[] words = new int[7];
    conv.asIntBuffer().get(words);
    assertArrayEquals(new int[] {2, 2, 3, 3, 4, 5, 2}, words);
  }

  @Test
  void booleansAreBytesAndWhatFollowsIsAligned() {
    ByteBuffer fully =
        data(
            BuiltinOperator.FULLY_CONNECTED,
            table("FullyConnectedOptions")
                .set("fused_activation_function", Activation.RELU)
                .set("keep_num_dims", true)
                .set("asymmetric_quantize_inputs", true)
                .set("quantized_bias_type", TensorType.INT64));
    assertEquals(1, fully.getInt(0));
    assertEquals(0, fully.getInt(4));
    assertEquals(0x0101, fully.getInt(8));
    assertEquals(4, fully.getInt(12));
  }

  @Test
  void shapesStandBeforeTheirLengthAndModesAreOneMore() {
    ByteBuffer reshape =
        data(BuiltinOperator.RESHAPE, table("ReshapeOptions").set("new_shape", new int[] {6, -1}));
    assertEquals(6, reshape.getInt(0));
    assertEquals(-1, reshape.getInt(4));
    assertEquals(0, reshape.getInt(8));
    assertEquals(2, reshape.getInt(32));
    ByteBuffer mirror =
        data(
            BuiltinOperator.MIRROR_PAD,
            table("MirrorPadOptions").set("mode", MirrorPadMode.SYMMETRIC));
    assertEquals(2, mirror.getInt(0));
  }

  @Test
  void whatHasNoLayoutIsNotOffered() {
    Table nine = table("ReshapeOptions").set("new_shape", new int[9]).build();
    assertNull(BuiltinData.of(operator(BuiltinOperator.RESHAPE, nine)));
    assertNull(BuiltinData.of(operator(BuiltinOperator.BUCKETIZE, Table.of("BucketizeOptions"))));
    assertNull(BuiltinData.of(operator(BuiltinOperator.LSTM, Table.of("LSTMOptions"))));
    assertNull(BuiltinData.of(operator(BuiltinOperator.DELEGATE, null)));
  }
}
