// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.BlockScales;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code y[i, r..] = table[rows[i], r..]}; a row that is not there ends the run. Either y has the
 * table's type and its elements as they are, or y is float32 and they are {@code scale * q}: one
 * scale for all, one for each row, or (int4 of rank 2) one for each block of a row; zero points are
 * 0. The table of an int4 one is constant, and it always becomes float32. The bytes of a uint8
 * table that becomes float32 stand for int8, as in TensorFlow Lite.
 */
record EmbeddingLookup() implements Op {
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.EMBEDDING_LOOKUP, 4, "f32 i8 u8 hybrid i4w", o -> new EmbeddingLookup());

  @Override
  public String name() {
    return "EMBEDDING_LOOKUP";
  }

  private static boolean copies(NodeContext node) {
    return node.input(1).type() == node.output(0).type();
  }

  private static BlockScales blocks(Value table) {
    return table.type() == TensorType.INT4 ? table.blocks() : null;
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value table = node.input(1);
    boolean int4 = table.type() == TensorType.INT4;
    node.type(node.input(0), TensorType.INT32);
    node.type(table, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT4);
    Quantization quantization = table.quantization();
    if (!int4 && copies(node)) {
      node.require(
          quantization == null || !quantization.perAxis(), table, "is quantized per axis, copied");
      return;
    }
    node.type(node.output(0), TensorType.FLOAT32);
    node.require(!int4 || table.constant(), table, "is int4 and not constant");
    if (blocks(table) != null) {
      return;
    }
    node.require(quantization != null, table, "has no quantization parameters");
    node.require(
        !quantization.perAxis() || quantization.dimension() == 0,
        table,
        "is quantized along axis " + quantization.dimension() + ", not 0");
    for (int i = 0; i < quantization.size(); i++) {
      node.require(quantization.zeroPoint(i) == 0, table, "zero point is not 0");
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value table = node.input(1);
    node.rank(node.input(0), 1);
    node.require(table.rank() >= 2, table, "rank " + table.rank() + " is not 2 or more");
    BlockScales blocks = blocks(table);
    if (blocks != null) {
      node.rank(table, 2);
      node.require(
          table.dim(1) % blocks.size() == 0
              && table.elements() / blocks.size() == blocks.scales().length,
          table,
          "has not a scale for each block of " + blocks.size());
    }
    int[] shape = table.shape().clone();
    shape[0] = node.input(0).dim(0);
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value rows = node.input(0);
    Value table = node.input(1);
    Value y = node.output(0);
    if (copies(node)) {
      emitter
          .instruction(Kernels.GATHER)
          .in("x", table)
          .in("indices", rows)
          .out("y", y)
          .i32("axis", 0)
          .i32("batch_dims", 0)
          .emit();
      return;
    }
    BlockScales blocks = blocks(table);
    float[] scales = blocks != null ? blocks.scales() : table.quantization().scales();
    long columns = table.elements() / Math.max(1, table.dim(0));
    String key = node.node().index() + " embedding ";
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.EMBEDDING_LOOKUP)
            .in("rows", rows)
            .in("scales", constant(emitter, key + "scales", scales))
            .out("y", y)
            .i32("n", table.dim(0))
            .i32("block", blocks != null ? blocks.size() : (int) Math.max(1, columns));
    if (table.type() == TensorType.INT4) {
      ByteBuffer bytes = table.contents();
      int[] shape = {bytes.remaining()};
      instruction
          .in("table", emitter.constant(key + "table", TensorType.UINT8, shape, bytes))
          .i32("bits", 4);
    } else {
      instruction.in("table", table).i32("bits", 8);
    }
    instruction.emit();
  }

  private static Emitter.Operand constant(Emitter emitter, String key, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return emitter.constant(key, TensorType.FLOAT32, new int[] {values.length}, bytes);
  }
}
