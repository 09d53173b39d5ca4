// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.ops.HostOp;
import dev.octet.program.Execution;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.Supplier;

/** A custom operator that the user supplied. */
record UserOperator(String name, ByteBuffer options, CustomOperator operator) implements HostOp {
  /** The user's operator, or null when there is none for this one. */
  static UserOperator of(TfliteOperator operator, ModelOptions options) {
    CustomOperator users =
        operator.builtin() == BuiltinOperator.CUSTOM
            ? options.customOperators().get(operator.name())
            : null;
    return users == null
        ? null
        : new UserOperator(operator.name(), operator.customOptions(), users);
  }

  @Override
  public void check(NodeContext node) {
    for (int i = 0; i < node.outputCount(); i++) {
      node.require(
          node.output(i).type().bytes() > 0 || node.output(i).type() == TensorType.STRING,
          node.output(i),
          "type " + node.output(i).type() + " is not one that Java can give");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    int[][] shapes;
    try {
      shapes = operator.shapes(new Place(options, node));
    } catch (OctetException e) {
      throw e;
    } catch (RuntimeException e) {
      throw node.unsupported(null, String.valueOf(e.getMessage()));
    }
    node.require(
        shapes != null && shapes.length == node.outputCount(),
        null,
        "its Java gives not one shape for each output");
    return shapes;
  }

  @Override
  public void run(HostCall call) {
    try {
      operator.run(new Running(options, call));
    } catch (OctetException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new InferenceException(
          InferenceException.Kind.CUSTOM_OPERATOR,
          -1,
          "operator " + call.node().node().index() + " " + name + " threw " + e,
          e);
    }
  }

  /** It may do what Octet does not see. */
  @Override
  public boolean stateful() {
    return true;
  }

  private static TensorInfo info(Value value, int[] shape) {
    return new TensorInfo(
        value.tensor(),
        value.name(),
        value.type(),
        shape,
        shape,
        Optional.ofNullable(value.quantization()),
        value.constant());
  }

  private record Place(ByteBuffer bytes, NodeContext node) implements CustomOperator.Place {
    @Override
    public ByteBuffer options() {
      return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int inputCount() {
      return node.inputCount();
    }

    @Override
    public int outputCount() {
      return node.outputCount();
    }

    @Override
    public boolean hasInput(int i) {
      return node.has(i);
    }

    @Override
    public TensorInfo input(int i) {
      return info(node.input(i), node.input(i).shape());
    }

    @Override
    public TensorInfo output(int i) {
      return info(node.output(i), node.output(i).shape());
    }

    @Override
    public int[] inputShape(int i) {
      return node.input(i).shape().clone();
    }
  }

  private record Running(ByteBuffer bytes, HostCall call) implements CustomOperator.Call {
    @Override
    public CustomOperator.Place place() {
      return new Place(bytes, call.node());
    }

    @Override
    public Tensor input(int i) {
      HostTensor tensor = call.input(i);
      TensorInfo info = info(call.node().input(i), tensor.shape());
      return info.type() == TensorType.STRING
          ? new Tensor(
              info,
              tensor,
              strings -> {
                throw new IllegalStateException("an input is not to be written");
              })
          : new Tensor(info, tensor.shape(), tensor.data().asReadOnlyBuffer());
    }

    @Override
    public Tensor output(int i) {
      Value value = call.node().output(i);
      if (value.dynamic()) {
        throw new IllegalStateException("the shape of output " + i + " was left to the run");
      }
      return output(i, value.shape());
    }

    @Override
    public Tensor output(int i, int... shape) {
      TensorInfo info = info(call.node().output(i), shape);
      if (info.type().bytes() == 0) {
        HostTensor none = Execution.blank(TensorType.STRING, shape);
        call.output(i, none);
        return new Tensor(info, none, strings -> call.output(i, strings));
      }
      return new Tensor(info, shape.clone(), call.output(i, shape));
    }

    @Override
    public <T> T state(Supplier<T> initial) {
      return call.state(initial);
    }
  }
}
