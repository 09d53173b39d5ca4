// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.OperatorModel;
import dev.octet.toolkit.model.RealNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * One layer of the quantized model by itself, fed with what the float model computes; and the float
 * model's layer, fed with what is left of that after rounding to the quantized layer's inputs. One
 * thread's at a time.
 */
final class LayerProbe implements AutoCloseable {
  private record Feed(EditableTensor twin, boolean quantized) {}

  private final Layer layer;
  private final List<Feed> feeds = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Interpreter quantized;
  private final Interpreter real;

  private LayerProbe(Layer layer, LayerMatching matching) {
    this.layer = layer;
    EditableOperator operator = layer.quantized();
    Map<EditableTensor, EditableTensor> constants = new IdentityHashMap<>();
    Set<EditableTensor> fed = Collections.newSetFromMap(new IdentityHashMap<>());
    for (EditableTensor input : operator.inputs()) {
      EditableOperator expansion = input == null ? null : matching.expansion(input);
      if (expansion != null && !input.variable()) {
        EditableTensor constant = input.copy(input.name());
        constants.put(input, constant.floats(RealNumbers.of(expansion.input(0))));
      } else if (input != null && !input.constant() && !input.variable() && fed.add(input)) {
        EditableTensor twin = matching.twin(input);
        if (twin == null) {
          throw new IllegalArgumentException(input + " is no tensor of the float model");
        }
        feeds.add(new Feed(twin, Grid.of(input) != null));
      }
    }
    boolean rounds = feeds.stream().anyMatch(Feed::quantized);
    EditableOperator alone = operator.copy(t -> constants.getOrDefault(t, t));
    try {
      this.quantized = load(alone);
      this.real = rounds ? load(layer.real().copy(matching::plain)) : null;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    boolean fits = quantized.inputCount() == feeds.size();
    if (!fits || real != null && real.inputCount() != distinct().size()) {
      close();
      throw new IllegalArgumentException(operator + " reads other tensors than " + layer.real());
    }
  }

  private List<EditableTensor> distinct() {
    List<EditableTensor> list = new ArrayList<>();
    for (Feed feed : feeds) {
      if (!list.contains(feed.twin())) {
        list.add(feed.twin());
      }
    }
    return list;
  }

  /** A probe of a layer; null where it cannot be run by itself. */
  static LayerProbe of(Layer layer, LayerMatching matching) {
    if (layer.input()) {
      return null;
    }
    try {
      return new LayerProbe(layer, matching);
    } catch (RuntimeException e) {
      // operators that run graphs, or whose inputs the float model does not compute
      return null;
    }
  }

  private Interpreter load(EditableOperator operator) {
    Model model = Model.load(OperatorModel.of(operator).toBytes());
    resources.add(model);
    Interpreter interpreter = model.interpreter(new InterpreterOptions());
    resources.add(0, interpreter);
    return interpreter;
  }

  /** The float model's tensors that {@link #run} asks for. */
  List<EditableTensor> reads() {
    return distinct();
  }

  /**
   * Runs on one sample.
   *
   * @param values what the float model computed
   * @return the quantized layer's output; then, where its inputs are rounded, the float layer's on
   *     the rounded inputs
   */
  List<float[]> run(Function<EditableTensor, Observed> values) {
    quantized.resetVariables();
    Map<EditableTensor, float[]> rounded = new IdentityHashMap<>();
    for (int i = 0; i < feeds.size(); i++) {
      resize(quantized, i, values.apply(feeds.get(i).twin()).shape());
    }
    for (int i = 0; i < feeds.size(); i++) {
      Observed observed = values.apply(feeds.get(i).twin());
      Tensor input = quantized.input(i);
      if (feeds.get(i).quantized()) {
        input.quantize(observed.numbers());
        rounded.put(feeds.get(i).twin(), input.dequantize());
      } else {
        observed.copyTo(input);
      }
    }
    quantized.run();
    List<float[]> outputs = new ArrayList<>();
    outputs.add(numbers(quantized.output(layer.place())));
    if (real == null) {
      return outputs;
    }
    real.resetVariables();
    List<EditableTensor> inputs = distinct();
    for (int i = 0; i < inputs.size(); i++) {
      resize(real, i, values.apply(inputs.get(i)).shape());
    }
    for (int i = 0; i < inputs.size(); i++) {
      float[] numbers = rounded.get(inputs.get(i));
      if (numbers == null) {
        values.apply(inputs.get(i)).copyTo(real.input(i));
      } else {
        real.input(i).set(numbers);
      }
    }
    real.run();
    outputs.add(real.output(layer.real().outputs().indexOf(layer.realOutput())).toFloats());
    return outputs;
  }

  private static void resize(Interpreter interpreter, int input, int[] shape) {
    if (!Arrays.equals(interpreter.input(input).shape(), shape)) {
      interpreter.resize(input, shape);
    }
  }

  /** What a tensor of either model holds, as real numbers. */
  static float[] numbers(Tensor tensor) {
    return tensor.type() == TensorType.FLOAT32 ? tensor.toFloats() : tensor.dequantize();
  }

  @Override
  public void close() {
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    resources.clear();
  }
}
