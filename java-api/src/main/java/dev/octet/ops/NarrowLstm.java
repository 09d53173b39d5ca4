// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.program.WeightsBuilder;

/**
 * The LSTM cell of int8 whose products are int8 as well: an operator with twelve intermediate
 * tensors, three for each gate (input, forget, update, output): the gate, the input's product and
 * the state's. TensorFlow Lite 2.20 runs it only with coupled gates, layer normalization, a
 * projection and its bias, and with a cell of scale 2^-15; it ignores peepholes. One instruction of
 * the {@code lstm_i8_8} kernel.
 *
 * <p>TensorFlow Lite takes the multiplier of the output gate's state product from behind its array,
 * a number so small that the product becomes 0, and its zero point from the update gate's; so does
 * this.
 */
record NarrowLstm(float cellClip, float projectionClip, int[] intermediates) {
  private static final LstmCell CELL = LstmCell.FULL;

  void check(NodeContext node) {
    node.require(cellClip >= 0 && projectionClip >= 0, null, "clip is negative");
    node.require(
        CELL.first(node) == 1
            && CELL.normalized(node)
            && CELL.projects(node)
            && node.has(CELL.projection() + 1),
        null,
        "int8 products without coupled gates, normalization, projection or its bias");
    for (int i = 0; i < 12; i++) {
      Value value = intermediate(node, i);
      node.perTensor(value);
      zero(node, value);
    }
    Value x = node.input(CELL.x());
    for (Value value : new Value[] {x, node.output(0), CELL.h(node), CELL.c(node)}) {
      node.perTensor(value);
    }
    zero(node, x);
    zero(node, CELL.h(node));
    for (int gate = LstmCell.FORGET; gate < 4; gate++) {
      node.perTensor(node.input(CELL.norm() + gate));
    }
    node.require(
        CELL.c(node).quantization().scale() == 1f / 32768, CELL.c(node), "scale is not 2^-15");
  }

  private static void zero(NodeContext node, Value value) {
    int zero = value.quantization().zeroPoint();
    node.require(zero >= -128 && zero <= 127, value, "zero point is no int8");
  }

  private Value intermediate(NodeContext node, int i) {
    int id = intermediates[i];
    node.require(
        id >= 0 && id < node.graph().values().size(), null, "intermediate " + i + " is absent");
    return node.graph().value(id);
  }

  void emit(NodeContext node, Emitter emitter) {
    Value y = node.output(0);
    int weights =
        emitter.weights(
            String.valueOf(node.node().index()), Kernels.LSTM_I8_8, entry -> pack(node, entry));
    emitter
        .instruction(Kernels.LSTM_I8_8)
        .in("x", node.input(CELL.x()))
        .weights("weights", weights)
        .out("h", CELL.h(node))
        .out("c", CELL.c(node))
        .out("y", y)
        .i32("cell_clip", cellClip < 1 ? (int) Math.min(cellClip * 32768, 32767f) : 0)
        .i32("projection_clip", (int) Math.min(projectionClip / y.quantization().scale(), 127f))
        .emit();
  }

  private void pack(NodeContext node, WeightsBuilder entry) {
    entry
        .i32("inputs", node.input(CELL.input() + LstmCell.OUTPUT).dim(1))
        .i32("cells", CELL.cells(node))
        .i32("outputs", CELL.outputs(node))
        .i32("x_zero", node.input(CELL.x()).quantization().zeroPoint())
        .i32("h_zero", CELL.h(node).quantization().zeroPoint())
        .part(CELL.gates(node, CELL.input() + 1, 3))
        .part(CELL.gates(node, CELL.recurrent() + 1, 3))
        .part(node.input(CELL.projection()).contents())
        .part(
            LstmCell.join(
                CELL.gates(node, CELL.bias() + 1, 3), node.input(CELL.projection() + 1).contents()))
        .part(CELL.gates(node, CELL.norm() + 1, 3))
        .part(numbers(node));
  }

  private int[] numbers(NodeContext node) {
    float xScale = node.input(CELL.x()).quantization().scale();
    float hScale = CELL.h(node).quantization().scale();
    int[] numbers = new int[3 * 11 + 2];
    int at = 0;
    for (int gate = LstmCell.FORGET; gate < 4; gate++) {
      float sum = scale(intermediate(node, 3 * gate));
      float ofX = scale(intermediate(node, 3 * gate + 1));
      float ofH = scale(intermediate(node, 3 * gate + 2));
      at = put(numbers, at, scale(node.input(CELL.input() + gate)) * xScale / ofX);
      at = put(numbers, at, scale(node.input(CELL.recurrent() + gate)) * hScale / ofH);
      at = put(numbers, at, ofX / sum);
      boolean output = gate == LstmCell.OUTPUT;
      at = put(numbers, at, output ? 0 : ofH / sum);
      numbers[at++] = intermediate(node, 3 * gate + 1).quantization().zeroPoint();
      numbers[at++] = intermediate(node, output ? 7 : 3 * gate + 2).quantization().zeroPoint();
      Multipliers norm = Multipliers.of((double) scale(node.input(CELL.norm() + gate)));
      numbers[at++] =
          Float.floatToRawIntBits(
              (float) Math.scalb((double) norm.multiplier()[0], norm.shift()[0] - 31));
    }
    double projection = scale(node.input(CELL.projection())) * Math.scalb(1.0, -15);
    put(numbers, at, (float) (projection / hScale));
    node.require(numbers[at + 1] <= 7, node.input(CELL.projection()), "scale is too large");
    return numbers;
  }

  private static float scale(Value value) {
    return value.quantization().scale();
  }

  private static int put(int[] numbers, int at, float factor) {
    Multipliers multiplier = Multipliers.of((double) factor);
    numbers[at] = multiplier.multiplier()[0];
    numbers[at + 1] = multiplier.shift()[0];
    return at + 2;
  }
}
