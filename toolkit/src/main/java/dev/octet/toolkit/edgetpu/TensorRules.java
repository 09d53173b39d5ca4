// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What the tensors of every operator on an Edge TPU must keep to: the model page's "Model
 * requirements". Numbers of 8 bits, quantized; sizes that are known when the model is compiled;
 * parameters that are constants; one, two or three dimensions, or more where only the three
 * innermost are larger than 1.
 *
 * <p>A batch of more than one thus stays on the CPU: issue 30 shows the compiler's words, "Tensor
 * has unsupported rank (up to 3 innermost dimensions mapped)".
 */
final class TensorRules {
  private static final Set<TensorType> NARROW = EnumSet.of(TensorType.INT8, TensorType.UINT8);
  private static final Set<TensorType> INDICES = EnumSet.of(TensorType.INT32, TensorType.INT64);

  /** Inputs from this one on are parameters. */
  private static final Map<BuiltinOperator, Integer> PARAMETERS =
      Map.of(
          BuiltinOperator.CONV_2D, 1,
          BuiltinOperator.DEPTHWISE_CONV_2D, 1,
          BuiltinOperator.FULLY_CONNECTED, 1,
          BuiltinOperator.PRELU, 1,
          BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, 1,
          BuiltinOperator.TRANSPOSE_CONV, 0);

  /** Where TRANSPOSE_CONV has what it computes on. */
  private static final int TRANSPOSE_CONV_DATA = 2;

  /** How many inputs an operator must have for its limitations to be looked at. */
  private static final Map<BuiltinOperator, Integer> INPUTS =
      Map.ofEntries(
          Map.entry(BuiltinOperator.CONV_2D, 2),
          Map.entry(BuiltinOperator.DEPTHWISE_CONV_2D, 2),
          Map.entry(BuiltinOperator.FULLY_CONNECTED, 2),
          Map.entry(BuiltinOperator.PRELU, 2),
          Map.entry(BuiltinOperator.TRANSPOSE_CONV, 3),
          Map.entry(BuiltinOperator.MEAN, 2),
          Map.entry(BuiltinOperator.SUM, 2),
          Map.entry(BuiltinOperator.REDUCE_MAX, 2),
          Map.entry(BuiltinOperator.REDUCE_MIN, 2),
          Map.entry(BuiltinOperator.PAD, 2),
          Map.entry(BuiltinOperator.SPLIT, 2),
          Map.entry(BuiltinOperator.TILE, 2),
          Map.entry(BuiltinOperator.STRIDED_SLICE, 4));

  private TensorRules() {}

  /**
   * Which rule an operator's tensors break, as the end of a sentence; null for none.
   *
   * @throws IllegalArgumentException for an operator that lacks an input it must have
   */
  static String broken(EditableOperator op) {
    int needed = INPUTS.getOrDefault(op.builtin(), 1);
    for (int i = 0; i < needed; i++) {
      if (op.input(i) == null) {
        throw new IllegalArgumentException("there is no input " + i);
      }
    }
    if (op.outputs().isEmpty()) {
      throw new IllegalArgumentException("there is no output");
    }
    for (int i = 0; i < op.inputs().size(); i++) {
      String words = op.input(i) == null ? null : input(op, i);
      if (words != null) {
        return words;
      }
    }
    for (EditableTensor output : op.outputs()) {
      String words = numbers(output, "writes");
      if (words != null) {
        return words;
      }
      words = shape(output, "writes");
      if (words != null) {
        return words;
      }
    }
    return null;
  }

  private static String input(EditableOperator op, int i) {
    EditableTensor tensor = op.input(i);
    if (SizeInputs.contains(op, i)) {
      if (!INDICES.contains(tensor.type())) {
        throw new IllegalArgumentException("sizes of " + tensor.type());
      }
      return tensor.constant()
          ? null
          : "takes "
              + Sentences.name(tensor)
              + ", which only a run computes; sizes and axes must be constants";
    }
    if (biased(op, i) && tensor.constant() && INDICES.contains(tensor.type())) {
      return null;
    }
    if (parameter(op.builtin(), i) && !tensor.constant() && !tensor.variable()) {
      return "takes its parameter " + Sentences.name(tensor) + " from the graph, not a constant";
    }
    boolean cellState =
        op.is(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM)
            && tensor.type() == TensorType.INT16
            && (tensor.variable() || tensor.constant());
    String words = cellState ? null : numbers(tensor, tensor.constant() ? "holds" : "reads");
    if (words != null) {
      return words;
    }
    return parameter(op.builtin(), i) ? null : shape(tensor, "reads");
  }

  private static boolean parameter(BuiltinOperator builtin, int i) {
    Integer first = PARAMETERS.get(builtin);
    boolean data = builtin == BuiltinOperator.TRANSPOSE_CONV && i == TRANSPOSE_CONV_DATA;
    return first != null && i >= first && !data;
  }

  /** True for an input that may be a bias, which is of 32 bits. */
  private static boolean biased(EditableOperator op, int i) {
    return parameter(op.builtin(), i) && i > 1 && !op.is(BuiltinOperator.PRELU);
  }

  private static String numbers(EditableTensor tensor, String does) {
    if (tensor.type() == TensorType.INT16) {
      return does + " INT16; 16-bit activations do not map, only int8 and uint8";
    }
    if (!NARROW.contains(tensor.type())) {
      return does + " " + tensor.type() + "; only int8 and uint8 map";
    }
    boolean scaled = tensor.quantization() != null && tensor.quantization().scales().length > 0;
    return scaled ? null : does + " " + Sentences.name(tensor) + ", which has no scale";
  }

  private static String shape(EditableTensor tensor, String does) {
    return Axes.outer(tensor.shape(), 3) == 1
        ? null
        : does
            + " "
            + Axes.words(tensor.shape())
            + "; only the three innermost dimensions may be larger than 1";
  }
}
