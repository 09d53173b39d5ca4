// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.Activation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All turns of a WHILE that is an {@link LstmLoop} as one instruction: inputs are those of {@link
 * LstmCell#FULL} with the first h and c in place of states, outputs the last h and c and, where it
 * is asked for, the h of every turn.
 */
record LoopedLstm(FloatLstm real) implements Op {
  private static final int GATES = 4;

  /** The operators in place of a loop; new constants are appended to the values. */
  static List<Node> nodes(NodeContext loop, LstmLoop lstm, List<Value> values) {
    int[] inputs = new int[24];
    Arrays.fill(inputs, -1);
    inputs[0] = loop.input(lstm.x).id();
    Value bias = bias(lstm);
    for (int gate = 0; gate < GATES; gate++) {
      inputs[1 + gate] = part(lstm.input, lstm.parts[gate], values);
      inputs[5 + gate] = part(lstm.recurrent, lstm.parts[gate], values);
      inputs[12 + gate] = part(bias, lstm.parts[gate], values);
    }
    inputs[LstmCell.FULL.state()] = loop.input(lstm.hidden).id();
    inputs[LstmCell.FULL.state() + 1] = loop.input(lstm.cell).id();
    List<Node> nodes = new ArrayList<>();
    List<Integer> outputs =
        new ArrayList<>(List.of(loop.output(lstm.hidden).id(), loop.output(lstm.cell).id()));
    nodes.add(null);
    for (int i = 0; i < lstm.roles.length; i++) {
      Value from = loop.input(i);
      Value to = loop.output(i);
      switch (lstm.roles[i]) {
        case KEPT -> nodes.add(same(loop, from, to));
        case LAST -> nodes.add(same(loop, loop.output(lstm.hidden), to));
        case SEQUENCE -> outputs.add(to.id());
        case COUNTER -> values.set(to.id(), to.withData(number(from.ints()[0] + lstm.turns())));
        default -> {}
      }
    }
    FloatLstm real = new FloatLstm(Activation.TANH, 0, 0, lstm.asymmetric);
    int[] ids = outputs.stream().mapToInt(Integer::intValue).toArray();
    nodes.set(0, new Node(loop.node().index(), new LoopedLstm(real), inputs, ids));
    return nodes;
  }

  private static Node same(NodeContext loop, Value from, Value to) {
    int[] shape = to.shape();
    return new Node(
        loop.node().index(), new Reshape(shape), new int[] {from.id()}, new int[] {to.id()});
  }

  private static ByteBuffer number(long value) {
    return little(4).putInt((int) value).flip();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The sum of what is added to all rows. */
  private static Value bias(LstmLoop lstm) {
    int rows = lstm.input.dim(0);
    float[] sums = new float[rows];
    for (Value each : lstm.biases) {
      ByteBuffer contents = each.contents();
      for (int i = 0; i < rows; i++) {
        sums[i] += contents.getFloat(4 * i);
      }
    }
    ByteBuffer data = little(4 * rows);
    for (float sum : sums) {
      data.putFloat(sum);
    }
    return constant("", TensorType.FLOAT32, new int[] {rows}, null, data.flip());
  }

  /** The rows of one gate, as a new value. */
  private static int part(Value of, int part, List<Value> values) {
    int[] shape = of.shape().clone();
    shape[0] /= GATES;
    int bytes = Math.toIntExact(of.bytes() / GATES);
    ByteBuffer data = of.contents().slice(part * bytes, bytes);
    Quantization q = of.quantization();
    if (q != null && q.perAxis()) {
      int first = part * shape[0];
      q =
          new Quantization(
              Arrays.copyOfRange(q.scales(), first, first + shape[0]), new int[shape[0]], 0);
    }
    values.add(constant(of.name(), of.type(), shape, q, data).withId(values.size()));
    return values.size() - 1;
  }

  private static Value constant(
      String name, TensorType type, int[] shape, Quantization quantization, ByteBuffer data) {
    return new Value(
        -1, -1, name, type, shape, quantization, data, false, false, null, false, null, false);
  }

  @Override
  public String name() {
    return "WHILE";
  }

  @Override
  public void check(NodeContext node) {
    // the loop was checked
  }

  @Override
  public int[][] infer(NodeContext node) {
    int[][] shapes = new int[node.outputCount()][];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = node.output(i).shape();
    }
    return shapes;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    LstmCell cell = LstmCell.FULL;
    Value h = node.output(0);
    Value c = node.output(1);
    emitter.instruction(Kernels.COPY).in("x", cell.h(node)).out("y", h).emit();
    emitter.instruction(Kernels.COPY).in("x", cell.c(node)).out("y", c).emit();
    Value y = node.outputCount() > 2 ? node.output(2) : null;
    FloatLstm.Ends ends = new FloatLstm.Ends(node.input(0), null, h, c, y, 0);
    real.emit(node, emitter, cell, " loop", ends, true, false);
  }

  @Override
  public long macs(NodeContext node) {
    Value x = node.input(0);
    return (long) x.dim(0) * x.dim(1) * LstmCell.FULL.macs(node);
  }
}
