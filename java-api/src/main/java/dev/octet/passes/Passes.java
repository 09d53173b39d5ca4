// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The passes in their order. */
public final class Passes {
  private static final List<Pass> ALL =
      List.of(
          new InlineComposites(),
          new CheckOperators(),
          new InferShapes(),
          new FusePads(),
          new FuseTables(),
          new RemoveDeadNodes(),
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
    Graph result = graph;
    for (Pass pass : ALL) {
      if (!without.contains(name(pass))) {
        result = pass.apply(result, taps);
      }
    }
    return result;
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

  /** Shapes of a graph's outputs for those of its inputs; null for one that only a run knows. */
  public static int[][] outputShapes(Graph graph, int[][] inputs) {
    List<Value> values = new ArrayList<>(graph.values());
    for (int i = 0; i < inputs.length; i++) {
      int id = graph.inputs()[i];
      values.set(id, values.get(id).withShape(inputs[i]));
    }
    Graph shaped = new InlineComposites().apply(graph.withValues(values), Set.of());
    shaped = new InferShapes().apply(shaped, Set.of());
    int[][] shapes = new int[graph.outputs().length][];
    for (int i = 0; i < shapes.length; i++) {
      Value output = shaped.value(graph.outputs()[i]);
      shapes[i] = output.dynamic() ? null : output.shape();
    }
    return shapes;
  }
}
