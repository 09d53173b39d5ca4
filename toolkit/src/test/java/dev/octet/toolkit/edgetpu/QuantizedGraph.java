// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** A graph of quantized tensors that a test puts together. */
final class QuantizedGraph {
  private static final int ZERO_POINT = 3;

  private final EditableGraph graph = new EditableGraph("main");
  private int named;

  /** An input of int8. */
  EditableTensor input(int... shape) {
    return input(TensorType.INT8, shape);
  }

  EditableTensor input(TensorType type, int... shape) {
    EditableTensor tensor = tensor(type, shape);
    graph.inputs().add(tensor);
    return tensor;
  }

  /** A tensor without contents; one of integers of 8 or 16 bits has a scale. */
  EditableTensor tensor(TensorType type, int... shape) {
    EditableTensor tensor = new EditableTensor("t" + named++, type, shape);
    boolean scaled =
        type == TensorType.INT8 || type == TensorType.UINT8 || type == TensorType.INT16;
    if (scaled) {
      int zero = type == TensorType.INT16 ? 0 : ZERO_POINT;
      tensor.quantization(
          new TfliteQuantization(
              new float[0], new float[0], new float[] {0.5f}, new int[] {zero}, 0, null));
    }
    return tensor;
  }

  /** An int8 constant of which every element stands for this many steps from zero. */
  EditableTensor constant(int steps, int... shape) {
    EditableTensor tensor = tensor(TensorType.INT8, shape);
    byte[] bytes = new byte[tensor.elements()];
    Arrays.fill(bytes, (byte) (ZERO_POINT + steps));
    return tensor.data(ByteBuffer.wrap(bytes));
  }

  EditableTensor ints(int... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asIntBuffer().put(values);
    return new EditableTensor("i" + named++, TensorType.INT32, values.length).data(data);
  }

  EditableTensor scalar(int value) {
    return ints(value).shape(new int[0], new int[0]);
  }

  /** An operator with one int8 output. */
  EditableTensor op(BuiltinOperator builtin, int[] shape, EditableTensor... inputs) {
    return op(builtin, options -> options, shape, inputs);
  }

  EditableTensor op(
      BuiltinOperator builtin,
      UnaryOperator<Table.Builder> options,
      int[] shape,
      EditableTensor... inputs) {
    EditableTensor output = tensor(TensorType.INT8, shape);
    add(builtin, options, List.of(output), inputs);
    return output;
  }

  EditableOperator add(
      BuiltinOperator builtin,
      UnaryOperator<Table.Builder> options,
      List<EditableTensor> outputs,
      EditableTensor... inputs) {
    EditableOperator op = new EditableOperator(builtin, Arrays.asList(inputs), outputs);
    op.options(options.apply(op.options().toBuilder()).build());
    graph.operators().add(op);
    return op;
  }

  EditableModel model(EditableTensor... outputs) {
    graph.outputs().addAll(List.of(outputs));
    return new EditableModel("small", graph);
  }
}
