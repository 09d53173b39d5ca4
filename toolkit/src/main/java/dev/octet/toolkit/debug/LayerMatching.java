// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which operator of the quantized model is which of the float model's: the main graphs of both.
 *
 * <p>In order of execution, an operator is that one of the float model which is not taken yet, is
 * of its kind, gives outputs of its shapes and reads the tensors that its own stand for; of several
 * the one whose output has its name, else the first. Where none reads the same, the name decides
 * among those of its kind and shapes. QUANTIZE, DEQUANTIZE and FAKE_QUANT pass on what they read;
 * files need not name tensors alike, but inputs must be as many and of the same shapes.
 */
final class LayerMatching {
  private static final BuiltinOperator[] CONVERSIONS = {
    BuiltinOperator.QUANTIZE, BuiltinOperator.DEQUANTIZE, BuiltinOperator.FAKE_QUANT
  };

  private final EditableGraph real;
  private final EditableGraph quantized;
  private final Map<EditableTensor, EditableTensor> twins = new IdentityHashMap<>();
  private final Map<EditableTensor, EditableTensor> trained = new IdentityHashMap<>();
  private final Map<EditableTensor, EditableOperator> expansions = new IdentityHashMap<>();
  private final Set<EditableOperator> taken = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Layer> layers = new ArrayList<>();
  private final List<EditableOperator> unmatched = new ArrayList<>();

  /**
   * Matches.
   *
   * @throws IllegalArgumentException naming both models and what differs, when they have not the
   *     same inputs, or fewer than half of the operators in common
   */
  LayerMatching(EditableModel realModel, EditableModel quantizedModel) {
    this.real = realModel.graphs().get(0);
    this.quantized = quantizedModel.graphs().get(0);
    for (EditableOperator operator : real.operators()) {
      if (operator.is(BuiltinOperator.FAKE_QUANT)) {
        trained.put(operator.output(0), plain(operator.input(0)));
      }
    }
    LayerNames names = new LayerNames(real);
    inputs(realModel.source(), quantizedModel.source());
    for (EditableOperator operator : quantized.operators()) {
      if (operator.is(CONVERSIONS)) {
        passOn(operator);
      } else {
        match(operator, names);
      }
    }
    long all = Math.min(computing(real), computing(quantized));
    if (taken.isEmpty() || 2L * taken.size() < all) {
      throw new IllegalArgumentException(
          quantizedModel.source()
              + " was not made of "
              + realModel.source()
              + ": "
              + taken.size()
              + " of its "
              + computing(quantized)
              + " operators have kind, inputs and shape of one there"
              + (unmatched.isEmpty() ? "" : ", not " + unmatched.get(0)));
    }
  }

  private static long computing(EditableGraph graph) {
    return graph.operators().stream().filter(o -> !o.is(CONVERSIONS)).count();
  }

  private void inputs(String realSource, String quantizedSource) {
    List<EditableTensor> wanted = real.inputs();
    List<EditableTensor> found = quantized.inputs();
    boolean alike = wanted.size() == found.size();
    for (int i = 0; alike && i < wanted.size(); i++) {
      alike = Arrays.equals(wanted.get(i).shape(), found.get(i).shape());
    }
    if (!alike) {
      throw new IllegalArgumentException(
          quantizedSource
              + " was not made of "
              + realSource
              + ": its inputs are "
              + found
              + ", those of the float model "
              + wanted);
    }
    for (int i = 0; i < wanted.size(); i++) {
      twins.put(found.get(i), wanted.get(i));
      if (wanted.get(i).type() == TensorType.FLOAT32 && Grid.of(found.get(i)) != null) {
        String name = LayerNames.input(wanted.get(i));
        layers.add(new Layer(name, null, null, wanted.get(i), found.get(i)));
      }
    }
  }

  private void passOn(EditableOperator operator) {
    EditableTensor read = operator.input(0);
    EditableTensor written = operator.output(0);
    if (read.constant()) {
      expansions.put(written, operator);
      return;
    }
    EditableTensor twin = twins.get(read);
    if (twin == null) {
      return;
    }
    twins.put(written, twin);
    boolean first = read.type() == TensorType.FLOAT32 && quantized.inputs().contains(read);
    if (first && Grid.of(written) != null && real.inputs().contains(twin)) {
      layers.add(new Layer(LayerNames.input(twin), null, null, twin, written));
    }
  }

  private void match(EditableOperator operator, LayerNames names) {
    List<EditableOperator> alike = new ArrayList<>();
    for (EditableOperator candidate : real.operators()) {
      if (!taken.contains(candidate) && sameKind(candidate, operator)) {
        alike.add(candidate);
      }
    }
    List<EditableOperator> reading = alike.stream().filter(c -> reads(c, operator)).toList();
    EditableOperator found = named(reading.isEmpty() ? alike : reading, operator);
    if (found == null && !reading.isEmpty()) {
      found = reading.get(0);
    }
    if (found == null) {
      unmatched.add(operator);
      return;
    }
    taken.add(found);
    for (int i = 0; i < operator.outputs().size(); i++) {
      EditableTensor wanted = found.output(i);
      EditableTensor output = operator.output(i);
      twins.put(output, wanted);
      boolean numbers = output.type() == TensorType.FLOAT32 || Grid.of(output) != null;
      if (wanted.type() == TensorType.FLOAT32 && numbers) {
        String suffix = operator.outputs().size() > 1 ? ":" + i : "";
        layers.add(new Layer(names.of(found) + suffix, found, operator, wanted, output));
      }
    }
  }

  private static boolean sameKind(EditableOperator a, EditableOperator b) {
    boolean same = a.name().equals(b.name()) && a.outputs().size() == b.outputs().size();
    for (int i = 0; same && i < a.outputs().size(); i++) {
      same = Arrays.equals(a.output(i).shape(), b.output(i).shape());
    }
    return same;
  }

  private boolean reads(EditableOperator candidate, EditableOperator operator) {
    for (int i = 0; i < operator.inputs().size(); i++) {
      EditableTensor input = operator.input(i);
      EditableTensor twin = input == null ? null : twins.get(input);
      if (twin != null && plain(candidate.input(i)) != twin) {
        return false;
      }
      boolean computed = input != null && !input.constant() && !input.variable();
      if (twin == null && computed && !expansions.containsKey(input)) {
        return false;
      }
    }
    return true;
  }

  private static EditableOperator named(List<EditableOperator> some, EditableOperator operator) {
    for (EditableOperator candidate : some) {
      if (!operator.outputs().isEmpty()
          && plain(candidate.output(0).name()).equals(plain(operator.output(0).name()))) {
        return candidate;
      }
    }
    return null;
  }

  /** Without what converters add to the names of tensors whose type they change. */
  private static String plain(String name) {
    return name.replaceFirst("_(u?int8|int16|quantized|requantized|dequantized?)$", "");
  }

  /** The quantized model's main graph. */
  EditableGraph quantized() {
    return quantized;
  }

  /** Inputs first, then in the quantized model's order of execution. */
  List<Layer> layers() {
    return layers;
  }

  /** The float model's tensor that a tensor of the quantized model stands for, or null. */
  EditableTensor twin(EditableTensor tensor) {
    return twins.get(tensor);
  }

  /** What FAKE_QUANT reads, of a tensor of the float model that it writes; any other itself. */
  EditableTensor plain(EditableTensor tensor) {
    return trained.getOrDefault(tensor, tensor);
  }

  /** The DEQUANTIZE of a constant that writes a tensor, or null. */
  EditableOperator expansion(EditableTensor tensor) {
    return expansions.get(tensor);
  }

  /** The quantized model's operators that are none of the float model's. */
  List<EditableOperator> unmatched() {
    return unmatched;
  }

  /** The float model's operators that the quantized model has not. */
  List<EditableOperator> missing() {
    List<EditableOperator> rest = new ArrayList<>(real.operators());
    rest.removeIf(o -> taken.contains(o) || o.is(CONVERSIONS));
    return rest;
  }
}
