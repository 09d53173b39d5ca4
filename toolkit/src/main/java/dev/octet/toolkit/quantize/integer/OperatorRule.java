// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import java.util.ArrayList;
import java.util.List;

/**
 * How an operator is quantized.
 *
 * @param operator which
 * @param scale where its outputs' parameters come from
 * @param int8Version least version of the operator with int8, 0 when it has none
 * @param int16Version least version with int16 activations, 0 when it has none
 * @param activations the inputs that are quantized as activations; empty for all of them
 * @param weights the input that is quantized symmetrically where it is constant, or -1
 * @param axis the dimension of the weights' scales, or -1
 * @param bias the input that is quantized with input scale times weight scale, or -1
 * @param int8Fixed the outputs' parameters with {@link OutputScale#FIXED}
 * @param int16Fixed the same with int16 activations
 * @param recurrent what is done beyond this table, or null
 */
record OperatorRule(
    BuiltinOperator operator,
    OutputScale scale,
    int int8Version,
    int int16Version,
    List<Integer> activations,
    int weights,
    int axis,
    int bias,
    Activation int8Fixed,
    Activation int16Fixed,
    RecurrentRule recurrent) {

  static OperatorRule of(BuiltinOperator operator, OutputScale scale, int int8, int int16) {
    return new OperatorRule(operator, scale, int8, int16, List.of(0), -1, -1, -1, null, null, null);
  }

  /** All inputs are activations. */
  OperatorRule onAll() {
    return on(new Integer[0]);
  }

  OperatorRule on(Integer... inputs) {
    return new OperatorRule(
        operator,
        scale,
        int8Version,
        int16Version,
        List.of(inputs),
        weights,
        axis,
        bias,
        int8Fixed,
        int16Fixed,
        recurrent);
  }

  OperatorRule weights(int input, int scalesAxis, int biasInput) {
    return new OperatorRule(
        operator,
        scale,
        int8Version,
        int16Version,
        activations,
        input,
        scalesAxis,
        biasInput,
        int8Fixed,
        int16Fixed,
        recurrent);
  }

  OperatorRule fixed(double int8Scale, int int8ZeroPoint, double int16Scale) {
    return new OperatorRule(
        operator,
        scale,
        int8Version,
        int16Version,
        activations,
        weights,
        axis,
        bias,
        Activation.of(TensorType.INT8, (float) int8Scale, int8ZeroPoint),
        int16Scale == 0 ? null : Activation.of(TensorType.INT16, (float) int16Scale, 0),
        recurrent);
  }

  OperatorRule recurrent(RecurrentRule rule) {
    return new OperatorRule(
        operator,
        scale,
        int8Version,
        int16Version,
        activations,
        weights,
        axis,
        bias,
        int8Fixed,
        int16Fixed,
        rule);
  }

  boolean supports(Compute compute) {
    return (compute == Compute.INT8 ? int8Version : int16Version) > 0;
  }

  boolean sameScale(Compute compute) {
    return scale == OutputScale.AS_INPUTS
        || scale == OutputScale.FREE_IN_INT8 && compute == Compute.INT16X8;
  }

  Activation fixed(Compute compute) {
    return compute == Compute.INT8 ? int8Fixed : int16Fixed;
  }

  /** The inputs of {@code op} that hold activations: real numbers, constant or not, in order. */
  List<Integer> activationInputs(EditableOperator op) {
    List<Integer> list = new ArrayList<>();
    for (int i = 0; i < op.inputs().size(); i++) {
      EditableTensor tensor = op.input(i);
      boolean listed = activations.isEmpty() || activations.contains(i);
      boolean freeWeights = i == weights && tensor != null && !tensor.constant();
      if (tensor != null && tensor.type() == TensorType.FLOAT32 && (listed || freeWeights)) {
        list.add(i);
      }
    }
    return list;
  }

  /** The outputs of {@code op} that hold real numbers, in order. */
  List<Integer> activationOutputs(EditableOperator op) {
    List<Integer> list = new ArrayList<>();
    for (int i = 0; i < op.outputs().size(); i++) {
      if (scale != OutputScale.NONE && op.output(i).type() == TensorType.FLOAT32) {
        list.add(i);
      }
    }
    return list;
  }
}
