// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;

/**
 * REAL, IMAG and COMPLEX_ABS: {@code y = Re x}, {@code y = Im x}, {@code y = |x|}; complex64 to
 * float32 or complex128 to float64, of one shape.
 *
 * @param part the kernel's code
 */
record ComplexPart(BuiltinOperator operator, int part) implements Op {
  static final OpSpec REAL = spec(BuiltinOperator.REAL, 0);
  static final OpSpec IMAG = spec(BuiltinOperator.IMAG, 1);
  static final OpSpec ABS = spec(BuiltinOperator.COMPLEX_ABS, 2);

  private static OpSpec spec(BuiltinOperator operator, int part) {
    return new OpSpec(operator, 1, "c64 c128", o -> new ComplexPart(operator, part));
  }

  @Override
  public String name() {
    return operator.name();
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    node.type(x, TensorType.COMPLEX64, TensorType.COMPLEX128);
    node.type(
        node.output(0), x.type() == TensorType.COMPLEX64 ? TensorType.FLOAT32 : TensorType.FLOAT64);
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.COMPLEX_PART)
        .in("x", node.input(0))
        .out("y", node.output(0))
        .i32("part", part)
        .emit();
  }
}
