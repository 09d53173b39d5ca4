// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of x under another element type of y. Elements of one size keep the shape; smaller ones
 * get a last dimension of as many as make one of x; larger ones take x's last dimension, which must
 * be as many as make one of y.
 */
record Bitcast() implements Op {
  private static final int MAX_RANK = 8;
  private static final List<String> TYPES =
      List.of(
          "f32", "f16", "bf16", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool",
          "c64", "c128");

  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.BITCAST, 1, String.join(" ", TYPES), o -> new Bitcast());

  @Override
  public String name() {
    return "BITCAST";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    node.type(node.input(0), TypeNames.types(TYPES));
    node.type(node.output(0), TypeNames.types(TYPES));
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value y = node.output(0);
    int from = x.type().bytes();
    int to = y.type().bytes();
    int[] shape = x.shape();
    if (from > to) {
      node.require(x.rank() < MAX_RANK, x, "has rank " + x.rank() + " and gets a dimension");
      shape = Arrays.copyOf(shape, x.rank() + 1);
      shape[x.rank()] = from / to;
    } else if (from < to) {
      node.require(
          x.rank() > 0 && x.dim(x.rank() - 1) == to / from,
          x,
          "the last dimension is not " + to / from);
      shape = Arrays.copyOf(shape, x.rank() - 1);
    }
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.CAST)
        .in("x", node.input(0))
        .out("y", node.output(0))
        .i32("bits", 1)
        .emit();
  }
}
