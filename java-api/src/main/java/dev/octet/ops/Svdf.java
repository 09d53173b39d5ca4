// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A layer factorized over features and time: every filter remembers its last {@code memory}
 * features {@code x W} in the variable state [batch, memory * filters], weighs them, and {@code
 * rank} filters together with a bias make one unit of y [batch, units].
 *
 * <p>float32; hybrid (int8 W and time weights); int8 with int16 time weights and state, which
 * TensorFlow Lite takes with RELU alone and then does not apply.
 */
record Svdf(int filterRank, Activation activation, boolean asymmetric) implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.SVDF,
          4,
          "f32 hybrid i8",
          o ->
              new Svdf(
                  o.options().integer("rank"),
                  o.options().enumeration("fused_activation_function", Activation.class),
                  o.options().bool("asymmetric_quantize_inputs")));

  @Override
  public String name() {
    return "SVDF";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 5, 1);
    node.require(node.inputCount() == 5 && node.has(4), null, "has no state");
    Value x = node.input(0);
    Value w = node.input(1);
    Value time = node.input(2);
    Value state = node.input(4);
    node.type(x, TensorType.FLOAT32, TensorType.INT8);
    node.type(node.output(0), x.type());
    node.require(state.variable(), state, "is no variable");
    node.require(filterRank > 0, null, "rank is not positive");
    boolean integer = x.type() == TensorType.INT8;
    if (node.has(3)) {
      node.type(node.input(3), integer ? TensorType.INT32 : TensorType.FLOAT32);
    }
    if (integer) {
      node.type(w, TensorType.INT8);
      node.type(time, TensorType.INT16);
      node.type(state, TensorType.INT16);
      for (Value value : new Value[] {x, w, time, state, node.output(0)}) {
        node.perTensor(value);
      }
      node.require(activation == Activation.RELU, null, "activation is not RELU");
    } else {
      node.type(w, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8);
      node.type(time, w.type());
      node.type(state, TensorType.FLOAT32);
      if (w.type() != TensorType.FLOAT32) {
        node.perTensor(w);
        node.perTensor(time);
      }
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value w = node.input(1);
    Value time = node.input(2);
    node.rank(x, 2);
    node.rank(w, 2);
    node.rank(time, 2);
    int limit = 1 << 16;
    int filters = w.dim(0);
    int memory = time.dim(1);
    node.require(filters % filterRank == 0, w, "filters are no multiple of rank " + filterRank);
    node.require(
        filters <= limit && memory <= limit && w.dim(1) <= limit && filterRank <= limit,
        w,
        "more than " + limit + " filters, inputs or steps");
    node.require(memory > 0, time, "remembers nothing");
    int units = filters / filterRank;
    shape(node, x, x.dim(0), w.dim(1));
    shape(node, time, filters, memory);
    node.require(w.constant() && time.constant(), w, "weights are not constant");
    if (node.has(3)) {
      shape(node, node.input(3), units);
      node.require(node.input(3).constant(), node.input(3), "is not constant");
    }
    Value state = node.input(4);
    node.rank(state, 2);
    node.require(
        state.dim(0) == x.dim(0) && state.dim(1) == (long) memory * filters,
        state,
        "is not [batch, memory * filters]");
    return new int[][] {{x.dim(0), units}};
  }

  private static void shape(NodeContext node, Value value, int... shape) {
    node.require(
        Arrays.equals(value.shape(), shape), value, "shape is not " + Arrays.toString(shape));
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value w = node.input(1);
    Value time = node.input(2);
    boolean integer = x.type() == TensorType.INT8;
    boolean hybrid = !integer && w.type() != TensorType.FLOAT32;
    int weights =
        emitter.weights(
            String.valueOf(node.node().index()),
            Kernels.SVDF,
            entry ->
                entry
                    .i32("kind", integer ? 2 : hybrid ? 1 : 0)
                    .i32("inputs", w.dim(1))
                    .i32("units", w.dim(0) / filterRank)
                    .i32("rank", filterRank)
                    .i32("memory", time.dim(1))
                    .i32("x_zero", integer ? x.quantization().zeroPoint() : 0)
                    .part(w.contents())
                    .part(hybrid ? dequantized(time) : time.contents())
                    .part(node.has(3) ? node.input(3).contents() : LstmCell.nothing())
                    .part(hybrid ? new float[] {w.quantization().scale()} : new float[0]));
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.SVDF)
            .in("x", x)
            .weights("weights", weights)
            .out("state", node.input(4))
            .out("y", node.output(0))
            .i32("asymmetric", asymmetric ? 1 : 0)
            .i32("activation", activation.ordinal());
    factors(node, instruction, integer);
    instruction.emit();
  }

  private static void factors(NodeContext node, InstructionBuilder instruction, boolean integer) {
    Multipliers feature = Multipliers.of(0);
    Multipliers out = feature;
    int zero = 0;
    if (integer) {
      float state = node.input(4).quantization().scale();
      Value y = node.output(0);
      feature = Multipliers.of((double) (scale(node, 0) * scale(node, 1) / state));
      out = Multipliers.of((double) (state * scale(node, 2) / y.quantization().scale()));
      zero = y.quantization().zeroPoint();
    }
    instruction
        .i32("feature_multiplier", feature.multiplier()[0])
        .i32("feature_shift", feature.shift()[0])
        .i32("y_multiplier", out.multiplier()[0])
        .i32("y_shift", out.shift()[0])
        .i32("y_zero", zero);
  }

  private static float scale(NodeContext node, int input) {
    return node.input(input).quantization().scale();
  }

  private static ByteBuffer dequantized(Value value) {
    ByteBuffer from = value.contents();
    ByteBuffer to = ByteBuffer.allocate(4 * from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    while (from.hasRemaining()) {
      to.putFloat(from.get() * value.quantization().scale());
    }
    return to.flip();
  }

  @Override
  public long macs(NodeContext node) {
    return node.input(0).dim(0) * (node.input(1).elements() + node.input(2).elements());
  }

  @Override
  public boolean stateful() {
    return true;
  }
}
