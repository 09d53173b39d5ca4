// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.LstmCases.floats;
import static dev.octet.differential.cases.LstmCases.hybrid;
import static dev.octet.differential.cases.LstmCases.variable;
import static dev.octet.differential.cases.LstmCases.weights;
import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.Arrays;
import java.util.List;

/** RNN, its sequences, and SVDF. */
final class RnnCases implements OpCases {
  private static final double WEIGHT = 0.5;

  /** As for LSTM: a last bit may move a quantized activation by a step. */
  private static final double HYBRID_TOLERANCE = 1e-2;

  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("RNN", "f32", m -> forward(m, TensorType.FLOAT32, false)),
        new OpGenerator("RNN", "hybrid", m -> forward(m, hybrid(m), false)),
        new OpGenerator(
            "UNIDIRECTIONAL_SEQUENCE_RNN", "f32", m -> forward(m, TensorType.FLOAT32, true)),
        new OpGenerator("UNIDIRECTIONAL_SEQUENCE_RNN", "hybrid", m -> forward(m, hybrid(m), true)),
        new OpGenerator(
            "BIDIRECTIONAL_SEQUENCE_RNN", "f32", m -> bidirectional(m, TensorType.FLOAT32)),
        new OpGenerator("BIDIRECTIONAL_SEQUENCE_RNN", "hybrid", m -> bidirectional(m, hybrid(m))),
        new OpGenerator("SVDF", "f32", m -> svdf(m, TensorType.FLOAT32)),
        new OpGenerator("SVDF", "hybrid", m -> svdf(m, hybrid(m))),
        new OpGenerator("SVDF", "i8", RnnCases::integerSvdf));
  }

  private static Activation activation(SingleOp m) {
    return m.any(
        Activation.TANH,
        Activation.TANH,
        Activation.RELU,
        Activation.RELU6,
        Activation.RELU_N1_TO_1,
        Activation.SIGN_BIT,
        Activation.NONE);
  }

  private static void forward(SingleOp m, TensorType type, boolean sequence) {
    int batch = m.number(1, 3);
    int steps = m.number(1, 6);
    int inputs = m.number(1, 30);
    int units = m.number(1, 30);
    boolean timeMajor = m.chance(0.5);
    m.runs(3);
    m.tolerance(type == TensorType.FLOAT32 ? 1e-5 : HYBRID_TOLERANCE);
    int[] shape =
        !sequence
            ? new int[] {batch, inputs}
            : timeMajor ? new int[] {steps, batch, inputs} : new int[] {batch, steps, inputs};
    double weight = WEIGHT / Math.sqrt(units);
    Table.Builder options =
        Table.builder(sequence ? "SequenceRNNOptions" : "RNNOptions")
            .set("fused_activation_function", activation(m))
            .set("asymmetric_quantize_inputs", m.chance(0.5));
    if (sequence) {
      options.set("time_major", timeMajor);
    }
    m.operator(
        sequence ? BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_RNN : BuiltinOperator.RNN,
        1,
        options.build(),
        in(
            m.input(TensorType.FLOAT32, shape),
            weights(m, type, WEIGHT, units, inputs),
            weights(m, type, weight, units, units),
            floats(m, 1, units),
            variable(m, TensorType.FLOAT32, batch, units)),
        m.output(TensorType.FLOAT32));
  }

  /**
   * What the peer does wrong is not asked: the auxiliary input's step is the input's; hybrid in
   * time-major order runs the whole sequence once for every step, and with merged outputs reads
   * zero points that are not there; in batch-major order the backward cell reads the input where it
   * should read the auxiliary one.
   */
  private static void bidirectional(SingleOp m, TensorType type) {
    boolean hybrid = type != TensorType.FLOAT32;
    m.random().nextInt();
    boolean timeMajor = m.chance(0.5);
    boolean merge = m.chance(0.5);
    int batch = hybrid && merge && timeMajor ? 1 : m.number(1, 3);
    int steps = hybrid && timeMajor ? 1 : m.number(1, 6);
    int inputs = m.number(1, 18);
    int units = m.number(1, 18);
    int backUnits = m.number(1, 18);
    m.runs(3);
    m.tolerance(hybrid ? HYBRID_TOLERANCE : 1e-5);
    int[] shape = timeMajor ? new int[] {steps, batch, inputs} : new int[] {batch, steps, inputs};
    int[] ids = new int[12];
    Arrays.fill(ids, -1);
    ids[0] = m.input(TensorType.FLOAT32, shape);
    for (int direction = 0; direction < 2; direction++) {
      int n = direction == 0 ? units : backUnits;
      ids[1 + 4 * direction] = weights(m, type, WEIGHT, n, inputs);
      ids[2 + 4 * direction] = weights(m, type, WEIGHT / Math.sqrt(n), n, n);
      ids[3 + 4 * direction] = floats(m, 1, n);
      ids[4 + 4 * direction] = variable(m, TensorType.FLOAT32, batch, n);
    }
    boolean aux = m.chance(0.4);
    if (aux) {
      ids[9] = m.input(TensorType.FLOAT32, shape);
      if (!timeMajor || m.chance(0.5)) {
        ids[10] = weights(m, type, WEIGHT, units, inputs);
        ids[11] = weights(m, type, WEIGHT, backUnits, inputs);
      }
    }
    int y = m.output(TensorType.FLOAT32);
    m.graph()
        .operator(
            BuiltinOperator.BIDIRECTIONAL_SEQUENCE_RNN,
            1,
            Table.builder("BidirectionalSequenceRNNOptions")
                .set("time_major", timeMajor)
                .set("fused_activation_function", activation(m))
                .set("merge_outputs", merge)
                .set("asymmetric_quantize_inputs", m.chance(0.5))
                .build(),
            ids,
            merge ? new int[] {y} : new int[] {y, m.output(TensorType.FLOAT32)});
  }

  private static Table svdfOptions(int rank, Activation activation, boolean asymmetric) {
    return Table.builder("SVDFOptions")
        .set("rank", rank)
        .set("fused_activation_function", activation)
        .set("asymmetric_quantize_inputs", asymmetric)
        .build();
  }

  private static void svdf(SingleOp m, TensorType type) {
    int batch = m.number(1, 3);
    int inputs = m.number(1, 40);
    int rank = m.number(1, 3);
    int units = m.number(5, 20); // a single sum may cancel to next to nothing
    int memory = m.number(1, 12);
    int filters = rank * units;
    m.runs(4);
    m.operator(
        BuiltinOperator.SVDF,
        1,
        svdfOptions(rank, activation(m), m.chance(0.5)),
        in(
            m.input(TensorType.FLOAT32, batch, inputs),
            weights(m, type, WEIGHT, filters, inputs),
            weights(m, type, WEIGHT, filters, memory),
            m.chance(0.7) ? floats(m, 1, units) : -1,
            variable(m, TensorType.FLOAT32, batch, memory * filters)),
        m.output(TensorType.FLOAT32));
  }

  private static void integerSvdf(SingleOp m) {
    int batch = m.number(1, 3);
    int inputs = m.number(1, 40);
    int rank = m.number(1, 3);
    int units = m.number(1, 40);
    int memory = m.number(1, 12);
    int filters = rank * units;
    m.runs(4);
    int time =
        m.constant(
            TensorType.INT16,
            m.integers(TensorType.INT16, filters * memory, -4000, 4000),
            filters,
            memory);
    m.quantize(time, TensorType.INT16, m.scale(1e-5, 1e-4), 0);
    int bias =
        m.constant(TensorType.INT32, m.integers(TensorType.INT32, units, -100000, 100000), units);
    m.quantize(bias, TensorType.INT32, 1e-8f, 0);
    int state = variable(m, TensorType.INT16, batch, memory * filters);
    m.quantize(state, TensorType.INT16, m.scale(1e-4, 1e-3), 0);
    m.operator(
        BuiltinOperator.SVDF,
        3,
        svdfOptions(rank, Activation.RELU, false),
        in(
            m.quantizedInput(TensorType.INT8, m.scale(0.01, 0.1), batch, inputs),
            weights(m, TensorType.INT8, m.scale(0.1, 1), filters, inputs),
            time,
            m.chance(0.8) ? bias : -1,
            state),
        m.quantizedOutput(TensorType.INT8, m.scale(0.01, 0.1)));
  }
}
