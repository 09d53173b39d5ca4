// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;

/**
 * x with the first {@code lengths[b]} elements along one axis in reverse order, b being the index
 * along another. A length over the dimension ends the run.
 */
record ReverseSequence(int sequence, int batch) implements Op {
  private static final String TYPES = "f32 u8 i16 i32 i64";

  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.REVERSE_SEQUENCE, 1, TYPES, o -> of(o.options()));

  private static ReverseSequence of(Table options) {
    return new ReverseSequence(options.integer("seq_dim"), options.integer("batch_dim"));
  }

  @Override
  public String name() {
    return "REVERSE_SEQUENCE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value lengths = node.input(1);
    Parameters.rankAtMost(node, x, 8);
    node.require(
        sequence >= 0 && sequence < x.rank() && batch >= 0 && batch < x.rank(),
        x,
        "has no axes " + sequence + " and " + batch);
    node.require(sequence != batch, null, "both axes are " + sequence);
    node.rank(lengths, 1);
    node.require(lengths.dim(0) == x.dim(batch), lengths, "has not " + x.dim(batch) + " elements");
    return new int[][] {x.shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.REVERSE_SEQUENCE)
        .in("x", node.input(0))
        .in("lengths", node.input(1))
        .out("y", node.output(0))
        .i32("sequence_axis", sequence)
        .i32("batch_axis", batch)
        .emit();
  }
}
