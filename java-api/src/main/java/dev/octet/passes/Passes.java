// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The passes in their order. */
public final class Passes {
  private static final Pass DEAD_NODES = new RemoveDeadNodes();

  private static final List<Pass> ALL =
      List.of(
          new InlineComposites(),
          new CheckOperators(),
          new InferShapes(),
          new FusePads(),
          new FuseTables(),
          new FuseSwish(),
          new FuseLoops(),
          DEAD_NODES,
          new ChooseFlips());

  private Passes() {}

  /** Names of the passes that may be left out. */
  public static List<String> optional() {
    return ALL.stream().filter(Pass::optional).map(Passes::name).toList();
  }

  /**
   * @param without names of passes to leave out
   */
  public static Graph apply(Graph graph, Set<Integer> taps, Set<String> without) {
    return apply(graph, taps, without, null);
  }

  /**
   * The same with a delegation.
   *
   * @param delegation offers what a run needs to a delegate, once shapes are known; null for none
   */
  public static Graph apply(Graph graph, Set<Integer> taps, Set<String> without, Pass delegation) {
    Graph result = graph;
    for (Pass pass : ALL) {
      if (!without.contains(name(pass))) {
        result = pass.apply(result, taps);
      }
      if (pass instanceof InferShapes && delegation != null) {
        if (!without.contains(name(DEAD_NODES))) {
          result = DEAD_NODES.apply(result, taps);
        }
        result = delegation.apply(result, taps);
      }
    }
    return result;
  }

  /** These names and those of the passes after which the turns of a loop cannot be seen. */
  public static Set<String> withTurns(Set<String> without) {
    Set<String> names = new HashSet<>(without);
    names.add(FuseLoops.class.getSimpleName());
    return names;
  }

  /** These names and that of the pass that suits values to a processor's products. */
  public static Set<String> withoutFlips(Set<String> without) {
    Set<String> names = new HashSet<>(without);
    names.add(ChooseFlips.class.getSimpleName());
    return names;
  }

  private static String name(Pass pass) {
    return pass.getClass().getSimpleName();
  }

  /**
   * Checks every operator of a graph.
   *
   * @throws dev.octet.UnsupportedOperatorException naming the operator, tensor and rule
   */
  public static void check(Graph graph) {
    for (Node node : graph.nodes()) {
      node.op().check(graph.context(node));
    }
  }

  /**
   * The graph with its composites in place, the shapes that follow from those of its inputs, and
   * contents that are constant; values are dynamic whose shape only a run knows.
   */
  public static Graph shaped(Graph graph) {
    Graph whole = new InlineComposites().apply(graph, Set.of());
    Graph shaped = new InferShapes().apply(whole, Set.of());
    List<Value> values = new ArrayList<>(shaped.values());
    for (Node node : shaped.nodes()) {
      if (node.op() instanceof Deferred deferred) {
        for (Node each : deferred.graph().nodes()) {
          for (int id : each.outputs()) {
            values.set(id, values.get(id).withDynamic(true));
          }
        }
      }
    }
    return shaped.withValues(values).withNodes(whole.nodes());
  }

  /** Shapes of a graph's outputs for those of its inputs; null for one that only a run knows. */
  public static int[][] outputShapes(Graph graph, int[][] inputs) {
    List<Value> values = new ArrayList<>(graph.values());
    for (int i = 0; i < inputs.length; i++) {
      int id = graph.inputs()[i];
      values.set(id, values.get(id).withShape(inputs[i]));
    }
    Graph shaped = shaped(graph.withValues(values));
    int[][] shapes = new int[graph.outputs().length][];
    for (int i = 0; i < shapes.length; i++) {
      Value output = shaped.value(graph.outputs()[i]);
      shapes[i] = output.dynamic() ? null : output.shape();
    }
    return shapes;
  }
}
