// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;
import static dev.octet.differential.cases.SingleOp.product;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.LstmKernel;
import dev.octet.tflite.Table;
import java.util.Arrays;
import java.util.List;

/** LSTM and its sequences. */
final class LstmCases implements OpCases {
  /** Float weights are one of [-WEIGHT, WEIGHT]. */
  private static final double WEIGHT = 0.6;

  /**
   * A hidden activation that differs in its last bit may be quantized to the next step, which
   * changes a gate by about 1/127 of a weight: one model of 200 is further than 1e-5 from the peer.
   */
  private static final double HYBRID_TOLERANCE = 1e-2;

  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("LSTM", "f32", m -> either(m, TensorType.FLOAT32)),
        new OpGenerator("LSTM", "hybrid", m -> new Full(m, hybrid(m), false).real()),
        new OpGenerator("LSTM", "i8", LstmCases::integer),
        new OpGenerator("LSTM", "u8", m -> basic(m, TensorType.UINT8)),
        new OpGenerator(
            "UNIDIRECTIONAL_SEQUENCE_LSTM",
            "f32",
            m -> new Full(m, TensorType.FLOAT32, true).real()),
        new OpGenerator(
            "UNIDIRECTIONAL_SEQUENCE_LSTM", "hybrid", m -> new Full(m, hybrid(m), true).real()),
        new OpGenerator(
            "UNIDIRECTIONAL_SEQUENCE_LSTM",
            "i8",
            m -> new Full(m, TensorType.INT8, true).integer()),
        new OpGenerator(
            "BIDIRECTIONAL_SEQUENCE_LSTM", "f32", m -> bidirectional(m, TensorType.FLOAT32)),
        new OpGenerator("BIDIRECTIONAL_SEQUENCE_LSTM", "hybrid", m -> bidirectional(m, hybrid(m))));
  }

  /** The type of hybrid weights: signed bytes, which old files call uint8. */
  static TensorType hybrid(SingleOp m) {
    m.random().nextInt(); // the first numbers of neighbouring seeds are neighbours
    return m.chance(0.2) ? TensorType.UINT8 : TensorType.INT8;
  }

  private static void either(SingleOp m, TensorType type) {
    m.random().nextInt();
    if (m.chance(0.25)) {
      basic(m, type);
    } else {
      new Full(m, type, false).real();
    }
  }

  private static void integer(SingleOp m) {
    m.random().nextInt();
    if (m.chance(0.3)) {
      narrow(m);
    } else {
      new Full(m, TensorType.INT8, false).integer();
    }
  }

  /** Coupled gates, normalization, projection and its bias: what the peer's int8 products need. */
  private static void narrow(SingleOp m) {
    m.random().nextInt();
    int batch = m.number(1, 3);
    int inputs = m.number(1, 20);
    int cells = m.number(2, 20);
    int outputs = m.number(1, 20);
    m.runs(4);
    int[] ids = new int[24];
    Arrays.fill(ids, -1);
    float hScale = m.scale(0.005, 0.01);
    int hZero = m.number(-40, 40);
    ids[0] = m.quantizedInput(TensorType.INT8, m.scale(0.005, 0.05), batch, inputs);
    for (int gate = 1; gate < 4; gate++) {
      ids[1 + gate] = weights(m, TensorType.INT8, m.scale(0.1, 1), cells, inputs);
      ids[5 + gate] = weights(m, TensorType.INT8, m.scale(0.1, 1), cells, outputs);
      ids[12 + gate] =
          m.constant(
              TensorType.INT32, m.integers(TensorType.INT32, cells, -9000000, 9000000), cells);
      ids[20 + gate] =
          m.constant(TensorType.INT16, m.integers(TensorType.INT16, cells, -32767, 32767), cells);
      m.quantize(ids[20 + gate], TensorType.INT16, m.scale(1e-5, 1e-4), 0);
    }
    ids[16] = weights(m, TensorType.INT8, m.scale(0.1, 1), outputs, cells);
    ids[17] =
        m.constant(
            TensorType.INT32, m.integers(TensorType.INT32, outputs, -900000, 900000), outputs);
    ids[18] = variable(m, TensorType.INT8, batch, outputs);
    m.graph().quantize(ids[18], hScale, hZero);
    ids[19] = variable(m, TensorType.INT16, batch, cells);
    m.graph().quantize(ids[19], 1f / 32768, 0);
    int y = m.output(TensorType.INT8);
    m.graph().quantize(y, hScale, hZero);
    int operator =
        m.graph()
            .operator(
                BuiltinOperator.LSTM,
                1,
                Table.builder("LSTMOptions")
                    .set("fused_activation_function", Activation.TANH)
                    .set("cell_clip", m.any(0f, 0.3f, 2f))
                    .set("proj_clip", m.any(0f, 0.4f))
                    .set("kernel_type", LstmKernel.FULL)
                    .build(),
                ids,
                new int[] {y});
    int[] intermediates = new int[12];
    for (int i = 0; i < 12; i++) {
      intermediates[i] = m.graph().tensor("intermediate" + i, TensorType.INT8, 0);
      boolean sum = i % 3 == 0;
      m.graph()
          .quantize(
              intermediates[i],
              sum ? 1f / 4096 : m.scale(0.005, 0.05),
              sum ? 0 : m.number(-50, 50));
    }
    m.graph().operator(operator).set("intermediates", intermediates);
  }

  static int variable(SingleOp m, TensorType type, int... shape) {
    int tensor = m.graph().tensor("state" + m.random().nextInt(1 << 30), type, shape);
    m.graph().tensor(tensor).set("is_variable", true);
    return tensor;
  }

  static int floats(SingleOp m, double greatest, int... shape) {
    return m.constant(TensorType.FLOAT32, m.floats(product(shape), -greatest, greatest), shape);
  }

  /** Weights of the kind: float32, or int8 with one scale and the same range. */
  static int weights(SingleOp m, TensorType type, double greatest, int... shape) {
    if (type == TensorType.FLOAT32) {
      return floats(m, greatest, shape);
    }
    int tensor = m.constant(type, m.integers(type, product(shape), -127, 127), shape);
    return m.quantize(tensor, type, (float) (greatest * m.real(0.5, 1) / 127), 0);
  }

  /** Activations that every gate of the peer takes; it forgets to copy with NONE. */
  private static Activation activation(SingleOp m) {
    return m.chance(0.7)
        ? Activation.TANH
        : m.any(Activation.RELU, Activation.RELU6, Activation.RELU_N1_TO_1, Activation.SIGN_BIT);
  }

  /** The 20 or 24 inputs of the full kernel. */
  private static final class Full {
    private final SingleOp m;
    private final TensorType type;
    private final boolean sequence;
    private final boolean timeMajor;
    private final int batch;
    private final int steps;
    private final int inputs;
    private final int cells;
    private final int outputs;
    private final boolean coupled;
    private final boolean peephole;
    private final boolean projection;
    private final boolean norm;
    private final int[] ids = new int[24];

    Full(SingleOp m, TensorType type, boolean sequence) {
      this.m = m;
      this.type = type;
      this.sequence = sequence;
      m.random().nextInt();
      this.timeMajor = !sequence || m.chance(0.5);
      this.batch = m.number(1, 3);
      this.steps = sequence ? m.number(1, 6) : 1;
      this.inputs = m.number(1, m.chance(0.2) ? 70 : 18);
      this.coupled = m.chance(0.3);
      this.peephole = m.chance(0.4);
      this.projection = m.chance(0.4);
      this.norm = m.chance(0.4);
      // the variance of very few floats may be next to nothing
      this.cells = m.number(norm && type == TensorType.FLOAT32 ? 4 : 1, m.chance(0.2) ? 70 : 18);
      this.outputs = projection ? m.number(1, cells) : cells;
      Arrays.fill(ids, -1);
      m.runs(3);
    }

    private int[] shape(int last) {
      return !sequence
          ? new int[] {batch, last}
          : timeMajor ? new int[] {steps, batch, last} : new int[] {batch, steps, last};
    }

    private Table options(Activation activation, float cellClip, float projectionClip) {
      Table.Builder options =
          Table.builder(sequence ? "UnidirectionalSequenceLSTMOptions" : "LSTMOptions")
              .set("fused_activation_function", activation)
              .set("cell_clip", cellClip)
              .set("proj_clip", projectionClip)
              .set("asymmetric_quantize_inputs", m.chance(0.5));
      if (sequence) {
        options.set("time_major", timeMajor);
      } else {
        options.set("kernel_type", LstmKernel.FULL);
      }
      return options.build();
    }

    private int operator(Table options, int y) {
      int count = norm || m.chance(0.5) ? 24 : 20;
      return m.graph()
          .operator(
              sequence ? BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM : BuiltinOperator.LSTM,
              1,
              options,
              Arrays.copyOf(ids, count),
              new int[] {y});
    }

    void real() {
      boolean hybrid = type != TensorType.FLOAT32;
      m.tolerance(hybrid ? HYBRID_TOLERANCE : 1e-5);
      ids[0] = m.input(TensorType.FLOAT32, shape(inputs));
      boolean diagonal = sequence && !projection && m.chance(0.2);
      for (int gate = coupled ? 1 : 0; gate < 4; gate++) {
        ids[1 + gate] = weights(m, type, WEIGHT, cells, inputs);
        ids[5 + gate] =
            diagonal
                ? floats(m, WEIGHT, cells)
                : weights(m, type, 2 * WEIGHT / Math.sqrt(outputs), cells, outputs);
        ids[12 + gate] = floats(m, 1, cells);
        if (norm) {
          ids[20 + gate] = floats(m, 1, cells);
        }
        if (peephole && gate != 2) {
          ids[9 + Math.min(gate, 2)] = weights(m, type, WEIGHT, cells);
        }
      }
      if (projection) {
        ids[16] = weights(m, type, WEIGHT, outputs, cells);
        ids[17] = m.chance(0.5) ? floats(m, 1, outputs) : -1;
      }
      ids[18] = variable(m, TensorType.FLOAT32, batch, outputs);
      ids[19] = variable(m, TensorType.FLOAT32, batch, cells);
      operator(
          options(
              activation(m),
              m.chance(0.5) ? 0f : m.real(0.2, 2),
              m.chance(0.5) ? 0f : m.real(0.2, 2)),
          m.output(TensorType.FLOAT32));
    }

    void integer() {
      float xScale = m.scale(0.005, 0.05);
      float hScale = m.scale(0.005, 0.01);
      int hZero = m.number(-40, 40);
      ids[0] = m.quantizedInput(TensorType.INT8, xScale, shape(inputs));
      for (int gate = coupled ? 1 : 0; gate < 4; gate++) {
        ids[1 + gate] = weights(m, TensorType.INT8, m.scale(0.1, 1), cells, inputs);
        ids[5 + gate] = weights(m, TensorType.INT8, m.scale(0.1, 1), cells, outputs);
        int bias = norm ? 1 << 20 : 3000;
        ids[12 + gate] =
            m.constant(TensorType.INT32, m.integers(TensorType.INT32, cells, -bias, bias), cells);
        if (norm) {
          ids[20 + gate] = halves(m.scale(0.0001, 0.001));
        }
        if (peephole && gate != 2) {
          ids[9 + Math.min(gate, 2)] = halves(m.scale(1e-5, 1e-4));
        }
      }
      if (projection) {
        ids[16] = weights(m, TensorType.INT8, m.scale(0.1, 1), outputs, cells);
        ids[17] =
            m.chance(0.5)
                ? m.constant(
                    TensorType.INT32, m.integers(TensorType.INT32, outputs, -3000, 3000), outputs)
                : -1;
      }
      ids[18] = variable(m, TensorType.INT8, batch, outputs);
      m.graph().quantize(ids[18], hScale, hZero);
      ids[19] = variable(m, TensorType.INT16, batch, cells);
      m.graph().quantize(ids[19], (float) Math.scalb(1.0, m.number(-15, -9)), 0);
      int y = m.output(TensorType.INT8);
      m.graph().quantize(y, hScale, hZero);
      int operator =
          operator(
              options(
                  Activation.TANH,
                  m.chance(0.5) ? 0f : m.real(0.1, 8),
                  m.chance(0.5) ? 0f : m.real(0.1, 1)),
              y);
      int[] intermediates = new int[5];
      for (int i = 0; i < 5; i++) {
        intermediates[i] = m.graph().tensor("intermediate" + i, TensorType.INT16, 0);
        m.graph().quantize(intermediates[i], i == 4 ? hScale : m.scale(1e-4, 1e-3), 0);
      }
      m.graph().quantize(intermediates[4], projection ? m.scale(0.005, 0.01) : hScale, hZero);
      m.graph().operator(operator).set("intermediates", intermediates);
    }

    private int halves(float scale) {
      int tensor =
          m.constant(TensorType.INT16, m.integers(TensorType.INT16, cells, -32767, 32767), cells);
      return m.quantize(tensor, TensorType.INT16, scale, 0);
    }
  }

  private static void basic(SingleOp m, TensorType type) {
    int batch = m.number(1, 3);
    int inputs = m.number(1, 20);
    int cells = m.number(1, 20);
    m.runs(2);
    if (type == TensorType.FLOAT32) {
      m.graph()
          .operator(
              BuiltinOperator.LSTM,
              1,
              basicOptions(),
              in(
                  m.input(type, batch, inputs),
                  m.input(type, batch, cells),
                  floats(m, WEIGHT, 4 * cells, inputs + cells),
                  floats(m, 1, 4 * cells),
                  m.input(type, batch, cells)),
              outputs(m, type, type));
      return;
    }
    float wScale = m.scale(0.001, 0.01);
    int x = m.quantize(m.input(type, batch, inputs), type, 1f / 128, 128);
    int h = m.quantize(m.input(type, batch, cells), type, 1f / 128, 128);
    int w =
        m.constant(
            type,
            m.integers(type, 4 * cells * (inputs + cells), 1, 255),
            4 * cells,
            inputs + cells);
    m.quantize(w, type, wScale, m.number(1, 255));
    int bias =
        m.constant(
            TensorType.INT32, m.integers(TensorType.INT32, 4 * cells, -9000, 9000), 4 * cells);
    m.quantize(bias, TensorType.INT32, wScale / 128, 0);
    int c = m.quantize(m.input(TensorType.INT16, batch, cells), TensorType.INT16, 1f / 2048, 0);
    m.graph()
        .operator(
            BuiltinOperator.LSTM,
            2,
            basicOptions(),
            in(x, h, w, bias, c),
            outputs(m, type, TensorType.INT16));
  }

  private static Table basicOptions() {
    return Table.builder("LSTMOptions")
        .set("fused_activation_function", Activation.TANH)
        .set("kernel_type", LstmKernel.BASIC)
        .build();
  }

  private static int[] outputs(SingleOp m, TensorType narrow, TensorType wide) {
    int[] outputs = {m.output(narrow), m.output(wide), m.output(narrow), m.output(wide)};
    m.quantize(outputs[0], narrow, 1f / 128, 128);
    m.quantize(outputs[1], wide, 1f / 2048, 0);
    m.quantize(outputs[2], narrow, 1f / 128, 128);
    m.quantize(outputs[3], wide, 1f / 4096, 0);
    return outputs;
  }

  /**
   * The peer takes the auxiliary input's step to be the input's, and in batch-major order with
   * merged outputs keeps the states of further batches outside their tensor: neither is asked.
   */
  private static void bidirectional(SingleOp m, TensorType type) {
    m.random().nextInt();
    boolean timeMajor = m.chance(0.5);
    boolean merge = m.chance(0.5);
    int batch = merge && !timeMajor ? 1 : m.number(1, 3);
    int steps = m.number(1, 6);
    int inputs = m.number(1, 18);
    m.runs(3);
    m.tolerance(type == TensorType.FLOAT32 ? 1e-5 : HYBRID_TOLERANCE);
    int[] shape = timeMajor ? new int[] {steps, batch, inputs} : new int[] {batch, steps, inputs};
    int[] ids = new int[48];
    Arrays.fill(ids, -1);
    ids[0] = m.input(TensorType.FLOAT32, shape);
    int aux = m.number(0, 3);
    if (aux >= 2) {
      ids[39] = m.input(TensorType.FLOAT32, shape);
    }
    int cells = m.number(1, 18);
    boolean projection = m.chance(0.3);
    int outputs = projection ? m.number(1, cells) : cells;
    for (int direction = 0; direction < 2; direction++) {
      int first = 1 + 17 * direction;
      boolean coupled = m.chance(0.3);
      boolean peephole = m.chance(0.4);
      for (int gate = coupled ? 1 : 0; gate < 4; gate++) {
        ids[first + gate] = weights(m, type, WEIGHT, cells, inputs);
        ids[first + 4 + gate] = weights(m, type, WEIGHT, cells, outputs);
        ids[first + 11 + gate] = floats(m, 1, cells);
        if (peephole && gate != 2) {
          ids[first + 8 + Math.min(gate, 2)] = weights(m, type, WEIGHT, cells);
        }
        if (aux == 3) {
          ids[40 + 4 * direction + gate] = weights(m, type, WEIGHT, cells, inputs);
        }
      }
      if (projection) {
        ids[first + 15] = weights(m, type, WEIGHT, outputs, cells);
        ids[first + 16] = m.chance(0.5) ? floats(m, 1, outputs) : -1;
      }
      ids[35 + 2 * direction] = variable(m, TensorType.FLOAT32, batch, outputs);
      ids[36 + 2 * direction] = variable(m, TensorType.FLOAT32, batch, cells);
    }
    int y = m.output(TensorType.FLOAT32);
    m.graph()
        .operator(
            BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM,
            1,
            Table.builder("BidirectionalSequenceLSTMOptions")
                .set("fused_activation_function", Activation.TANH)
                .set("cell_clip", m.chance(0.5) ? 0f : m.real(0.2, 2))
                .set("proj_clip", m.chance(0.5) ? 0f : m.real(0.2, 2))
                .set("merge_outputs", merge)
                .set("time_major", timeMajor)
                .set("asymmetric_quantize_inputs", m.chance(0.5))
                .build(),
            ids,
            merge ? new int[] {y} : new int[] {y, m.output(TensorType.FLOAT32)});
  }
}
