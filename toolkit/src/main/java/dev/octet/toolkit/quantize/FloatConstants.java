// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The float32 constants of a graph in their smaller forms: each form of a constant is made once,
 * however many operators use it. The constant itself stays wherever it was not replaced.
 */
final class FloatConstants {
  private final EditableGraph graph;
  private final Map<EditableTensor, Map<String, EditableTensor>> small = new IdentityHashMap<>();
  private final Map<EditableTensor, EditableTensor> expanded = new IdentityHashMap<>();
  private final List<EditableOperator> dequantize = new ArrayList<>();
  private final Map<EditableOperator, EditableOperator> behind = new IdentityHashMap<>();
  private final Map<EditableTensor, Integer> order = new IdentityHashMap<>();

  FloatConstants(EditableGraph graph) {
    this.graph = graph;
    for (EditableTensor tensor : graph.tensors()) {
      order.put(tensor, order.size());
    }
  }

  /** True for contents that can be replaced: not those of a variable, sparse or empty ones. */
  static boolean replaceable(EditableTensor tensor) {
    return tensor != null
        && tensor.constant()
        && tensor.type() == TensorType.FLOAT32
        && !tensor.variable()
        && !tensor.sparse()
        && tensor.elements() > 0;
  }

  /** The constant in the form that {@code key} names, made by {@code make} if it is new. */
  EditableTensor small(EditableTensor constant, String key, Supplier<EditableTensor> make) {
    return small
        .computeIfAbsent(constant, c -> new LinkedHashMap<>())
        .computeIfAbsent(
            key,
            k -> {
              EditableTensor made = make.get();
              order.put(made, order.getOrDefault(constant, order.size()));
              return made;
            });
  }

  /** The float32 tensor that DEQUANTIZE makes of {@code small}, one for all who ask. */
  EditableTensor expanded(EditableTensor constant, EditableTensor small, int version) {
    return expanded.computeIfAbsent(
        small,
        s -> {
          EditableTensor real = new EditableTensor(constant.name(), TensorType.FLOAT32);
          real.shape(constant.shape(), constant.shapeSignature());
          EditableOperator operator =
              new EditableOperator(BuiltinOperator.DEQUANTIZE, List.of(s), List.of(real));
          dequantize.add(operator.version(version));
          return real;
        });
  }

  /**
   * Makes {@code operator}, which moves elements of {@code small} and nothing else, do so with the
   * integers: its output becomes a tensor of them, and a DEQUANTIZE behind it makes the old one.
   */
  void expandBehind(EditableOperator operator, EditableTensor small, int version) {
    EditableTensor real = operator.output(0);
    EditableTensor moved = real.copy(graph.freeName(real.name() + "_int8")).type(small.type());
    moved.quantization(small.quantization());
    operator.outputs().set(0, moved);
    behind.put(
        operator,
        new EditableOperator(BuiltinOperator.DEQUANTIZE, List.of(moved), List.of(real))
            .version(version));
  }

  /**
   * Puts the DEQUANTIZE operators before all others, or behind the one that they belong to, in the
   * order of their constants in the file (TensorFlow's order), and gives the smaller forms their
   * names: the constant's own where nothing else has it, so that a tensor of one name has one real
   * value in both models.
   */
  void place() {
    dequantize.sort(Comparator.comparingInt(operator -> order.get(operator.input(0))));
    behind.forEach(
        (operator, made) -> graph.operators().add(graph.operators().indexOf(operator) + 1, made));
    graph.operators().addAll(0, dequantize);
    java.util.Set<EditableTensor> used =
        java.util.Collections.newSetFromMap(new IdentityHashMap<>());
    used.addAll(graph.tensors());
    small.forEach(
        (constant, forms) -> {
          boolean taken = used.contains(constant);
          for (Map.Entry<String, EditableTensor> form : forms.entrySet()) {
            if (taken || expanded.containsKey(form.getValue())) {
              form.getValue().name(constant.name() + "_" + form.getKey());
            }
            taken = true;
          }
        });
  }
}
