// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.Model;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.ProducedModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs drawn from a seed, each operator on a drawn kind of numbers: TensorFlow Lite agrees. */
class RandomGraphsTest {
  private static final int[] SHAPE = {1, 4, 6, 8};
  private static final List<BuiltinOperator> ONE_INPUT =
      List.of(
          BuiltinOperator.RELU,
          BuiltinOperator.LOGISTIC,
          BuiltinOperator.TANH,
          BuiltinOperator.ABS,
          BuiltinOperator.LEAKY_RELU,
          BuiltinOperator.HARD_SWISH,
          BuiltinOperator.COS);
  private static final List<BuiltinOperator> TWO_INPUTS =
      List.of(
          BuiltinOperator.ADD,
          BuiltinOperator.SUB,
          BuiltinOperator.MUL,
          BuiltinOperator.MAXIMUM,
          BuiltinOperator.MINIMUM);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 6, 7, 8, 9, 10, 27, 49, 111})
  void isWhatTensorFlowLiteComputes(int seed) {
    Random random = new Random(seed);
    byte[] model = drawn(seed, random).bytes();
    ActivationRanges ranges;
    try (Model octet = Model.load(model)) {
      ranges =
          new Calibrator("drawn", model).calibrate(null, DataSets.random(seed, 6, octet.inputs()));
    }
    EditableModel quantized = EditableModel.read("drawn", model);
    Compute[] computes = new Compute[64];
    boolean mixed = random.nextBoolean();
    for (int i = 0; i < computes.length; i++) {
      int choice = mixed ? random.nextInt(8) : 0;
      computes[i] = choice == 7 ? Compute.FLOAT : choice > 4 ? Compute.INT16X8 : Compute.INT8;
    }
    IoType io = IoType.values()[random.nextInt(4)];
    IntegerQuantization.apply(
        quantized,
        ranges,
        op -> OperatorConfig.of(computes[op.sourceIndex()]),
        IntegerOptions.of(io));
    ProducedModels.assertSameAsPeer(quantized.toBytes());
  }

  private static SmallModel drawn(int seed, Random random) {
    SmallModel m = new SmallModel("drawn " + seed);
    List<EditableTensor> values = new ArrayList<>();
    values.add(m.input("x", SHAPE));
    values.add(m.input("y", SHAPE));
    int count = 6 + random.nextInt(10);
    for (int i = 0; i < count; i++) {
      EditableTensor a = values.get(random.nextInt(values.size()));
      EditableTensor b = values.get(Math.max(0, values.size() - 1 - random.nextInt(4)));
      values.add(operator(m, random, seed + 100 * i, a, b));
    }
    EditableTensor last = values.get(values.size() - 1);
    m.output(last);
    if (random.nextBoolean()) {
      m.output(values.get(2 + random.nextInt(values.size() - 3)));
    }
    return m;
  }

  private static EditableTensor operator(
      SmallModel m, Random random, int seed, EditableTensor a, EditableTensor b) {
    switch (random.nextInt(8)) {
      case 0 -> {
        return m.op(
            BuiltinOperator.CONV_2D,
            t -> t.set("stride_w", 1).set("stride_h", 1),
            SHAPE,
            b,
            m.drawn(seed, 8, 3, 3, 8),
            m.drawn(seed + 1, 8));
      }
      case 1 -> {
        BuiltinOperator kind = ONE_INPUT.get(random.nextInt(ONE_INPUT.size()));
        return kind == BuiltinOperator.LEAKY_RELU
            ? m.op(kind, t -> t.set("alpha", 0.1f), SHAPE, b)
            : m.op(kind, SHAPE, b);
      }
      case 2, 3 -> {
        return m.op(TWO_INPUTS.get(random.nextInt(TWO_INPUTS.size())), SHAPE, a, b);
      }
      case 4 -> {
        EditableTensor both =
            m.op(
                BuiltinOperator.CONCATENATION,
                t -> t.set("axis", 3),
                new int[] {1, 4, 6, 16},
                a,
                b);
        return m.op(
            BuiltinOperator.SLICE, SHAPE, both, m.ints(0, 0, 0, random.nextInt(8)), m.ints(SHAPE));
      }
      case 5 -> {
        return m.op(
            BuiltinOperator.MAX_POOL_2D,
            t ->
                t.set("stride_w", 1)
                    .set("stride_h", 1)
                    .set("filter_width", 2)
                    .set("filter_height", 2),
            SHAPE,
            b);
      }
      case 6 -> {
        return m.op(
            TWO_INPUTS.get(random.nextInt(TWO_INPUTS.size())), SHAPE, b, m.drawn(seed, 1, 1, 1, 8));
      }
      default -> {
        EditableTensor flat = m.op(BuiltinOperator.RESHAPE, new int[] {24, 8}, a, m.ints(24, 8));
        return m.op(BuiltinOperator.RESHAPE, SHAPE, flat, m.ints(SHAPE));
      }
    }
  }
}
