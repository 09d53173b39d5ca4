// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Functions of two numbers as they are stored, without a scale: two values of one type give a third
 * of it. Most broadcast; ATAN2 and the StableHLO operators take equal shapes only.
 *
 * <ul>
 *   <li>MAXIMUM, MINIMUM; quantized integers are compared as they are
 *   <li>POW; int32 takes no negative exponent, and gives its least value where a power does not fit
 *       or, of a single exponent that is broadcast, wraps
 *   <li>FLOOR_DIV, FLOOR_MOD: the quotient toward minus infinity, and what is left of it. A run
 *       fails where a divisor is 0, but for FLOOR_MOD of floats
 *   <li>ATAN2: the angle of the point (b, a)
 *   <li>LOGICAL_AND, LOGICAL_OR, BITWISE_XOR, STABLEHLO_AND
 *   <li>RIGHT_SHIFT by b clamped to the bits of the type less one; STABLEHLO_SHIFT_LEFT by b modulo
 *       32
 *   <li>STABLEHLO_ADD, STABLEHLO_MULTIPLY, STABLEHLO_MAXIMUM, STABLEHLO_MINIMUM: integers wrap; of
 *       bool these are OR, AND, OR and AND
 * </ul>
 */
record Elementwise(
    BuiltinOperator operator, BinaryFunction function, boolean broadcasts, List<TensorType> types)
    implements Op {
  private static final String ORDERED = "f32 f16 bf16 i8 u8 i16 i32 i64";
  private static final String BITS = "i8 u8 i16 u16 i32 u32";
  private static final String NUMBERS = "f16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool";

  static final OpSpec ATAN2 =
      spec(BuiltinOperator.ATAN2, BinaryFunction.ATAN2, 1, false, "f32 f16 bf16 f64");
  static final OpSpec BITWISE_XOR =
      spec(BuiltinOperator.BITWISE_XOR, BinaryFunction.XOR, 1, true, BITS);
  static final OpSpec FLOOR_DIV =
      spec(BuiltinOperator.FLOOR_DIV, BinaryFunction.FLOOR_DIV, 3, true, "f32 i8 i16 i32");
  static final OpSpec FLOOR_MOD =
      spec(BuiltinOperator.FLOOR_MOD, BinaryFunction.FLOOR_MOD, 2, true, "f32 i8 i16 i32 i64");
  static final OpSpec LOGICAL_AND =
      spec(BuiltinOperator.LOGICAL_AND, BinaryFunction.AND, 1, true, "bool");
  static final OpSpec LOGICAL_OR =
      spec(BuiltinOperator.LOGICAL_OR, BinaryFunction.OR, 1, true, "bool");
  static final OpSpec MAXIMUM =
      spec(BuiltinOperator.MAXIMUM, BinaryFunction.MAXIMUM, 4, true, ORDERED);
  static final OpSpec MINIMUM =
      spec(BuiltinOperator.MINIMUM, BinaryFunction.MINIMUM, 4, true, ORDERED);
  static final OpSpec POW = spec(BuiltinOperator.POW, BinaryFunction.POW, 1, true, "f32 i32");
  static final OpSpec RIGHT_SHIFT =
      spec(BuiltinOperator.RIGHT_SHIFT, BinaryFunction.SHIFT_RIGHT, 1, true, BITS);
  static final OpSpec STABLEHLO_ADD =
      spec(BuiltinOperator.STABLEHLO_ADD, BinaryFunction.ADD, 1, false, NUMBERS);
  static final OpSpec STABLEHLO_AND =
      spec(
          BuiltinOperator.STABLEHLO_AND,
          BinaryFunction.AND,
          1,
          false,
          "i8 i16 i32 i64 u8 u16 u32 u64 bool");
  static final OpSpec STABLEHLO_MAXIMUM =
      spec(BuiltinOperator.STABLEHLO_MAXIMUM, BinaryFunction.MAXIMUM, 1, false, NUMBERS);
  static final OpSpec STABLEHLO_MINIMUM =
      spec(BuiltinOperator.STABLEHLO_MINIMUM, BinaryFunction.MINIMUM, 1, false, NUMBERS);
  static final OpSpec STABLEHLO_MULTIPLY =
      spec(BuiltinOperator.STABLEHLO_MULTIPLY, BinaryFunction.MUL, 1, false, NUMBERS);
  static final OpSpec STABLEHLO_SHIFT_LEFT =
      spec(BuiltinOperator.STABLEHLO_SHIFT_LEFT, BinaryFunction.SHIFT_LEFT, 1, false, "i8 i16 i32");

  private static OpSpec spec(
      BuiltinOperator operator,
      BinaryFunction function,
      int version,
      boolean broadcasts,
      String types) {
    List<TensorType> kinds = List.of(TypeNames.types(List.of(types.split(" "))));
    return new OpSpec(
        operator, version, types, o -> new Elementwise(operator, function, broadcasts, kinds));
  }

  @Override
  public String name() {
    return operator.name();
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value a = node.input(0);
    node.type(a, types.toArray(TensorType[]::new));
    node.type(node.input(1), a.type());
    node.type(node.output(0), a.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value a = node.input(0);
    Value b = node.input(1);
    node.require(broadcasts || Arrays.equals(a.shape(), b.shape()), b, "has not the shape of " + a);
    return new int[][] {Broadcasting.shape(node, a, b)};
  }

  @Override
  public boolean pointwise(NodeContext node) {
    return operator == BuiltinOperator.MAXIMUM || operator == BuiltinOperator.MINIMUM;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    code(a, b).emit(emitter, a, b, node.output(0));
  }

  private BinaryFunction code(Value a, Value b) {
    if (a.type() == TensorType.BOOL) {
      return switch (function) {
        case ADD, MAXIMUM -> BinaryFunction.OR;
        case MUL, MINIMUM -> BinaryFunction.AND;
        default -> function;
      };
    }
    boolean single = b.elements() == 1 && !Arrays.equals(a.shape(), b.shape());
    boolean wraps = function == BinaryFunction.POW && a.type() == TensorType.INT32 && single;
    return wraps ? BinaryFunction.POW_WRAPPING : function;
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return function.fold(node);
  }
}
