// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteWriter;
import dev.octet.toolkit.NumpyRandom;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** A model of one graph that a test puts together. */
final class SmallModel {
  private final EditableModel model;
  private int named;

  SmallModel(String name) {
    ByteBuffer bytes =
        TfliteWriter.write(
            Table.builder("Model")
                .set("version", 3)
                .set("subgraphs", List.of(Table.of("SubGraph")))
                .set("buffers", List.of(Table.of("Buffer")))
                .build());
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    model = EditableModel.read(name, array);
  }

  EditableGraph graph() {
    return model.graphs().get(0);
  }

  EditableTensor input(String name, int... shape) {
    return input(name, TensorType.FLOAT32, shape);
  }

  EditableTensor input(String name, TensorType type, int... shape) {
    EditableTensor tensor = new EditableTensor(name, type, shape);
    graph().inputs().add(tensor);
    return tensor;
  }

  /** Constants from a seed, -1 to 1. */
  EditableTensor drawn(int seed, int... shape) {
    return drawn(seed, -1, 1, shape);
  }

  EditableTensor drawn(int seed, double low, double high, int... shape) {
    int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return constant(new NumpyRandom(seed).uniform(low, high, elements), shape);
  }

  EditableTensor constant(float[] values, int... shape) {
    return new EditableTensor("constant" + named++, TensorType.FLOAT32, shape).floats(values);
  }

  EditableTensor ints(int... values) {
    return ints(new int[] {values.length}, values);
  }

  EditableTensor scalar(int value) {
    return ints(new int[0], value);
  }

  EditableTensor ints(int[] shape, int... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asIntBuffer().put(values);
    return new EditableTensor("integers" + named++, TensorType.INT32, shape).data(data);
  }

  EditableTensor bools(int[] shape, boolean... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length);
    for (boolean value : values) {
      data.put((byte) (value ? 1 : 0));
    }
    return new EditableTensor("choices" + named++, TensorType.BOOL, shape).data(data.flip());
  }

  /** An operator of one float output. */
  EditableTensor op(BuiltinOperator builtin, int[] shape, EditableTensor... inputs) {
    return op(builtin, table -> table, shape, inputs);
  }

  EditableTensor op(
      BuiltinOperator builtin,
      UnaryOperator<Table.Builder> options,
      int[] shape,
      EditableTensor... inputs) {
    EditableTensor output = tensor(builtin, TensorType.FLOAT32, shape);
    add(builtin, options, List.of(output), inputs);
    return output;
  }

  EditableTensor tensor(BuiltinOperator builtin, TensorType type, int... shape) {
    return new EditableTensor(builtin.name().toLowerCase() + named++, type, shape);
  }

  EditableOperator add(
      BuiltinOperator builtin,
      UnaryOperator<Table.Builder> options,
      List<EditableTensor> outputs,
      EditableTensor... inputs) {
    EditableOperator op = new EditableOperator(builtin, Arrays.asList(inputs), outputs);
    op.options(options.apply(op.options().toBuilder()).build());
    graph().operators().add(op);
    return op;
  }

  SmallModel output(EditableTensor... tensors) {
    graph().outputs().addAll(List.of(tensors));
    return this;
  }

  byte[] bytes() {
    return model.toBytes();
  }
}
