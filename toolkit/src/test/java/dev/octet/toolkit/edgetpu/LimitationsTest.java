// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.tflite.WeightsFormat;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Both sides of every limitation of the table, on one operator each. */
class LimitationsTest {
  private static final int NEWEST = MappingRules.NEWEST_RUNTIME;
  private static final int[] IMAGE = {1, 8, 6, 4};

  private final QuantizedGraph g = new QuantizedGraph();

  private static UnaryOperator<Table.Builder> set(String field, Object value) {
    return options -> options.set(field, value);
  }

  private EditableOperator op(
      BuiltinOperator builtin,
      UnaryOperator<Table.Builder> options,
      int[] shape,
      EditableTensor... inputs) {
    return g.add(builtin, options, List.of(g.tensor(TensorType.INT8, shape)), inputs);
  }

  private EditableOperator op(BuiltinOperator builtin, int[] shape, EditableTensor... inputs) {
    return op(builtin, options -> options, shape, inputs);
  }

  private static void maps(EditableOperator op) {
    assertNull(MappingRules.broken(op, NEWEST));
  }

  private static void staysFor(EditableOperator op, int runtime, String words) {
    String reason = MappingRules.broken(op, runtime);
    assertTrue(reason != null && reason.contains(words), op + ": " + reason);
  }

  private static void stays(EditableOperator op, String words) {
    staysFor(op, NEWEST, words);
  }

  @Test
  void poolsAndConcatenationsMapWithoutFusedActivations() {
    for (BuiltinOperator builtin :
        List.of(
            BuiltinOperator.AVERAGE_POOL_2D,
            BuiltinOperator.MAX_POOL_2D,
            BuiltinOperator.CONCATENATION)) {
      maps(op(builtin, IMAGE, g.input(IMAGE)));
      stays(
          op(builtin, set("fused_activation_function", Activation.RELU6), IMAGE, g.input(IMAGE)),
          "fused activation RELU6");
    }
    maps(
        op(
            BuiltinOperator.ADD,
            set("fused_activation_function", Activation.RELU),
            IMAGE,
            g.input(IMAGE),
            g.input(IMAGE)));
  }

  @Test
  void aConstantIsConcatenatedOnlyWhenItPadsWithZeros() {
    int[] wide = {1, 8, 6, 8};
    maps(op(BuiltinOperator.CONCATENATION, wide, g.input(IMAGE), g.constant(0, IMAGE)));
    stays(
        op(BuiltinOperator.CONCATENATION, wide, g.input(IMAGE), g.constant(1, IMAGE)),
        "not all zeros");
    stays(
        op(
            BuiltinOperator.CONCATENATION,
            new int[] {1, 8, 6, 12},
            g.input(IMAGE),
            g.constant(0, IMAGE),
            g.input(IMAGE)),
        "and 2 others");
  }

  @Test
  void dilationIsTheSameAlongBothAxes() {
    UnaryOperator<Table.Builder> same =
        options -> options.set("dilation_w_factor", 2).set("dilation_h_factor", 2);
    UnaryOperator<Table.Builder> other = set("dilation_w_factor", 2);
    maps(op(BuiltinOperator.CONV_2D, same, IMAGE, g.input(IMAGE), g.constant(1, 4, 3, 3, 4)));
    stays(
        op(BuiltinOperator.CONV_2D, other, IMAGE, g.input(IMAGE), g.constant(1, 4, 3, 3, 4)),
        "dilation of 1 along y and 2 along x");
    EditableTensor filter = g.constant(1, 1, 3, 3, 4);
    EditableOperator dilated =
        op(BuiltinOperator.DEPTHWISE_CONV_2D, same, IMAGE, g.input(IMAGE), filter);
    maps(dilated);
    staysFor(dilated, 12, "up to 12");
    assertNull(
        MappingRules.broken(
            op(BuiltinOperator.DEPTHWISE_CONV_2D, IMAGE, g.input(IMAGE), filter), 12));
    stays(op(BuiltinOperator.DEPTHWISE_CONV_2D, other, IMAGE, g.input(IMAGE), filter), "equal");
  }

  @Test
  void denseLayersWriteOneRowFromWeightsInTheDefaultFormat() {
    EditableTensor weights = g.constant(1, 10, 8);
    maps(op(BuiltinOperator.FULLY_CONNECTED, new int[] {1, 10}, g.input(1, 8), weights));
    stays(op(BuiltinOperator.FULLY_CONNECTED, new int[] {2, 10}, g.input(2, 8), weights), "2x10");
    stays(
        op(
            BuiltinOperator.FULLY_CONNECTED,
            set("weights_format", WeightsFormat.SHUFFLED4X16INT8),
            new int[] {1, 10},
            g.input(1, 8),
            weights),
        "shuffled");
    float[] scales = new float[10];
    Arrays.fill(scales, 0.5f);
    EditableTensor byChannel =
        g.constant(1, 10, 8)
            .quantization(
                new TfliteQuantization(new float[0], new float[0], scales, new int[10], 0, null));
    stays(
        op(BuiltinOperator.FULLY_CONNECTED, new int[] {1, 10}, g.input(1, 8), byChannel),
        "has 10 scales");
  }

  @Test
  void reductionsLeaveTheBatchAlone() {
    for (BuiltinOperator builtin :
        List.of(
            BuiltinOperator.MEAN,
            BuiltinOperator.SUM,
            BuiltinOperator.REDUCE_MAX,
            BuiltinOperator.REDUCE_MIN)) {
      int[] row = {1, 4};
      maps(op(builtin, row, g.input(IMAGE), g.ints(1, 2)));
      maps(op(builtin, row, g.input(IMAGE), g.ints(-3, -2)));
      stays(op(builtin, row, g.input(IMAGE), g.ints(0)), "the batch (axis 0 of 1x8x6x4)");
      stays(op(builtin, row, g.input(IMAGE), g.ints(-4)), "the batch (axis 0 of 1x8x6x4)");
      assertThrows(
          IllegalArgumentException.class,
          () -> MappingRules.broken(op(builtin, row, g.input(IMAGE), g.ints(4)), NEWEST));
    }
  }

  @Test
  void theMeanOverDepthIsOfAMultipleOfFour() {
    EditableOperator four =
        op(BuiltinOperator.MEAN, new int[] {1, 8, 6}, g.input(IMAGE), g.ints(3));
    maps(four);
    staysFor(four, 12, "x and y only");
    stays(
        op(BuiltinOperator.MEAN, new int[] {1, 8, 6}, g.input(1, 8, 6, 5), g.ints(-1)),
        "which is 5; it must be a multiple of 4");
    maps(op(BuiltinOperator.SUM, new int[] {1, 8, 6}, g.input(1, 8, 6, 5), g.ints(-1)));
  }

  @Test
  void packingSplittingAndPaddingLeaveTheBatchAlone() {
    int[] packed = {2, 1, 8, 6};
    EditableTensor a = g.input(1, 8, 6);
    maps(op(BuiltinOperator.PACK, set("axis", 3), new int[] {1, 8, 6, 2}, a, a));
    stays(op(BuiltinOperator.PACK, packed, a, a), "2x1x8x6");
    EditableTensor half = g.tensor(TensorType.INT8, 1, 8, 6, 2);
    maps(
        g.add(
            BuiltinOperator.SPLIT,
            o -> o,
            List.of(half, g.tensor(TensorType.INT8, 1, 8, 6, 2)),
            g.scalar(3),
            g.input(IMAGE)));
    stays(
        g.add(
            BuiltinOperator.SPLIT,
            o -> o,
            List.of(half, g.tensor(TensorType.INT8, 1, 8, 6, 2)),
            g.scalar(0),
            g.input(IMAGE)),
        "splits the batch");
    maps(pad(0, 0, 1, 1, 2, 0, 0, 0));
    EditableOperator depth = pad(0, 0, 0, 0, 0, 0, 0, 4);
    maps(depth);
    staysFor(depth, 12, "pads z");
    EditableOperator batch = pad(0, 1, 0, 0, 0, 0, 0, 0);
    stays(batch, "pads the batch");
    staysFor(batch, 12, "pads the batch");
  }

  private EditableOperator pad(int... pads) {
    EditableTensor amounts = g.ints(pads).shape(new int[] {4, 2}, new int[] {4, 2});
    int[] shape = IMAGE.clone();
    for (int i = 0; i < shape.length; i++) {
      shape[i] += pads[2 * i] + pads[2 * i + 1];
    }
    shape[0] = 1; // a larger one would break the rule for tensors first
    return op(BuiltinOperator.PAD, shape, g.input(IMAGE), amounts);
  }

  @Test
  void alphasAreOneAChannel() {
    maps(op(BuiltinOperator.PRELU, IMAGE, g.input(IMAGE), g.constant(1, 1, 1, 4)));
    stays(op(BuiltinOperator.PRELU, IMAGE, g.input(IMAGE), g.constant(1, 8, 6, 4)), "8x6x4");
  }

  @Test
  void resizedPicturesMapUpToTheSizesThatWereSeen() {
    for (BuiltinOperator builtin :
        List.of(BuiltinOperator.RESIZE_BILINEAR, BuiltinOperator.RESIZE_NEAREST_NEIGHBOR)) {
      maps(op(builtin, new int[] {1, 128, 128, 3}, g.input(1, 64, 64, 3), g.ints(128, 128)));
      maps(op(builtin, new int[] {1, 513, 513, 3}, g.input(1, 513, 513, 3), g.ints(513, 513)));
      stays(
          op(builtin, new int[] {1, 129, 128, 3}, g.input(1, 65, 64, 3), g.ints(129, 128)),
          "1x65x64x3 to 1x129x128x3");
      stays(op(builtin, new int[] {1, 3, 2, 3}, g.input(1, 1, 1, 3), g.ints(3, 2)), "1x3x2x3");
    }
  }

  @Test
  void softmaxIsOfOneRowOfAtMost16000() {
    maps(op(BuiltinOperator.SOFTMAX, new int[] {1, 16000}, g.input(1, 16000)));
    stays(op(BuiltinOperator.SOFTMAX, new int[] {1, 16001}, g.input(1, 16001)), "at most 16000");
    stays(op(BuiltinOperator.SOFTMAX, new int[] {2, 10}, g.input(2, 10)), "2x10");
  }

  @Test
  void olderRuntimesSqueezeOnesInFrontOnly() {
    EditableOperator middle = op(BuiltinOperator.SQUEEZE, new int[] {5, 10}, g.input(5, 1, 10));
    maps(middle);
    staysFor(middle, 12, "out of the middle of 5x1x10");
    EditableOperator front = op(BuiltinOperator.SQUEEZE, new int[] {5, 10}, g.input(1, 5, 10));
    assertNull(MappingRules.broken(front, 12));
  }

  @Test
  void slicesHaveNoStridesEllipsesOrNewAxes() {
    maps(slice(1, o -> o));
    stays(slice(2, o -> o), "stride of 2");
    stays(slice(-1, o -> o), "stride of -1");
    stays(slice(1, set("ellipsis_mask", 1)), "ellipsis");
    stays(slice(1, set("new_axis_mask", 2)), "new axis");
    maps(slice(1, set("begin_mask", 3)));
  }

  private EditableOperator slice(int stride, UnaryOperator<Table.Builder> options) {
    return op(
        BuiltinOperator.STRIDED_SLICE,
        options,
        new int[] {1, 4},
        g.input(1, 8),
        g.ints(0, 0),
        g.ints(1, 4),
        g.ints(1, stride));
  }

  @Test
  void onePixelIsTiledAndNothingElse() {
    maps(op(BuiltinOperator.TILE, new int[] {1, 9, 9, 4}, g.input(1, 1, 1, 4), g.ints(1, 9, 9, 1)));
    stays(
        op(BuiltinOperator.TILE, new int[] {1, 4, 2, 4}, g.input(1, 2, 1, 4), g.ints(1, 2, 2, 1)),
        "not in the table");
    stays(
        op(BuiltinOperator.TILE, new int[] {1, 1, 1, 8}, g.input(1, 1, 1, 4), g.ints(1, 1, 1, 2)),
        "not in the table");
  }

  @Test
  void operatorsWaitForTheirRuntime() {
    EditableOperator transpose =
        op(BuiltinOperator.TRANSPOSE, new int[] {1, 4, 8, 6}, g.input(IMAGE), g.ints(0, 3, 1, 2));
    maps(transpose);
    staysFor(transpose, 13, "needs runtime 14");
    EditableOperator quantize = op(BuiltinOperator.QUANTIZE, IMAGE, g.input(IMAGE));
    assertNull(MappingRules.broken(quantize, 13));
    staysFor(quantize, 12, "needs runtime 13");
  }

  @Test
  void everyOtherOperatorOfTheTableMapsAsItIs() {
    for (BuiltinOperator builtin :
        List.of(
            BuiltinOperator.EXPAND_DIMS,
            BuiltinOperator.L2_NORMALIZATION,
            BuiltinOperator.LOGISTIC,
            BuiltinOperator.MAXIMUM,
            BuiltinOperator.MINIMUM,
            BuiltinOperator.MUL,
            BuiltinOperator.RELU,
            BuiltinOperator.RELU6,
            BuiltinOperator.RELU_N1_TO_1,
            BuiltinOperator.RESHAPE,
            BuiltinOperator.RSQRT,
            BuiltinOperator.SLICE,
            BuiltinOperator.SPACE_TO_DEPTH,
            BuiltinOperator.SQUARED_DIFFERENCE,
            BuiltinOperator.SUB,
            BuiltinOperator.TANH)) {
      maps(op(builtin, IMAGE, g.input(IMAGE)));
    }
    for (BuiltinOperator builtin :
        List.of(
            BuiltinOperator.LEAKY_RELU,
            BuiltinOperator.HARD_SWISH,
            BuiltinOperator.ARG_MAX,
            BuiltinOperator.SPLIT_V,
            BuiltinOperator.DEPTH_TO_SPACE,
            BuiltinOperator.BATCH_MATMUL,
            BuiltinOperator.DIV)) {
      stays(op(builtin, IMAGE, g.input(IMAGE)), "not in the table");
    }
  }
}
