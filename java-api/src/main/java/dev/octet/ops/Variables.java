// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * VAR_HANDLE, READ_VARIABLE and ASSIGN_VARIABLE: variables that belong to the interpreter and are
 * shared by its entry points, named by container and shared name. A variable has the type and shape
 * of what was assigned last; reading one that was never assigned is an error.
 */
final class Variables {
  static final OpSpec HANDLE =
      new OpSpec(
          BuiltinOperator.VAR_HANDLE,
          1,
          "res",
          o ->
              new Handle(name(o.options().string("container"), o.options().string("shared_name"))));
  static final OpSpec READ = new OpSpec(BuiltinOperator.READ_VARIABLE, 1, "res", o -> new Read());
  static final OpSpec ASSIGN =
      new OpSpec(BuiltinOperator.ASSIGN_VARIABLE, 1, "res", o -> new Assign());

  private Variables() {}

  private static HostTensor name(String container, String name) {
    String both = (container == null ? "" : container) + "\0" + (name == null ? "" : name);
    ByteBuffer bytes = ByteBuffer.wrap(both.getBytes(StandardCharsets.UTF_8));
    return new HostTensor(TensorType.RESOURCE, new int[] {1}, bytes);
  }

  /** Where a variable is kept: the contents of its handle. */
  private record Key(ByteBuffer handle) {}

  /** What it holds; null before the first assignment. */
  private static final class Variable {
    HostTensor contents;
  }

  private static Variable variable(HostCall call) {
    HostTensor handle = call.input(0);
    return call.resources().variable(handle, () -> new Key(handle.data()), Variable::new);
  }

  private static HostTensor copy(HostTensor tensor) {
    ByteBuffer bytes = ByteBuffer.allocate(tensor.data().limit());
    bytes.put(tensor.data().duplicate()).flip();
    return new HostTensor(tensor.type(), tensor.shape().clone(), bytes);
  }

  private record Handle(HostTensor handle) implements HostOp {
    @Override
    public String name() {
      return "VAR_HANDLE";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(0, 0, 1);
      node.type(node.output(0), TensorType.RESOURCE);
    }

    @Override
    public int[][] infer(NodeContext node) {
      return new int[][] {{1}};
    }

    @Override
    public void run(HostCall call) {
      call.output(0, handle);
    }
  }

  private record Read() implements HostOp {
    @Override
    public String name() {
      return "READ_VARIABLE";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(1, 1, 1);
      node.type(node.input(0), TensorType.RESOURCE);
    }

    @Override
    public int[][] infer(NodeContext node) {
      return new int[1][];
    }

    @Override
    public void run(HostCall call) {
      HostTensor contents = variable(call).contents;
      Value output = call.node().output(0);
      if (contents == null) {
        throw call.failure("the variable was not assigned before");
      }
      if (contents.type() != output.type()) {
        throw call.failure("the variable holds " + contents.type() + ", not " + output.type());
      }
      call.output(0, contents);
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }

  private record Assign() implements HostOp {
    @Override
    public String name() {
      return "ASSIGN_VARIABLE";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(2, 2, 0);
      node.type(node.input(0), TensorType.RESOURCE);
    }

    @Override
    public int[][] infer(NodeContext node) {
      return new int[0][];
    }

    @Override
    public void run(HostCall call) {
      variable(call).contents = copy(call.input(1));
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }
}
