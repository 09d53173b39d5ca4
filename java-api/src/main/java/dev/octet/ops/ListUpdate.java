// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.tflite.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A variable of a counted loop that is a list along its first axis, of which a turn replaces
 * element t: TensorFlow's converter cuts it before t and behind it and joins the parts with the new
 * element, so that only a run knows the shapes. A counter t that stays in the list makes it a
 * DYNAMIC_UPDATE_SLICE.
 *
 * @param joined the operator that joins the parts
 * @param item the new element, [1, ...]
 * @param time the counter t
 * @param first t as a vector of one number
 * @param zeros as many as the list has other axes
 */
record ListUpdate(Node joined, int item, int time, int first, int zeros) {
  private static final Set<TensorType> TYPES =
      Set.of(
          TensorType.FLOAT32,
          TensorType.FLOAT16,
          TensorType.INT8,
          TensorType.INT16,
          TensorType.INT32,
          TensorType.INT64,
          TensorType.BOOL);

  /** Null for a variable that changes in another way. */
  static ListUpdate of(CountedLoop loop, int variable) {
    Node joined = loop.made(loop.after(variable), "CONCATENATION");
    Value outside = loop.node().input(variable);
    if (joined == null
        || joined.inputs().length != 3
        || !(joined.op() instanceof Concatenation join)
        || join.axis() != 0
        || join.activation() != Activation.NONE
        || outside.rank() < 2
        || !TYPES.contains(outside.type())) {
      return null;
    }
    int[] shape = outside.shape();
    int[] zeros = new int[shape.length];
    int[] all = new int[shape.length];
    Arrays.fill(all, -1);
    Node front = cut(loop, variable, joined.inputs()[0]);
    Node back = cut(loop, variable, joined.inputs()[2]);
    if (front == null
        || back == null
        || !constant(loop, front.inputs()[1], zeros, zeros)
        || !constant(loop, back.inputs()[2], all, shape)) {
      return null;
    }
    Node size = vector(loop, front.inputs()[2], all, shape);
    Node begin = vector(loop, back.inputs()[1], zeros, zeros);
    if (size == null || begin == null) {
      return null;
    }
    int time = loop.variable(loop.unshaped(size.inputs()[0]));
    int item = joined.inputs()[1];
    int[] step = shape.clone();
    step[0] = 1;
    boolean same =
        !loop.value(item).dynamic()
            && Arrays.equals(loop.value(item).shape(), step)
            && loop.counter(time)
            && loop.next(loop.unshaped(begin.inputs()[0])) == time;
    if (!same) {
      return null;
    }
    int from = loop.node().input(time).ints()[0];
    boolean inside = from >= 0 && from + loop.turns() <= shape[0];
    return inside ? new ListUpdate(joined, item, time, size.inputs()[0], begin.inputs()[1]) : null;
  }

  private static Node cut(CountedLoop loop, int variable, int id) {
    Node slice = loop.made(id, "SLICE");
    return slice != null && slice.inputs()[0] == loop.before(variable) ? slice : null;
  }

  /** True for a constant vector; numbers but the first may be those of {@code b}. */
  private static boolean constant(CountedLoop loop, int id, int[] a, int[] b) {
    Value value = loop.value(id);
    if (!value.constant() || value.elements() != a.length || value.ints()[0] != a[0]) {
      return false;
    }
    return rest(Arrays.copyOfRange(value.ints(), 1, a.length), a, b);
  }

  private static boolean rest(int[] numbers, int[] a, int[] b) {
    for (int k = 1; k < a.length; k++) {
      if (numbers[k - 1] != a[k] && numbers[k - 1] != b[k]) {
        return false;
      }
    }
    return true;
  }

  /** What joins one number and constants, which are those of {@code a} or {@code b} from 1 on. */
  private static Node vector(CountedLoop loop, int id, int[] a, int[] b) {
    Node joined = loop.made(id, "CONCATENATION");
    if (joined == null || joined.inputs().length != 2) {
      return null;
    }
    Value first = loop.value(joined.inputs()[0]);
    Value rest = loop.value(joined.inputs()[1]);
    boolean numbers =
        loop.elements(first.id()) == 1
            && first.rank() == 1
            && rest.constant()
            && rest.rank() == 1
            && rest.elements() == a.length - 1;
    return numbers && rest(rest.ints(), a, b) ? joined : null;
  }

  /** The body with what it updates so updated in place; the same where there is nothing. */
  static Graph inPlace(CountedLoop loop, Graph body) {
    List<Value> values = new ArrayList<>(body.values());
    List<Node> nodes = new ArrayList<>(body.nodes());
    for (int variable = 0; variable < loop.variables(); variable++) {
      ListUpdate update = of(loop, variable);
      int at = update == null ? -1 : indexOf(nodes, update.joined.outputs()[0]);
      if (at >= 0) {
        int rank = loop.node().input(variable).rank();
        Value time = values.get(update.first);
        Value start = time.withShape(new int[] {rank}).withId(values.size());
        values.add(start);
        int index = update.joined.index();
        int[] parts = {update.first, update.zeros};
        int[] inputs = {loop.before(variable), update.item, start.id()};
        Concatenation join = new Concatenation(0, Activation.NONE);
        nodes.set(at, new Node(index, join, parts, new int[] {start.id()}));
        nodes.add(
            at + 1, new Node(index, new DynamicUpdateSlice(), inputs, update.joined.outputs()));
      }
    }
    return body.withValues(values).withNodes(nodes);
  }

  private static int indexOf(List<Node> nodes, int output) {
    for (int i = 0; i < nodes.size(); i++) {
      int[] outputs = nodes.get(i).outputs();
      if (outputs.length == 1 && outputs[0] == output) {
        return i;
      }
    }
    return -1;
  }
}
