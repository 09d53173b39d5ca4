// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tensors whose channels can be scaled together without a change of what the graph computes: a
 * factor per channel taken out of all that write them is put into all that read them. Operators f
 * with f(s x) = s f(x) for s &gt; 0 in each channel (RELU, pooling, ADD of two such tensors, ...)
 * lie between and stay as they are.
 *
 * @param channels the period of the scales: index along the last axis modulo this is the channel
 * @param writers linear operators whose outputs are in the group
 * @param readers linear operators whose data inputs are in the group
 */
record EqualizationGroup(int channels, List<ChannelWeights> writers, List<ChannelWeights> readers) {

  /** All groups of a graph, in the order of their first writer. */
  static List<EqualizationGroup> of(EditableGraph graph) {
    List<EqualizationGroup> groups = new ArrayList<>();
    Set<EditableTensor> seen = new HashSet<>();
    for (EditableOperator operator : graph.operators()) {
      for (EditableTensor output : operator.outputs()) {
        if (output != null && !seen.contains(output)) {
          EqualizationGroup group = grown(graph, output, seen);
          if (group != null) {
            groups.add(group);
          }
        }
      }
    }
    return groups;
  }

  private static EqualizationGroup grown(
      EditableGraph graph, EditableTensor start, Set<EditableTensor> seen) {
    Set<EditableTensor> group = new LinkedHashSet<>(List.of(start));
    Deque<EditableTensor> open = new ArrayDeque<>(group);
    Set<EditableOperator> writers = new LinkedHashSet<>();
    Set<EditableOperator> readers = new LinkedHashSet<>();
    boolean free = true;
    int channels = 0;
    while (!open.isEmpty()) {
      EditableTensor tensor = open.remove();
      seen.add(tensor);
      free &= tensor.rank() > 0 && tensor.elements() > 0 && !tensor.variable();
      free &= !graph.inputs().contains(tensor) && !graph.outputs().contains(tensor);
      channels = gcd(channels, tensor.rank() == 0 ? 1 : tensor.dim(tensor.rank() - 1));
      EditableOperator producer = graph.producer(tensor);
      List<EditableTensor> neighbours = new ArrayList<>();
      if (producer == null) {
        free = false;
      } else if (passes(producer)) {
        neighbours.addAll(ends(producer));
      } else {
        writers.add(producer);
      }
      for (EditableOperator consumer : graph.consumers(tensor)) {
        if (passes(consumer)) {
          neighbours.addAll(ends(consumer));
        } else {
          readers.add(consumer);
        }
      }
      neighbours.stream().filter(group::add).forEach(open::add);
    }
    return free ? checked(graph, group, channels, writers, readers) : null;
  }

  private static EqualizationGroup checked(
      EditableGraph graph,
      Set<EditableTensor> group,
      int channels,
      Set<EditableOperator> writers,
      Set<EditableOperator> readers) {
    List<ChannelWeights> from = new ArrayList<>();
    List<ChannelWeights> to = new ArrayList<>();
    int period = channels;
    for (EditableOperator writer : writers) {
      ChannelWeights weights = own(graph, writer);
      if (weights == null || !homogeneous(writer)) {
        return null;
      }
      from.add(weights);
      period = gcd(period, weights.outputChannels());
    }
    for (EditableOperator reader : readers) {
      ChannelWeights weights = own(graph, reader);
      boolean data = weights != null && group.contains(weights.data());
      if (!data || reader.inputs().stream().filter(group::contains).count() != 1) {
        return null;
      }
      to.add(weights);
      if (reader.is(BuiltinOperator.FULLY_CONNECTED)) {
        // its rows are counted through the flat input: [2, 6] is three rows of 4
        period = gcd(period, weights.inputChannels());
      }
    }
    boolean loop = writers.stream().anyMatch(readers::contains);
    return from.isEmpty() || to.isEmpty() || loop ? null : new EqualizationGroup(period, from, to);
  }

  /** The weights of an operator when nobody else sees them. */
  private static ChannelWeights own(EditableGraph graph, EditableOperator operator) {
    ChannelWeights weights = ChannelWeights.of(operator);
    boolean shared =
        weights == null
            || shared(graph, weights.weights())
            || (weights.bias() != null && shared(graph, weights.bias()));
    return shared ? null : weights;
  }

  private static boolean shared(EditableGraph graph, EditableTensor constant) {
    return graph.consumers(constant).size() > 1
        || graph.inputs().contains(constant)
        || graph.outputs().contains(constant);
  }

  /** The tensors of an operator that {@link #passes} which must have the same scales. */
  private static List<EditableTensor> ends(EditableOperator operator) {
    List<EditableTensor> ends = new ArrayList<>(operator.outputs());
    ends.add(operator.input(0));
    if (operator.is(BuiltinOperator.ADD, BuiltinOperator.SUB)) {
      ends.add(operator.input(1));
    }
    return ends;
  }

  private static boolean passes(EditableOperator operator) {
    EditableTensor x = operator.input(0);
    if (x == null || x.rank() == 0 || operator.outputs().size() != 1) {
      return false;
    }
    int last = x.rank() - 1;
    EditableTensor y = operator.output(0);
    return switch (operator.builtin()) {
      case RELU, LEAKY_RELU -> true;
      case MAX_POOL_2D, AVERAGE_POOL_2D -> homogeneous(operator);
      case ADD, SUB ->
          homogeneous(operator)
              && !x.constant()
              && operator.input(1) != null
              && !operator.input(1).constant()
              && Arrays.equals(x.shape(), operator.input(1).shape());
      case MEAN, SUM -> keepsLast(operator, last);
      case PAD -> padsNoChannel(operator, last);
      case RESHAPE ->
          y.rank() > 0
              && x.dim(last) > 0
              && y.dim(y.rank() - 1) > 0
              && (y.dim(y.rank() - 1) % x.dim(last) == 0 || x.dim(last) % y.dim(y.rank() - 1) == 0);
      default -> false;
    };
  }

  private static boolean homogeneous(EditableOperator operator) {
    String field = "fused_activation_function";
    Activation activation = operator.options().enumeration(field, Activation.class);
    return activation == Activation.NONE || activation == Activation.RELU;
  }

  private static boolean keepsLast(EditableOperator operator, int last) {
    EditableTensor axes = operator.input(1);
    if (axes == null || !axes.constant() || axes.type() != dev.octet.TensorType.INT32) {
      return false;
    }
    for (int axis : ints(axes)) {
      if (axis == last || axis == -1) {
        return false;
      }
    }
    return true;
  }

  private static boolean padsNoChannel(EditableOperator operator, int last) {
    EditableTensor paddings = operator.input(1);
    if (paddings == null || !paddings.constant() || paddings.type() != dev.octet.TensorType.INT32) {
      return false;
    }
    int[] all = ints(paddings);
    return all.length == 2 * last + 2 && all[2 * last] == 0 && all[2 * last + 1] == 0;
  }

  private static int[] ints(EditableTensor tensor) {
    int[] values = new int[tensor.elements()];
    tensor.data().asIntBuffer().get(values);
    return values;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
