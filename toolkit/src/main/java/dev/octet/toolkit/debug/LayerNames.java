// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Names of operators for people. TensorFlow's converter joins the paths of everything that it fused
 * into an operator by semicolons; the layer that the user wrote is the last folder of the path that
 * ends in what the operator computes, such as {@code conv_7} of {@code
 * model/relu_7/Relu;model/conv_7/Conv2D}.
 */
final class LayerNames {
  private static final Set<String> KINDS =
      Set.of(
          "conv2d",
          "convolution",
          "depthwise",
          "depthwiseconv2dnative",
          "separable_conv2d",
          "matmul",
          "tensordot",
          "einsum",
          "conv2d_transpose",
          "conv2dbackpropinput");

  private final Map<EditableOperator, String> names = new IdentityHashMap<>();

  LayerNames(EditableGraph graph) {
    Map<String, Integer> counts = new HashMap<>();
    for (EditableOperator operator : graph.operators()) {
      String name = name(operator);
      names.put(operator, name);
      counts.merge(name, 1, Integer::sum);
    }
    for (int i = 0; i < graph.operators().size(); i++) {
      EditableOperator operator = graph.operators().get(i);
      if (counts.get(names.get(operator)) > 1) {
        names.put(operator, names.get(operator) + "#" + i);
      }
    }
  }

  /** The name, other than those of all other operators of the graph. */
  String of(EditableOperator operator) {
    return names.get(operator);
  }

  private static String name(EditableOperator operator) {
    List<String> paths = new ArrayList<>();
    if (operator.inputs().size() > 1 && operator.input(1) != null && operator.input(1).constant()) {
      paths.addAll(List.of(operator.input(1).name().split(";")));
    }
    List<String> own =
        operator.outputs().isEmpty() ? List.of() : List.of(operator.output(0).name().split(";"));
    paths.addAll(own);
    String kind = operator.name().toLowerCase(Locale.ROOT).replace("_", "");
    for (String path : paths) {
      String last = last(path).toLowerCase(Locale.ROOT);
      boolean weights = KINDS.contains(last.replaceAll("\\d+$", "")) || KINDS.contains(last);
      if ((weights || kind.startsWith(last.replace("_", ""))) && path.contains("/")) {
        return last(path.substring(0, path.lastIndexOf('/')));
      }
    }
    String first = own.isEmpty() ? "" : own.get(0);
    String name = path(first);
    return name.isEmpty() ? operator.name().toLowerCase(Locale.ROOT) : name;
  }

  private static String path(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? path : last(path.substring(0, slash));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The name of an input of the model. */
  static String input(EditableTensor tensor) {
    String name = tensor.name().isEmpty() ? "input" : tensor.name();
    return name.replaceFirst("^serving_default_", "").replaceFirst(":0$", "");
  }
}
