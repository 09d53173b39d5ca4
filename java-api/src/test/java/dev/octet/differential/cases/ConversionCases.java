// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Operators from one type of elements to another. */
final class ConversionCases implements OpCases {
  private static final Map<String, TensorType> TYPES =
      new TreeMap<>(
          Map.of(
              "f32", TensorType.FLOAT32,
              "f64", TensorType.FLOAT64,
              "i8", TensorType.INT8,
              "u8", TensorType.UINT8,
              "i16", TensorType.INT16,
              "i32", TensorType.INT32,
              "u32", TensorType.UINT32,
              "i64", TensorType.INT64,
              "bool", TensorType.BOOL,
              "c64", TensorType.COMPLEX64));

  private static final Double[] BEYOND = {
    1e3,
    -7e4,
    3e9,
    -5e9,
    1e19,
    -1e30,
    2147483520.0,
    2147483392.0,
    -2147483648.0,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  static {
    TYPES.put("f16", TensorType.FLOAT16);
    TYPES.put("bf16", TensorType.BFLOAT16);
    TYPES.put("u16", TensorType.UINT16);
  }

  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    TYPES.forEach(
        (name, type) -> {
          all.add(new OpGenerator("CAST", name, m -> cast(m, type)));
          all.add(new OpGenerator("BITCAST", name, m -> bitcast(m, type)));
        });
    all.add(new OpGenerator("BITCAST", "u64", m -> bitcast(m, TensorType.UINT64)));
    all.add(new OpGenerator("BITCAST", "c128", m -> bitcast(m, TensorType.COMPLEX128)));
    all.add(new OpGenerator("CAST", "i4", m -> four(m, BuiltinOperator.CAST)));
    all.add(new OpGenerator("DEQUANTIZE", "i4", m -> four(m, BuiltinOperator.DEQUANTIZE)));
    for (String name : new String[] {"REAL", "IMAG", "COMPLEX_ABS"}) {
      all.add(
          new OpGenerator(
              name, "c64", m -> part(m, name, TensorType.COMPLEX64, TensorType.FLOAT32)));
      all.add(
          new OpGenerator(
              name, "c128", m -> part(m, name, TensorType.COMPLEX128, TensorType.FLOAT64)));
    }
    for (String name : new String[] {"f32", "i8", "u8", "i16", "i32"}) {
      all.add(new OpGenerator("QUANTIZE", name, m -> quantize(m, TYPES.get(name))));
    }
    all.add(new OpGenerator("QUANTIZE", "f32", ConversionCases::quantizeAxis));
    for (String name : new String[] {"i8", "u8", "i16", "f16"}) {
      all.add(new OpGenerator("DEQUANTIZE", name, m -> dequantize(m, TYPES.get(name))));
    }
    all.add(new OpGenerator("DEQUANTIZE", "i8pc", ConversionCases::dequantizeAxis));
    return all;
  }

  private static int[] shape(SingleOp m) {
    if (m.chance(0.05)) {
      return new int[] {m.number(0, 1), m.number(0, 3)};
    }
    return m.shape(m.number(0, 5), m.any(3, 5, 9));
  }

  private static void cast(SingleOp m, TensorType from) {
    int[] shape = shape(m);
    TensorType to = m.any(TYPES.values().toArray(new TensorType[0]));
    int x = m.input(from, () -> numbers(m, from, to, SingleOp.product(shape)), shape);
    m.operator(BuiltinOperator.CAST, 1, Table.of("CastOptions"), in(x), m.output(to));
  }

  /** Real numbers that the other type holds when truncated, or where the peer saturates any. */
  private static byte[] numbers(SingleOp m, TensorType from, TensorType to, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * from.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    boolean real =
        from == TensorType.FLOAT32 || from == TensorType.FLOAT64 || from == TensorType.COMPLEX64;
    if (!real) {
      return m.contents(from, count);
    }
    boolean unsigned = to == TensorType.UINT8 || to == TensorType.UINT16 || to == TensorType.UINT32;
    boolean defined =
        switch (to) {
          case INT32, INT16, UINT8 -> from == TensorType.FLOAT32;
          case INT8, UINT16, UINT32, INT64 -> false;
          default -> true;
        };
    double greatest = Math.scalb(1.0, Math.min(to.bits(), 50) - 1) - 1;
    for (int i = 0; i < count; i++) {
      double x = m.chance(0.5) ? m.number(-1000, 1000) / 8.0 : greatest * m.real(-1, 1);
      x = Math.max(unsigned ? 0 : -greatest, Math.min(greatest, x));
      if (m.chance(0.1) && defined) {
        x = m.any(BEYOND);
      }
      switch (from) {
        case FLOAT32 -> bytes.putFloat((float) x);
        case FLOAT64 -> bytes.putDouble(x);
        default -> bytes.putFloat((float) x).putFloat(m.real(-1, 1));
      }
    }
    return bytes.array();
  }

  private static void bitcast(SingleOp m, TensorType from) {
    List<TensorType> targets = new ArrayList<>(TYPES.values());
    targets.add(TensorType.UINT64);
    targets.add(TensorType.COMPLEX128);
    TensorType to = targets.get(m.number(0, targets.size() - 1));
    int[] shape = m.shape(m.number(1, 4), 5);
    if (from.bytes() < to.bytes()) {
      shape[shape.length - 1] = to.bytes() / from.bytes();
    }
    int[] finalShape = shape;
    int x = m.input(from, () -> random(m, from.bytes() * SingleOp.product(finalShape)), shape);
    m.operator(BuiltinOperator.BITCAST, 1, Table.of("BitcastOptions"), in(x), m.output(to));
  }

  /** Bytes of which no four or eight make a number that is none, or a bool beside 0 and 1. */
  private static byte[] random(SingleOp m, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) m.number(0, 1);
    }
    return bytes;
  }

  private static void part(SingleOp m, String name, TensorType from, TensorType to) {
    int x = m.input(from, shape(m));
    m.operator(BuiltinOperator.valueOf(name), 1, null, in(x), m.output(to));
  }

  /** A constant of int4. */
  private static void four(SingleOp m, BuiltinOperator operator) {
    int count = m.number(1, 40);
    byte[] packed = new byte[(count + 1) / 2];
    m.random().nextBytes(packed);
    int rows = count % 3 == 0 ? 3 : 1;
    int x = m.constant(TensorType.INT4, packed, rows, count / rows);
    boolean cast = operator == BuiltinOperator.CAST;
    if (!cast && m.chance(0.5)) {
      float[] scales = new float[rows];
      for (int i = 0; i < rows; i++) {
        scales[i] = m.scale(0.01, 1);
      }
      m.graph().quantize(x, scales, new long[rows], 0);
    } else if (!cast) {
      m.graph().quantize(x, m.scale(0.01, 1), m.number(-8, 7));
    }
    Table options = Table.of(cast ? "CastOptions" : "DequantizeOptions");
    m.operator(operator, 1, options, in(x), m.output(TensorType.FLOAT32));
  }

  private static void quantize(SingleOp m, TensorType from) {
    TensorType to =
        switch (from) {
          case FLOAT32 -> m.any(TensorType.INT8, TensorType.UINT8, TensorType.INT16);
          case INT16 -> m.any(TensorType.INT8, TensorType.INT16, TensorType.INT32);
          case INT32 -> m.any(TensorType.INT8, TensorType.INT16);
          default -> m.any(TensorType.INT8, TensorType.UINT8);
        };
    boolean same = m.chance(0.2);
    float scale = m.scale(0.001, 0.1);
    int[] shape = shape(m);
    int x = m.quantizedInput(from, scale, shape);
    int y = m.quantizedOutput(to, same ? scale : m.scale(0.001, 0.1));
    m.operator(BuiltinOperator.QUANTIZE, 1, Table.of("QuantizeOptions"), in(x), y);
  }

  private static void axis(SingleOp m, int tensor, TensorType type, int... shape) {
    int axis = m.number(0, shape.length - 1);
    float[] scales = new float[shape[axis]];
    long[] zeros = new long[shape[axis]];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = m.scale(0.01, 0.1);
      zeros[c] = m.zero(type);
    }
    m.graph().quantize(tensor, scales, zeros, axis);
  }

  private static void quantizeAxis(SingleOp m) {
    TensorType to = m.any(TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    int[] shape = m.shape(m.number(1, 4), 6);
    int x = m.input(TensorType.FLOAT32, shape);
    int y = m.output(to);
    m.graph().tensor(y).set("shape", shape);
    axis(m, y, to, shape);
    m.operator(BuiltinOperator.QUANTIZE, 1, Table.of("QuantizeOptions"), in(x), y);
  }

  private static void dequantize(SingleOp m, TensorType from) {
    int[] shape = shape(m);
    int x = m.chance(0.3) ? constant(m, from, shape) : m.input(from, shape);
    if (from != TensorType.FLOAT16) {
      m.quantize(x, from, m.scale(0.001, 0.1), m.zero(from));
    }
    int y = m.output(TensorType.FLOAT32);
    m.operator(BuiltinOperator.DEQUANTIZE, 2, Table.of("DequantizeOptions"), in(x), y);
  }

  private static int constant(SingleOp m, TensorType type, int... shape) {
    return m.constant(type, m.contents(type, SingleOp.product(shape)), shape);
  }

  private static void dequantizeAxis(SingleOp m) {
    TensorType from = m.any(TensorType.INT8, TensorType.INT8, TensorType.UINT8);
    int[] shape = m.shape(m.number(1, 4), 6);
    int x = m.chance(0.5) ? constant(m, from, shape) : m.input(from, shape);
    axis(m, x, from, shape);
    int y = m.output(TensorType.FLOAT32);
    m.operator(BuiltinOperator.DEQUANTIZE, 5, Table.of("DequantizeOptions"), in(x), y);
  }
}
