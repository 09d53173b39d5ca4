// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A float model of one operator.
 *
 * @param bytes the model
 * @param low least value of its inputs
 * @param high greatest value
 */
record OneOperator(byte[] bytes, double low, double high) {
  private static final int[] NHWC = {1, 4, 6, 8};

  static OneOperator of(BuiltinOperator builtin) {
    SmallModel m = new SmallModel(builtin.name());
    double low = -1;
    double high = 1;
    EditableTensor x = null;
    if (builtin != BuiltinOperator.EMBEDDING_LOOKUP && builtin != BuiltinOperator.FILL) {
      x = m.input("x", NHWC);
    }
    switch (builtin) {
      case CONV_2D ->
          m.output(
              m.op(
                  builtin,
                  strides(),
                  new int[] {1, 4, 6, 5},
                  x,
                  m.drawn(1, 5, 3, 3, 8),
                  m.drawn(2, 5)));
      case DEPTHWISE_CONV_2D ->
          m.output(
              m.op(
                  builtin,
                  t -> strides().apply(t).set("depth_multiplier", 2),
                  new int[] {1, 4, 6, 16},
                  x,
                  m.drawn(1, 1, 3, 3, 16),
                  m.drawn(2, 16)));
      case TRANSPOSE_CONV ->
          m.output(
              m.op(
                  builtin,
                  t -> t.set("stride_w", 2).set("stride_h", 2),
                  new int[] {1, 8, 12, 3},
                  m.ints(1, 8, 12, 3),
                  m.drawn(1, 3, 3, 3, 8),
                  x,
                  m.drawn(2, 3)));
      case FULLY_CONNECTED ->
          m.output(m.op(builtin, new int[] {24, 10}, x, m.drawn(1, 10, 8), m.drawn(2, 10)));
      case PRELU -> m.output(m.op(builtin, NHWC, x, m.drawn(1, 1, 1, 8)));
      case EMBEDDING_LOOKUP ->
          m.output(
              m.op(
                  builtin,
                  new int[] {3, 5},
                  m.input("ids", TensorType.INT32, 3),
                  m.drawn(1, 7, 5)));
      case RELU_0_TO_1, RELU_N1_TO_1 -> {
        low = -1.5;
        high = 1.5;
        m.output(m.op(builtin, NHWC, x));
      }
      case ABS, NEG, ELU, GELU, HARD_SWISH, RELU, RELU6, TANH, LOGISTIC -> {
        low = -8;
        high = 7;
        m.output(m.op(builtin, NHWC, x));
      }
      case EXP, LOG_SOFTMAX, L2_NORMALIZATION -> m.output(m.op(builtin, NHWC, x));
      case SOFTMAX -> m.output(m.op(builtin, t -> t.set("beta", 1f), NHWC, x));
      case LEAKY_RELU -> m.output(m.op(builtin, t -> t.set("alpha", 0.3f), NHWC, x));
      case LOG, RSQRT -> {
        low = 0.5;
        high = 4;
        m.output(m.op(builtin, NHWC, x));
      }
      case ADD, SUB, MUL, SQUARED_DIFFERENCE, MAXIMUM, MINIMUM ->
          m.output(
              m.op(builtin, NHWC, x, m.input("y", NHWC)), m.op(builtin, NHWC, x, m.drawn(3, 8)));
      case BATCH_MATMUL ->
          m.output(m.op(builtin, new int[] {1, 4, 6, 5}, x, m.input("y", 1, 4, 8, 5)));
      case MEAN, SUM, REDUCE_MAX, REDUCE_MIN ->
          m.output(m.op(builtin, new int[] {1, 8}, x, m.ints(1, 2)));
      case REDUCE_PROD -> {
        low = 0.5;
        high = 1.5;
        m.output(m.op(builtin, new int[] {1, 4, 8}, x, m.ints(2)));
      }
      case AVERAGE_POOL_2D, MAX_POOL_2D ->
          m.output(
              m.op(
                  builtin,
                  t -> strides().apply(t).set("filter_width", 3).set("filter_height", 2),
                  NHWC,
                  x));
      case CONCATENATION ->
          m.output(
              m.op(
                  builtin,
                  t -> t.set("axis", 3),
                  new int[] {1, 4, 6, 20},
                  x,
                  m.input("y", 1, 4, 6, 4),
                  m.drawn(1, -2.0, 2.0, NHWC)));
      case PACK ->
          m.output(
              m.op(
                  builtin,
                  t -> t.set("values_count", 2).set("axis", 0),
                  new int[] {2, 1, 4, 6, 8},
                  x,
                  m.input("y", NHWC)));
      case UNPACK -> {
        List<EditableTensor> outputs = outputs(m, builtin, 4, 1, 6, 8);
        m.add(builtin, t -> t.set("num", 4).set("axis", 1), outputs, x);
        outputs.forEach(m::output);
      }
      case SPLIT -> {
        List<EditableTensor> outputs = outputs(m, builtin, 2, 1, 4, 6, 4);
        m.add(builtin, t -> t.set("num_splits", 2), outputs, m.scalar(3), x);
        outputs.forEach(m::output);
      }
      case SPLIT_V -> {
        List<EditableTensor> outputs = outputs(m, builtin, 2, 1, 4, 6, 4);
        m.add(builtin, t -> t.set("num_splits", 2), outputs, x, m.ints(4, 4), m.scalar(3));
        outputs.forEach(m::output);
      }
      case TOPK_V2 -> {
        EditableTensor values = m.tensor(builtin, TensorType.FLOAT32, 1, 4, 6, 3);
        EditableTensor places = m.tensor(builtin, TensorType.INT32, 1, 4, 6, 3);
        m.add(builtin, t -> t, List.of(values, places), x, m.scalar(3));
        m.output(values);
      }
      case ARG_MAX, ARG_MIN -> {
        EditableTensor places = m.tensor(builtin, TensorType.INT32, 1, 4, 6);
        m.add(
            builtin, t -> t.set("output_type", TensorType.INT32), List.of(places), x, m.scalar(3));
        m.output(places);
      }
      case EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL -> {
        EditableTensor truth = m.tensor(builtin, TensorType.BOOL, NHWC);
        m.add(builtin, t -> t, List.of(truth), x, m.input("y", NHWC));
        m.output(truth);
      }
      case RESHAPE -> m.output(m.op(builtin, new int[] {4, 48}, x, m.ints(4, 48)));
      case SQUEEZE ->
          m.output(
              m.op(builtin, t -> t.set("squeeze_dims", new int[] {0}), new int[] {4, 6, 8}, x));
      case EXPAND_DIMS -> m.output(m.op(builtin, new int[] {1, 4, 1, 6, 8}, x, m.scalar(2)));
      case TRANSPOSE -> m.output(m.op(builtin, new int[] {1, 8, 4, 6}, x, m.ints(0, 3, 1, 2)));
      case PAD, MIRROR_PAD -> m.output(m.op(builtin, new int[] {1, 6, 8, 8}, x, pads(m)));
      case PADV2 ->
          m.output(
              m.op(builtin, new int[] {1, 6, 8, 8}, x, pads(m), m.constant(new float[] {0.5f}, 1)));
      case SLICE ->
          m.output(
              m.op(builtin, new int[] {1, 2, 6, 3}, x, m.ints(0, 1, 0, 2), m.ints(1, 2, 6, 3)));
      case STRIDED_SLICE ->
          m.output(
              m.op(
                  builtin,
                  new int[] {1, 2, 3, 8},
                  x,
                  m.ints(0, 0, 0, 0),
                  m.ints(1, 4, 6, 8),
                  m.ints(1, 2, 2, 1)));
      case GATHER ->
          m.output(
              m.op(builtin, t -> t.set("axis", 3), new int[] {1, 4, 6, 2}, x, m.ints(5, 1)),
              m.op(builtin, new int[] {2, 5}, m.drawn(1, 7, 5), m.ints(6, 2)));
      case GATHER_ND ->
          m.output(m.op(builtin, new int[] {2, 6, 8}, x, m.ints(new int[] {2, 2}, 0, 3, 0, 1)));
      case SCATTER_ND ->
          m.output(
              m.op(
                  builtin,
                  new int[] {3, 4, 6, 8},
                  m.ints(new int[] {1, 1}, 1),
                  x,
                  m.ints(3, 4, 6, 8)));
      case TILE -> m.output(m.op(builtin, new int[] {2, 4, 6, 16}, x, m.ints(2, 1, 1, 2)));
      case BROADCAST_TO -> m.output(m.op(builtin, new int[] {3, 4, 6, 8}, x, m.ints(3, 4, 6, 8)));
      case FILL ->
          m.output(m.op(builtin, new int[] {2, 3}, m.ints(2, 3), m.input("x", new int[0])));
      case BATCH_TO_SPACE_ND, SPACE_TO_BATCH_ND -> {
        boolean toBatch = builtin == BuiltinOperator.SPACE_TO_BATCH_ND;
        EditableTensor y = toBatch ? x : m.input("y", 4, 2, 3, 8);
        if (!toBatch) {
          m.graph().inputs().remove(x);
        }
        m.output(
            m.op(
                builtin,
                toBatch ? new int[] {4, 2, 3, 8} : NHWC,
                y,
                m.ints(2, 2),
                m.ints(new int[] {2, 2}, 0, 0, 0, 0)));
      }
      case SPACE_TO_DEPTH ->
          m.output(m.op(builtin, t -> t.set("block_size", 2), new int[] {1, 2, 3, 32}, x));
      case DEPTH_TO_SPACE ->
          m.output(m.op(builtin, t -> t.set("block_size", 2), new int[] {1, 8, 12, 2}, x));
      case RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR ->
          m.output(m.op(builtin, new int[] {1, 8, 9, 8}, x, m.ints(8, 9)));
      case REVERSE_V2 -> m.output(m.op(builtin, NHWC, x, m.ints(2)));
      case SELECT, SELECT_V2 -> m.output(m.op(builtin, NHWC, choices(m), x, m.input("y", NHWC)));
      case DYNAMIC_UPDATE_SLICE ->
          m.output(m.op(builtin, NHWC, x, m.input("y", 1, 2, 6, 8), m.ints(0, 1, 0, 0)));
      default -> throw new AssertionError("no model of " + builtin);
    }
    return new OneOperator(m.bytes(), low, high);
  }

  private static UnaryOperator<Table.Builder> strides() {
    return table -> table.set("stride_w", 1).set("stride_h", 1);
  }

  private static List<EditableTensor> outputs(
      SmallModel m, BuiltinOperator builtin, int count, int... shape) {
    List<EditableTensor> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(m.tensor(builtin, TensorType.FLOAT32, shape));
    }
    return list;
  }

  private static EditableTensor pads(SmallModel m) {
    return m.ints(new int[] {4, 2}, 0, 0, 1, 1, 1, 1, 0, 0);
  }

  private static EditableTensor choices(SmallModel m) {
    boolean[] values = new boolean[4 * 6 * 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 3 == 0;
    }
    return m.bools(NHWC, values);
  }
}
