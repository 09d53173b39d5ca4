// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.program.Emitter;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;

/** {@code y = x / (1 + e^-x)} in float32, in place of LOGISTIC and MUL by the same x. */
public record Swish() implements Op {
  /** True when {@code product} of x and {@code gate} of x are this operator of x. */
  public static boolean isMadeOf(NodeContext product, NodeContext gate) {
    return product.node().op() instanceof Mul mul
        && mul.activation() == Activation.NONE
        && gate.node().op() instanceof Unary unary
        && unary.operator() == BuiltinOperator.LOGISTIC
        && product.output(0).type() == TensorType.FLOAT32
        && gate.output(0).type() == TensorType.FLOAT32;
  }

  @Override
  public String name() {
    return "SWISH";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.input(0), TensorType.FLOAT32);
    node.type(node.output(0), TensorType.FLOAT32);
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Unary.emit(node, emitter, UnaryFunction.SWISH, 0, 0, 0);
  }
}
