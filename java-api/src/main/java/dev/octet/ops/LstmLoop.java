// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.tflite.Activation;
import dev.octet.tflite.WeightsFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * What is read from a loop over the steps of an LSTM, as Keras exports it; x [turns, batch, inputs]
 * and the counter t, from 0 on, are variables of it as well:
 *
 * <pre>
 *   z = x[t] W + h U + biases, split in four
 *   c = logistic(zf) * c + logistic(zi) * tanh(zg),  h = logistic(zo) * tanh(c)
 * </pre>
 *
 * W and U are float32, or int8 with h and the rows of x quantized when they are known. Any variable
 * may keep its value, count, hold the last h, or hold the h of every turn, which it gets by being
 * cut before and behind element t of its first axis and joined again.
 */
final class LstmLoop {
  private static final String LOGISTIC = "LOGISTIC";
  private static final String TANH = "TANH";

  /** What a variable is after the last turn. */
  enum Role {
    KEPT,
    COUNTER,
    HIDDEN,
    CELL,
    LAST,
    SEQUENCE
  }

  private final CountedLoop loop;
  final Role[] roles;

  /** Variables. */
  int x = -1;

  int hidden = -1;
  int cell = -1;

  /** Weights [4 * cells, inputs] and [4 * cells, cells]; rows of what is added. */
  Value input;

  Value recurrent;
  final List<Value> biases = new ArrayList<>();
  boolean asymmetric;

  /** Which part of the weights' rows is gate i, f, g, o. */
  final int[] parts = {-1, -1, -1, -1};

  private int time = -1;
  private Node split;

  private LstmLoop(CountedLoop loop) {
    this.loop = loop;
    this.roles = new Role[loop.variables()];
  }

  /** Null where a loop is anything else. */
  static LstmLoop of(CountedLoop loop) {
    if (loop == null || loop.turns() < 1) {
      return null;
    }
    for (int h = 0; h < loop.variables(); h++) {
      for (int c = 0; c < loop.variables(); c++) {
        LstmLoop lstm = new LstmLoop(loop);
        if (h != c && lstm.matches(h, c)) {
          return lstm;
        }
      }
    }
    return null;
  }

  long turns() {
    return loop.turns();
  }

  int cells() {
    return recurrent.dim(1);
  }

  int batch() {
    return (int) (outside(hidden).elements() / cells());
  }

  private Value outside(int variable) {
    return loop.node().input(variable);
  }

  private boolean matches(int h, int c) {
    hidden = h;
    cell = c;
    return real(outside(h))
        && real(outside(c))
        && matchesHidden()
        && matchesCell()
        && matchesSum(split.inputs()[1])
        && x >= 0
        && matchesShapes()
        && matchesRoles();
  }

  private static boolean real(Value value) {
    return value.type() == TensorType.FLOAT32;
  }

  private boolean matchesHidden() {
    Node product = loop.made(loop.unshaped(loop.after(hidden)), "MUL");
    if (product == null || !loop.elementwise(product)) {
      return false;
    }
    for (int i = 0; i < 2; i++) {
      int z = argument(product.inputs()[i], LOGISTIC);
      int next = argument(product.inputs()[1 - i], TANH);
      if (z >= 0 && next >= 0 && next == loop.unshaped(loop.after(cell))) {
        return gate(3, z);
      }
    }
    return false;
  }

  private boolean matchesCell() {
    Node sum = loop.made(loop.unshaped(loop.after(cell)), "ADD");
    if (sum == null || !loop.elementwise(sum)) {
      return false;
    }
    Node kept = loop.made(loop.unshaped(sum.inputs()[0]), "MUL");
    Node added = loop.made(loop.unshaped(sum.inputs()[1]), "MUL");
    return matchesCell(kept, added) || matchesCell(added, kept);
  }

  private boolean matchesCell(Node kept, Node added) {
    if (kept == null || added == null || !loop.elementwise(kept) || !loop.elementwise(added)) {
      return false;
    }
    for (int i = 0; i < 2; i++) {
      int forget = argument(kept.inputs()[i], LOGISTIC);
      int before = loop.unshaped(kept.inputs()[1 - i]);
      for (int j = 0; j < 2 && forget >= 0 && before == loop.before(cell); j++) {
        int in = argument(added.inputs()[j], LOGISTIC);
        int g = argument(added.inputs()[1 - j], TANH);
        if (in >= 0 && g >= 0) {
          return gate(0, in) && gate(1, forget) && gate(2, g);
        }
      }
    }
    return false;
  }

  /** What the function of this name made the value of; -1 where none did. */
  private int argument(int id, String function) {
    Node node = loop.made(loop.unshaped(id), function);
    return node == null ? -1 : loop.unshaped(node.inputs()[0]);
  }

  /** Notes that a gate is this part of the split sums. */
  private boolean gate(int gate, int z) {
    Node node = loop.made(z, "SPLIT");
    if (node == null || node.outputs().length != 4 || split != null && split != node) {
      return false;
    }
    Value axis = loop.value(node.inputs()[0]);
    Value sums = loop.value(node.inputs()[1]);
    int last = sums.rank() - 1;
    if (!axis.constant() || sums.dynamic() || axis.ints()[0] != last && axis.ints()[0] != -1) {
      return false;
    }
    int part = CountedLoop.indexOf(node.outputs(), z);
    for (int other : parts) {
      if (other == part) {
        return false;
      }
    }
    split = node;
    parts[gate] = part;
    return true;
  }

  private boolean matchesSum(int id) {
    Value sums = loop.value(split.inputs()[1]);
    int columns = sums.dim(sums.rank() - 1);
    Value value = loop.value(id);
    if (value.constant()) {
      boolean row = real(value) && value.elements() == columns;
      return row && value.dim(value.rank() - 1) == columns && biases.add(value);
    }
    if (loop.elements(id) != sums.elements() || value.dim(value.rank() - 1) != columns) {
      return false;
    }
    int at = loop.unshaped(id);
    Node sum = loop.made(at, "ADD");
    if (sum == null) {
      return matchesProduct(loop.made(at, "FULLY_CONNECTED"), columns);
    }
    boolean rows = loop.value(at).dim(loop.value(at).rank() - 1) == columns;
    return rows
        && CountedLoop.plain(sum)
        && matchesSum(sum.inputs()[0])
        && matchesSum(sum.inputs()[1]);
  }

  private boolean matchesProduct(Node node, int columns) {
    if (node == null || !(node.op() instanceof FullyConnected product)) {
      return false;
    }
    Value w = loop.value(node.inputs()[1]);
    boolean plain =
        product.activation() == Activation.NONE && product.format() == WeightsFormat.DEFAULT;
    if (!plain || !w.constant() || w.dim(0) != columns || !real(w) && !bytes(w)) {
      return false;
    }
    if (node.inputs().length > 2 && node.inputs()[2] >= 0) {
      Value bias = loop.value(node.inputs()[2]);
      if (!bias.constant() || !real(bias)) {
        return false;
      }
      biases.add(bias);
    }
    int from = loop.unshaped(node.inputs()[0]);
    Value first = recurrent == null ? input : recurrent;
    boolean alike = first == null || first.type() == w.type() && product.asymmetric() == asymmetric;
    asymmetric = product.asymmetric();
    if (alike && recurrent == null && from == loop.before(hidden)) {
      recurrent = w;
      return true;
    }
    Node gather = loop.made(from, "GATHER");
    if (!alike || input != null || gather == null) {
      return false;
    }
    input = w;
    return matchesStep(gather);
  }

  private static boolean bytes(Value w) {
    if (w.type() != TensorType.INT8 || w.quantization() == null || w.blocks() != null) {
      return false;
    }
    for (int zero : w.quantization().zeroPoints()) {
      if (zero != 0) {
        return false;
      }
    }
    return w.quantization().dimension() == 0 || !w.quantization().perAxis();
  }

  /** x[t]. */
  private boolean matchesStep(Node gather) {
    Gather op = (Gather) gather.op();
    x = loop.variable(gather.inputs()[0]);
    time = loop.variable(loop.unshaped(gather.inputs()[1]));
    return x >= 0
        && loop.keeps(x)
        && real(outside(x))
        && loop.counter(time)
        && outside(time).ints()[0] == 0
        && (op.axis() == 0 || op.axis() == -3)
        && op.batchDims() == 0;
  }

  private boolean matchesShapes() {
    if (recurrent == null || input == null || parts[3] < 0) {
      return false;
    }
    int n = cells();
    Value sequence = outside(x);
    long rows = batch();
    return n > 0
        && rows > 0
        && recurrent.dim(0) == 4 * n
        && outside(hidden).elements() == rows * n
        && outside(cell).elements() == rows * n
        && loop.elements(split.inputs()[1]) == rows * 4 * n
        && sequence.rank() == 3
        && sequence.dim(0) == loop.turns()
        && sequence.dim(1) == rows
        && sequence.dim(2) == input.dim(1);
  }

  private boolean matchesRoles() {
    int sequences = 0;
    for (int i = 0; i < roles.length; i++) {
      roles[i] = role(i);
      if (roles[i] == null) {
        return false;
      }
      sequences += roles[i] == Role.SEQUENCE ? 1 : 0;
    }
    return sequences <= 1;
  }

  private Role role(int i) {
    int last = loop.unshaped(loop.after(hidden));
    if (i == hidden) {
      return Role.HIDDEN;
    } else if (i == cell) {
      return Role.CELL;
    } else if (loop.keeps(i)) {
      return Role.KEPT;
    } else if (loop.counter(i)) {
      return Role.COUNTER;
    } else if (loop.unshaped(loop.after(i)) == last) {
      return outside(i).elements() == outside(hidden).elements() ? Role.LAST : null;
    }
    return sequence(i, last) ? Role.SEQUENCE : null;
  }

  /** True for a variable that is itself with h in place of element t. */
  private boolean sequence(int i, int last) {
    ListUpdate update = ListUpdate.of(loop, i);
    return update != null
        && loop.unshaped(update.item()) == last
        && loop.elements(update.item()) == outside(hidden).elements()
        && outside(i).dim(0) == loop.turns()
        && outside(update.time()).ints()[0] == 0;
  }
}
