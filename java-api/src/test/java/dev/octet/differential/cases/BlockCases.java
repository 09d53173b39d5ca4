// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.ArrayList;
import java.util.List;

/** Operators between space and depth or batch; REVERSE_V2, REVERSE_SEQUENCE and UNIQUE. */
final class BlockCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    String depth = "f32 i8 u8 i32 i64";
    Movement.each(all, "SPACE_TO_DEPTH", depth, c -> depth(c, true));
    Movement.each(all, "DEPTH_TO_SPACE", depth, c -> depth(c, false));
    String batch = "f32 i8 u8 i16 i32 i64";
    Movement.each(all, "SPACE_TO_BATCH_ND", batch, c -> batch(c, true));
    Movement.each(all, "BATCH_TO_SPACE_ND", batch, c -> batch(c, false));
    String reversed = "f32 f16 bf16 i8 u8 i16 i32 i64 bool";
    Movement.each(all, "REVERSE_V2", reversed, BlockCases::reverse);
    Movement.each(all, "REVERSE_SEQUENCE", "f32 u8 i16 i32 i64", BlockCases::reverseSequence);
    Movement.each(all, "UNIQUE", "f32 i8 u8 i16 i32 i64", BlockCases::unique);
    return all;
  }

  private static void depth(Movement c, boolean toDepth) {
    int block = c.m.number(1, 4);
    int[] shape = c.m.shape(4, 5);
    if (toDepth) {
      shape[1] *= block;
      shape[2] *= block;
    } else {
      shape[3] *= block * block;
    }
    int x = c.x(shape);
    c.m.operator(
        toDepth ? BuiltinOperator.SPACE_TO_DEPTH : BuiltinOperator.DEPTH_TO_SPACE,
        2,
        Table.builder(toDepth ? "SpaceToDepthOptions" : "DepthToSpaceOptions")
            .set("block_size", block)
            .build(),
        in(x),
        c.y());
  }

  private static void batch(Movement c, boolean toBatch) {
    int axes = c.m.number(1, 2);
    int[] shape = c.m.shape(axes + 2, 5);
    int[] blocks = new int[axes];
    int[] edges = new int[2 * axes];
    boolean edged = c.m.chance(0.6);
    for (int i = 0; i < axes; i++) {
      blocks[i] = c.m.number(1, 4);
      if (toBatch) {
        int whole = shape[i + 1] * blocks[i];
        edges[2 * i] = edged ? c.m.number(0, Math.min(whole - 1, 3)) : 0;
        edges[2 * i + 1] = edged ? c.m.number(0, Math.min(whole - 1 - edges[2 * i], 3)) : 0;
        shape[i + 1] = whole - edges[2 * i] - edges[2 * i + 1];
      } else {
        shape[0] *= blocks[i];
        int whole = shape[i + 1] * blocks[i];
        edges[2 * i] = edged ? c.m.number(0, Math.min(whole - 1, 3)) : 0;
        edges[2 * i + 1] = edged ? c.m.number(0, Math.min(whole - 1 - edges[2 * i], 3)) : 0;
      }
    }
    int x = c.x(shape);
    c.m.operator(
        toBatch ? BuiltinOperator.SPACE_TO_BATCH_ND : BuiltinOperator.BATCH_TO_SPACE_ND,
        4,
        Table.of(toBatch ? "SpaceToBatchNDOptions" : "BatchToSpaceNDOptions"),
        in(x, c.vector(blocks), c.parameter(new int[] {axes, 2}, edges)),
        c.y());
  }

  private static void reverse(Movement c) {
    int[] shape = c.shape(1, 5);
    int first = c.m.number(0, shape.length - 1);
    int[] axes = new int[c.m.number(1, shape.length - first)];
    int[] order = c.permutation(axes.length);
    for (int i = 0; i < axes.length; i++) {
      axes[i] = c.signed(first + order[i], shape.length);
    }
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.REVERSE_V2, 3, Table.of("ReverseV2Options"), in(x, c.vector(axes)), c.y());
  }

  private static void reverseSequence(Movement c) {
    int[] shape = c.m.shape(c.m.number(2, 5), 6);
    int[] axes = c.permutation(shape.length);
    int sequence = axes[0];
    int batch = axes[1];
    int[] lengths = new int[shape[batch]];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = c.m.number(0, shape[sequence]);
    }
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.REVERSE_SEQUENCE,
        1,
        Table.builder("ReverseSequenceOptions")
            .set("seq_dim", sequence)
            .set("batch_dim", batch)
            .build(),
        in(x, c.parameter(c.index(), new int[] {lengths.length}, lengths)),
        c.y());
  }

  private static void unique(Movement c) {
    int n = c.m.number(1, 30);
    TensorType to = c.index();
    int x =
        c.type == TensorType.FLOAT32
            ? c.m.input(c.type, () -> halves(c, n), n)
            : c.m.input(c.type, () -> c.m.integers(c.type, n, -6, 6), n);
    c.m.operator(
        BuiltinOperator.UNIQUE,
        1,
        Table.builder("UniqueOptions").set("idx_out_type", to).build(),
        in(x),
        c.m.output(c.type),
        c.m.output(to));
    c.m.runs(2);
  }

  /** Few different floats, with -0 among them. */
  private static byte[] halves(Movement c, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = c.m.any(-0f, 0f, 0.5f, 1f, -3f, 1e30f);
    }
    return SingleOp.bytes(dev.octet.tflite.TestModel.floats(values));
  }
}
