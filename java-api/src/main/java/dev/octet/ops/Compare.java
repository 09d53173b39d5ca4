// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER and GREATER_EQUAL with broadcasting: two values of
 * one type, the result bool. Quantized numbers are compared at their scales in fixed point with 8
 * more bits, HALF_AWAY, as TensorFlow Lite's built-in kernel does; where a scale is 1 or more,
 * which that kernel's arithmetic does not hold, both are halved until none is. Strings are compared
 * by bytes.
 */
record Compare(BuiltinOperator operator, BinaryFunction function, List<TensorType> types)
    implements HostOp {
  static final OpSpec EQUAL =
      spec(BuiltinOperator.EQUAL, BinaryFunction.EQUAL, 4, "f32 i8 u8 i16 i32 i64 bool str");
  static final OpSpec NOT_EQUAL =
      spec(BuiltinOperator.NOT_EQUAL, BinaryFunction.NOT_EQUAL, 3, "f32 i8 u8 i32 i64 bool str");
  static final OpSpec LESS =
      spec(BuiltinOperator.LESS, BinaryFunction.LESS, 3, "f32 f16 bf16 i8 u8 i16 i32 i64");
  static final OpSpec LESS_EQUAL =
      spec(BuiltinOperator.LESS_EQUAL, BinaryFunction.LESS_EQUAL, 2, "f32 i8 u8 i32 i64");
  static final OpSpec GREATER =
      spec(BuiltinOperator.GREATER, BinaryFunction.GREATER, 2, "f32 i8 u8 i32 i64");
  static final OpSpec GREATER_EQUAL =
      spec(BuiltinOperator.GREATER_EQUAL, BinaryFunction.GREATER_EQUAL, 3, "f32 i8 u8 i16 i32 i64");

  private static final int LEFT_SHIFT = 8;

  private static OpSpec spec(
      BuiltinOperator operator, BinaryFunction function, int version, String types) {
    List<TensorType> kinds = List.of(TypeNames.types(List.of(types.split(" "))));
    return new OpSpec(operator, version, types, o -> new Compare(operator, function, kinds));
  }

  @Override
  public String name() {
    return operator.name();
  }

  private static boolean quantized(Value value) {
    return value.type() == TensorType.INT8 || value.type() == TensorType.UINT8;
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value a = node.input(0);
    Value b = node.input(1);
    node.type(a, types.toArray(TensorType[]::new));
    node.type(b, a.type());
    node.type(node.output(0), TensorType.BOOL);
    if (quantized(a)) {
      node.perTensor(a);
      node.perTensor(b);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {Broadcasting.shape(node, node.input(0), node.input(1))};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value a = node.input(0);
    Value b = node.input(1);
    Value y = node.output(0);
    if (a.type() == TensorType.STRING) {
      emitter.host(node, this);
    } else if (quantized(a)) {
      float aScale = a.quantization().scale();
      float bScale = b.quantization().scale();
      int down = Math.max(-1, Math.getExponent(Math.max(aScale, bScale))) + 1;
      Multipliers factors =
          Multipliers.of(Math.scalb((double) aScale, -down), Math.scalb((double) bScale, -down));
      int aZero = a.quantization().zeroPoint();
      int bZero = b.quantization().zeroPoint();
      PairTable.emit(
          emitter,
          name(),
          a,
          b,
          y,
          false,
          (p, q) -> {
            int first =
                FixedPoint.multiply(
                    (p - aZero) << LEFT_SHIFT, factors.multiplier()[0], factors.shift()[0]);
            int second =
                FixedPoint.multiply(
                    (q - bZero) << LEFT_SHIFT, factors.multiplier()[1], factors.shift()[1]);
            return holds(Integer.compare(first, second)) ? 1 : 0;
          });
    } else {
      function.emit(emitter, a, b, y);
    }
  }

  /** Whether the comparison holds of numbers in this order. */
  private boolean holds(int order) {
    return switch (function) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      default -> order >= 0;
    };
  }

  @Override
  public void run(HostCall call) {
    HostTensor a = call.input(0);
    HostTensor b = call.input(1);
    int[] shape = call.node().output(0).shape();
    ByteBuffer y = call.output(0, shape);
    for (int i = 0; i < y.limit(); i++) {
      ByteBuffer first = string(a, Broadcasting.source(shape, i, a.shape()));
      ByteBuffer second = string(b, Broadcasting.source(shape, i, b.shape()));
      y.put(i, (byte) (first.equals(second) == (function == BinaryFunction.EQUAL) ? 1 : 0));
      if (i % 4096 == 0) {
        call.checkStopped();
      }
    }
  }

  private static ByteBuffer string(HostTensor strings, int i) {
    ByteBuffer data = strings.data();
    int start = data.getInt(4 + 4 * i);
    return data.slice(start, data.getInt(8 + 4 * i) - start);
  }

  @Override
  public ByteBuffer fold(NodeContext node) {
    return function.fold(node);
  }
}
