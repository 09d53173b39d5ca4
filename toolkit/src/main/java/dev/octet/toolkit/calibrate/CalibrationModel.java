// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A copy of a float model that can be watched: every tensor has a name of its own, and composites
 * are replaced by their decompositions, so that the tensors in these can be named too.
 */
final class CalibrationModel {
  private final EditableModel copy;
  private final Map<EditableTensor, List<TensorKey>> keys = new IdentityHashMap<>();

  /** What messages call the tensors that the engine computes. */
  private final TreeMap<TensorKey, String> names = new TreeMap<>();

  /** Of each graph, the tensors to watch by the copy's name. */
  private final List<Map<String, EditableTensor>> taps = new ArrayList<>();

  CalibrationModel(String source, byte[] bytes) {
    copy = EditableModel.read(source, bytes);
    Map<TensorKey, String> all = new LinkedHashMap<>();
    for (int g = 0; g < copy.graphs().size(); g++) {
      Map<EditableTensor, Integer> indices = new LinkedHashMap<>();
      copy.graphs().get(g).tensors().forEach(tensor -> indices.put(tensor, tensor.sourceIndex()));
      copy.graphs().get(g).operators().forEach(op -> addIntermediates(op, indices));
      for (Map.Entry<EditableTensor, Integer> each : indices.entrySet()) {
        EditableTensor tensor = each.getKey();
        TensorKey key = new TensorKey(g, each.getValue());
        keys.put(tensor, new ArrayList<>(List.of(key)));
        all.put(key, tensor.name());
        tensor.name("t" + each.getValue());
      }
    }
    for (EditableGraph graph : copy.graphs()) {
      inlineComposites(graph);
    }
    for (EditableGraph graph : copy.graphs()) {
      Map<String, EditableTensor> tapped = new LinkedHashMap<>();
      for (EditableTensor tensor : computed(graph)) {
        tapped.put(tensor.name(), tensor);
        keys.get(tensor).forEach(key -> names.put(key, all.get(key)));
      }
      taps.add(tapped);
      for (EditableOperator operator : graph.operators()) {
        for (EditableTensor inside : operator.intermediates()) {
          if (inside != null) {
            keys.get(inside).forEach(key -> names.put(key, all.get(key)));
          }
        }
      }
    }
  }

  /** Gives an LSTM the intermediate tensors that its file lacks, to be observed under. */
  private static void addIntermediates(
      EditableOperator operator, Map<EditableTensor, Integer> indices) {
    if (LstmInputs.of(operator) && operator.intermediates().isEmpty()) {
      for (int i = 0; i <= LstmInputs.HIDDEN; i++) {
        int index = LstmInputs.intermediate(operator, i);
        String name = operator.output(0).name() + " intermediate " + i;
        EditableTensor tensor = new EditableTensor(name, TensorType.FLOAT32, 0);
        operator.intermediates().add(tensor);
        indices.put(tensor, index);
      }
    }
  }

  /** The float tensors of a graph that the engine computes or is given. */
  private static List<EditableTensor> computed(EditableGraph graph) {
    Set<EditableTensor> tensors = new HashSet<>(graph.inputs());
    List<EditableTensor> some = new ArrayList<>(graph.inputs());
    for (EditableOperator operator : graph.operators()) {
      some.addAll(operator.outputs());
      operator.inputs().stream().filter(t -> t != null && t.variable()).forEach(some::add);
    }
    tensors.clear();
    some.removeIf(
        t ->
            t == null
                || t.type() != TensorType.FLOAT32
                || t.constant() && !t.variable() && !graph.inputs().contains(t)
                || !tensors.add(t));
    return some;
  }

  private void inlineComposites(EditableGraph graph) {
    List<EditableOperator> flat = new ArrayList<>();
    for (EditableOperator operator : graph.operators()) {
      inline(operator, flat);
    }
    graph.operators().clear();
    graph.operators().addAll(flat);
  }

  private void inline(EditableOperator operator, List<EditableOperator> flat) {
    EditableGraph body = decomposition(operator);
    if (body == null) {
      flat.add(operator);
      return;
    }
    Map<EditableTensor, EditableTensor> places = new IdentityHashMap<>();
    for (int i = 0; i < body.inputs().size(); i++) {
      place(places, body.inputs().get(i), operator.input(i));
    }
    for (int i = 0; i < body.outputs().size(); i++) {
      place(places, body.outputs().get(i), operator.output(i));
    }
    for (EditableOperator inside : body.operators()) {
      EditableOperator moved = inside.copy(tensor -> placed(places, tensor));
      inline(moved, flat);
    }
  }

  private void place(
      Map<EditableTensor, EditableTensor> places, EditableTensor inside, EditableTensor outside) {
    if (places.putIfAbsent(inside, outside) == null) {
      keys.get(outside).addAll(keys.get(inside));
    }
  }

  private EditableTensor placed(Map<EditableTensor, EditableTensor> places, EditableTensor inside) {
    return places.computeIfAbsent(
        inside,
        tensor -> {
          EditableTensor moved = tensor.copy("t" + keys.size() + "_inlined");
          keys.put(moved, new ArrayList<>(keys.get(tensor)));
          return moved;
        });
  }

  /**
   * The graph that stands in the place of a composite, or null for another operator. A composite
   * that hands an input or a constant through stays: what it gives is watched, its inside is not.
   */
  private EditableGraph decomposition(EditableOperator operator) {
    if (!operator.is(BuiltinOperator.STABLEHLO_COMPOSITE)) {
      return null;
    }
    int index = operator.options().integer("decomposition_subgraph_index");
    EditableGraph body =
        index < 0 || index >= copy.graphs().size() ? null : copy.graphs().get(index);
    if (body == null
        || body.inputs().size() != operator.inputs().size()
        || body.outputs().size() != operator.outputs().size()
        || operator.inputs().contains(null)) {
      return null; // the engine tells what is wrong with it
    }
    Set<EditableTensor> made = new HashSet<>();
    body.operators().forEach(inside -> made.addAll(inside.outputs()));
    boolean once = new HashSet<>(body.outputs()).size() == body.outputs().size();
    return once && made.containsAll(body.outputs()) ? body : null;
  }

  byte[] bytes() {
    return copy.toBytes();
  }

  /** Names of the tensors of a graph to watch. */
  Map<String, EditableTensor> taps(int graph) {
    return taps.get(graph);
  }

  /** The operators of a graph. */
  List<EditableOperator> operators(int graph) {
    return copy.graphs().get(graph).operators();
  }

  /** Where a tensor of the copy is in the file; more than one for the ends of a composite. */
  List<TensorKey> keys(EditableTensor tensor) {
    return keys.get(tensor);
  }

  /** The tensors to be counted, in order, with their names in the file. */
  TreeMap<TensorKey, String> names() {
    return names;
  }
}
