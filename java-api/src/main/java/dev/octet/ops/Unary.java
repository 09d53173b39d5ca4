// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * {@code y = f(x)} element by element, x and y of one shape and type. Float32, float16 and bfloat16
 * are computed in float32 ({@code native/src/base/float_math.h} has the error bounds), whole
 * numbers exactly. Quantized ones of 8 bits go through a table of 256 numbers, of int16 through 513
 * points with straight lines between; both are TensorFlow Lite's, except that a number beyond int32
 * saturates where TensorFlow Lite's conversion is undefined.
 *
 * @param function f, where the numbers are not quantized
 */
record Unary(BuiltinOperator operator, List<String> types, UnaryFunction function) implements Op {
  private static final int MAX_FOLDED_BYTES = 1 << 16;

  static final OpSpec ABS = spec(BuiltinOperator.ABS, 5, "f32 i8 i16 i32", UnaryFunction.ABS);
  static final OpSpec CEIL = spec(BuiltinOperator.CEIL, 1, "f32", UnaryFunction.CEIL);
  static final OpSpec COS = spec(BuiltinOperator.COS, 2, "f32", UnaryFunction.COS);
  static final OpSpec ELU = spec(BuiltinOperator.ELU, 1, "f32 i8", UnaryFunction.ELU);
  static final OpSpec EXP = spec(BuiltinOperator.EXP, 2, "f32 i8 i16", UnaryFunction.EXP);
  static final OpSpec FLOOR = spec(BuiltinOperator.FLOOR, 1, "f32 f16 bf16", UnaryFunction.FLOOR);
  static final OpSpec LOG = spec(BuiltinOperator.LOG, 2, "f32 i8 i16", UnaryFunction.LOG);
  static final OpSpec LOGICAL_NOT =
      spec(BuiltinOperator.LOGICAL_NOT, 1, "bool", UnaryFunction.LOGICAL_NOT);
  static final OpSpec LOGISTIC =
      spec(BuiltinOperator.LOGISTIC, 3, "f32 f16 bf16 i8 u8 i16", UnaryFunction.LOGISTIC);
  static final OpSpec NEG =
      spec(BuiltinOperator.NEG, 1, "f32 f16 bf16 i8 i16 i32 i64", UnaryFunction.NEG);
  static final OpSpec ROUND = spec(BuiltinOperator.ROUND, 1, "f32 f16 bf16", UnaryFunction.ROUND);
  static final OpSpec RSQRT = spec(BuiltinOperator.RSQRT, 3, "f32 i8 i16", UnaryFunction.RSQRT);
  static final OpSpec SIGN = spec(BuiltinOperator.SIGN, 2, "f32 f64 i32", UnaryFunction.SIGN);
  static final OpSpec SIN = spec(BuiltinOperator.SIN, 2, "f32", UnaryFunction.SIN);
  static final OpSpec SQRT = spec(BuiltinOperator.SQRT, 2, "f32", UnaryFunction.SQRT);
  static final OpSpec SQUARE = spec(BuiltinOperator.SQUARE, 1, "f32", UnaryFunction.SQUARE);
  static final OpSpec TANH =
      spec(BuiltinOperator.TANH, 3, "f32 f16 bf16 i8 u8 i16", UnaryFunction.TANH);
  static final OpSpec ZEROS_LIKE =
      spec(BuiltinOperator.ZEROS_LIKE, 1, "f32 i32 i64", UnaryFunction.ZERO);
  static final OpSpec GELU =
      new OpSpec(
          BuiltinOperator.GELU,
          3,
          "f32 i8 u8 i16",
          o ->
              new Unary(
                  BuiltinOperator.GELU,
                  List.of("f32", "i8", "u8", "i16"),
                  o.options().bool("approximate") ? UnaryFunction.GELU_TANH : UnaryFunction.GELU));

  private static OpSpec spec(
      BuiltinOperator operator, int maxVersion, String types, UnaryFunction function) {
    Unary unary = new Unary(operator, List.of(types.split(" ")), function);
    return new OpSpec(operator, maxVersion, types, o -> unary);
  }

  @Override
  public String name() {
    return operator.name();
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 1);
    Value x = node.input(0);
    Value y = node.output(0);
    node.type(x, TypeNames.types(types));
    node.type(y, x.type());
    if (!quantized(x)) {
      return;
    }
    node.perTensor(x);
    node.perTensor(y);
    boolean wide = x.type() == TensorType.INT16;
    if (wide && (function == UnaryFunction.LOGISTIC || function == UnaryFunction.TANH)) {
      Sigmoid16.check(node);
    } else if (function == UnaryFunction.LOGISTIC) {
      node.require(y.quantization().scale() == 1f / 256, y, "scale is not 1/256");
    } else if (wide && operator != BuiltinOperator.GELU) {
      node.require(x.quantization().zeroPoint() == 0, x, "zero point is not 0");
      node.require(y.quantization().zeroPoint() == 0, y, "zero point is not 0");
    }
  }

  /** True when the numbers stand for others; NEG and unquantized ABS take them as they are. */
  private boolean quantized(Value x) {
    return switch (x.type()) {
      case INT8, UINT8 -> function != UnaryFunction.NEG;
      case INT16 ->
          function != UnaryFunction.NEG
              && (function != UnaryFunction.ABS || x.quantization() != null);
      default -> false;
    };
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    if (!quantized(x)) {
      emit(node, emitter, function, 0, 0, 0);
    } else if (x.type() != TensorType.INT16) {
      emitBytes(node, emitter);
    } else if (function == UnaryFunction.LOGISTIC || function == UnaryFunction.TANH) {
      Sigmoid16.emit(node, emitter, function == UnaryFunction.TANH);
    } else if (function == UnaryFunction.ABS) {
      Rescale16.emit(node, emitter, absoluteFactor(x, y), absoluteFactor(x, y).negated());
    } else {
      int least = function == UnaryFunction.RSQRT ? 0 : Integer.MIN_VALUE;
      LookupTables.emitPoints(node, emitter, real(y), least);
    }
  }

  /** The plain kernel. */
  static void emit(
      NodeContext node, Emitter emitter, UnaryFunction function, float a, float b, float c) {
    Value x = node.input(0);
    Value y = node.output(0);
    emitter
        .instruction(Kernels.UNARY)
        .in("x", x)
        .out("y", y)
        .i32("op", function.ordinal())
        .f32("a", a)
        .f32("b", b)
        .f32("c", c)
        .inPlace(y, x)
        .emit();
  }

  private void emitBytes(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    Value y = node.output(0);
    Quantization to = y.quantization();
    int zero = x.quantization().zeroPoint();
    if (function == UnaryFunction.ABS) {
      Rescale16.Factor factor = absoluteFactor(x, y);
      LookupTables.emit(
          node,
          emitter,
          q ->
              FixedPoint.clamp(
                  factor.of(Math.abs(q - zero)) + to.zeroPoint(), Byte.MIN_VALUE, Byte.MAX_VALUE));
    } else if (function == UnaryFunction.RSQRT) {
      ReciprocalRoot root = ReciprocalRoot.of(x.quantization().scale(), to.scale());
      LookupTables.emit(node, emitter, q -> root.of(Math.max(0, q - zero), to.zeroPoint()), zero);
    } else {
      LookupTables.emitReal(node, emitter, real(y));
    }
  }

  private static Rescale16.Factor absoluteFactor(Value x, Value y) {
    return Rescale16.Factor.of(x.quantization().scale() / y.quantization().scale());
  }

  /** f in float32, and what it gives outside its domain when y is quantized. */
  private LookupTables.Function real(Value y) {
    float scale = y.quantization().scale();
    float least = (OutputRange.least(y.type()) - y.quantization().zeroPoint()) * scale;
    return switch (function) {
      case EXP -> x -> (float) StrictMath.exp(x);
      case LOG -> x -> x <= 0 ? least : (float) StrictMath.log(x);
      case TANH -> x -> (float) StrictMath.tanh(x);
      case LOGISTIC -> x -> 1f / (1f + (float) StrictMath.exp(-x));
      case ELU -> x -> x < 0 ? (float) StrictMath.expm1(x) : x;
      case GELU -> x -> 0.5f * x * (float) Erf.erfc(x * -0.70710678f);
      case GELU_TANH ->
          x -> 0.5f * x * (1f + (float) StrictMath.tanh(0.79788456f * (x + 0.044715f * x * x * x)));
      case RSQRT -> x -> x <= 0 ? Short.MAX_VALUE * scale : 1f / (float) Math.sqrt(x);
      default -> throw new IllegalStateException(function + " has no table");
    };
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    // a larger one is faster written than kept
    return function == UnaryFunction.ZERO && node.output(0).bytes() <= MAX_FOLDED_BYTES
        ? ByteBuffer.allocate(Math.toIntExact(node.output(0).bytes()))
        : null;
  }

  @Override
  public boolean foldsByShape() {
    return function == UnaryFunction.ZERO;
  }

  @Override
  public boolean pointwise(NodeContext node) {
    return function != UnaryFunction.RSQRT || !quantized(node.input(0));
  }

  @Override
  public boolean acceptsFlip() {
    return function != UnaryFunction.NEG;
  }
}
