// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * {@code y = x} in another element type; the kernel's contract ({@code
 * native/src/kernels/cast/cast.cc}) says what becomes of numbers that y does not hold. The tensors'
 * types count, not the options'. int4 is taken as a constant only, to float32. Constants of the
 * types that shapes are computed in are cast at compile time.
 */
record Cast() implements Op {
  private static final List<String> TYPES =
      List.of(
          "f32", "f16", "bf16", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "bool",
          "c64");

  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.CAST, 9, "i4 " + String.join(" ", TYPES), o -> new Cast());

  @Override
  public String name() {
    return "CAST";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    if (x.type() == TensorType.INT4) {
      node.type(node.output(0), TensorType.FLOAT32);
      node.require(x.constant(), x, "int4 is not constant");
      return;
    }
    node.type(x, TypeNames.types(TYPES));
    node.type(node.output(0), TypeNames.types(TYPES));
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter
        .instruction(Kernels.CAST)
        .in("x", node.input(0))
        .out("y", node.output(0))
        .i32("bits", 0)
        .emit();
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    Value x = node.input(0);
    Value y = node.output(0);
    boolean whole = integer(x.type()) && (integer(y.type()) || y.type() == TensorType.FLOAT32);
    boolean truncated = x.type() == TensorType.FLOAT32 && y.type() == TensorType.INT32;
    if (!whole && !truncated && x.type() != TensorType.INT4) {
      return null;
    }
    int count = Math.toIntExact(x.elements());
    ByteBuffer in = x.contents();
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(y.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (x.type()) {
        case FLOAT32 -> out.putInt(saturated(in.getFloat()));
        case INT4 -> out.putFloat(Dequantize.int4(in, i));
        case INT32 -> put(out, y.type(), in.getInt());
        case BOOL -> put(out, y.type(), in.get() != 0 ? 1 : 0);
        default -> put(out, y.type(), in.getLong());
      }
    }
    return out.flip();
  }

  private static boolean integer(TensorType type) {
    return Arrays.asList(TensorType.INT32, TensorType.INT64, TensorType.BOOL).contains(type);
  }

  private static void put(ByteBuffer out, TensorType type, long x) {
    switch (type) {
      case INT32 -> out.putInt((int) x);
      case BOOL -> out.put((byte) (x != 0 ? 1 : 0));
      case FLOAT32 -> out.putFloat(x);
      default -> out.putLong(x);
    }
  }

  /** The kernel gives the greatest int32 for no number. */
  private static int saturated(float x) {
    return Float.isNaN(x) ? Integer.MAX_VALUE : (int) x;
  }
}
