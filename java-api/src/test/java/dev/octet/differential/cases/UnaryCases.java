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

/** Operators of one input whose output has its shape and type. */
final class UnaryCases implements OpCases {
  private static final float MAX_SCALE = 0.2f;

  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    for (String name : new String[] {"NEG", "ROUND", "FLOOR", "TANH", "LOGISTIC"}) {
      halves(all, name);
    }
    for (String name : new String[] {"ABS", "NEG", "SIGN", "SIN", "COS", "CEIL", "FLOOR"}) {
      add(all, name, "f32", m -> real(m, name, -10, 10));
    }
    add(all, "SIN", "f32", m -> real(m, "SIN", -1e5, 1e5));
    add(all, "COS", "f32", m -> real(m, "COS", -8192, 8192));
    add(all, "GELU", "f32", UnaryCases::gelu);
    for (String name : new String[] {"TANH", "LOGISTIC", "ELU", "HARD_SWISH", "GELU"}) {
      if (!name.equals("GELU")) {
        add(all, name, "f32", m -> real(m, name, -20, 20));
      }
      add(all, name, "f32", m -> real(m, name, -1, 1));
    }
    for (String name : new String[] {"RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1"}) {
      add(all, name, "f32", m -> real(m, name, -8, 8));
      add(all, name, "i8", m -> quantized(m, name, TensorType.INT8));
      add(all, name, "u8", m -> quantized(m, name, TensorType.UINT8));
    }
    for (String name : new String[] {"RELU", "RELU6", "LEAKY_RELU"}) {
      add(all, name, "i16", m -> quantized(m, name, TensorType.INT16));
    }
    add(all, "LEAKY_RELU", "f32", m -> real(m, "LEAKY_RELU", -8, 8));
    add(all, "ROUND", "f32", UnaryCases::round);
    add(all, "SQUARE", "f32", m -> real(m, "SQUARE", -30, 30));
    add(all, "SQRT", "f32", m -> real(m, "SQRT", 0, 100));
    add(all, "RSQRT", "f32", m -> real(m, "RSQRT", 0.001, 100));
    add(all, "EXP", "f32", m -> real(m, "EXP", -100, m.any(1.0, 10.0, 88.0)));
    add(all, "LOG", "f32", m -> real(m, "LOG", 0, m.any(1.0, 3.0, 1e30)));
    add(all, "FAKE_QUANT", "f32", m -> real(m, "FAKE_QUANT", -8, 8));
    for (String name : new String[] {"TANH", "LOGISTIC", "GELU", "HARD_SWISH", "LEAKY_RELU"}) {
      add(all, name, "i8", m -> quantized(m, name, TensorType.INT8));
      add(all, name, "u8", m -> quantized(m, name, TensorType.UINT8));
    }
    for (String name : new String[] {"ELU", "EXP", "LOG", "ABS"}) {
      add(all, name, "i8", m -> quantized(m, name, TensorType.INT8));
    }
    for (String name : new String[] {"TANH", "LOGISTIC", "GELU", "EXP", "LOG"}) {
      add(all, name, "i16", m -> quantized(m, name, TensorType.INT16));
    }
    add(all, "ABS", "i16", m -> absolute(m));
    add(all, "RSQRT", "i8", m -> reciprocalRoot(m, TensorType.INT8));
    add(all, "RSQRT", "i16", m -> reciprocalRoot(m, TensorType.INT16));
    for (String name : new String[] {"ABS i32", "SIGN i32", "NEG i8", "NEG i16", "NEG i32"}) {
      plain(all, name);
    }
    for (String name : new String[] {"NEG i64", "SIGN f64", "LOGICAL_NOT bool"}) {
      plain(all, name);
    }
    for (String name : new String[] {"ZEROS_LIKE f32", "ZEROS_LIKE i32", "ZEROS_LIKE i64"}) {
      plain(all, name);
    }
    return all;
  }

  private static void add(
      List<OpGenerator> all, String name, String types, java.util.function.Consumer<SingleOp> of) {
    all.add(new OpGenerator(name, types, of));
  }

  private static int[] shape(SingleOp m) {
    if (m.chance(0.05)) {
      return new int[] {m.number(0, 1), m.number(0, 3)};
    }
    return m.shape(m.number(0, 5), m.any(3, 5, 9));
  }

  private static void operator(SingleOp m, String name, int x, int y) {
    Table options =
        switch (name) {
          case "LEAKY_RELU" ->
              Table.builder("LeakyReluOptions").set("alpha", m.real(-0.5, 1.5)).build();
          case "GELU" -> Table.builder("GeluOptions").set("approximate", m.chance(0.5)).build();
          case "FAKE_QUANT" ->
              Table.builder("FakeQuantOptions")
                  .set("min", m.real(-7, 0))
                  .set("max", m.real(0.01, 7))
                  .set("num_bits", m.any(2, 4, 8, 8, 16))
                  .build();
          default -> null;
        };
    m.operator(BuiltinOperator.valueOf(name), 1, options, in(x), y);
  }

  private static void real(SingleOp m, String name, double least, double greatest) {
    int[] shape = shape(m);
    int x =
        m.input(
            TensorType.FLOAT32, () -> m.floats(SingleOp.product(shape), least, greatest), shape);
    operator(m, name, x, m.output(TensorType.FLOAT32));
  }

  /** With a 1 among them, beside which what the peer's 1 + tanh cancels is little. */
  private static void gelu(SingleOp m) {
    int[] shape = shape(m);
    int count = SingleOp.product(shape);
    int x =
        m.input(
            TensorType.FLOAT32,
            () -> {
              byte[] floats = m.floats(count, -20, 20);
              if (count > 0) {
                ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN).putFloat(1);
              }
              return floats;
            },
            shape);
    operator(m, "GELU", x, m.output(TensorType.FLOAT32));
  }

  /** Halves among them. */
  private static void round(SingleOp m) {
    int[] shape = shape(m);
    int count = SingleOp.product(shape);
    int x =
        m.input(
            TensorType.FLOAT32,
            () -> {
              ByteBuffer floats = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
              for (int i = 0; i < count; i++) {
                floats.putFloat(m.chance(0.5) ? m.number(-40, 40) / 2f : m.real(-40, 40));
              }
              return floats.array();
            },
            shape);
    operator(m, "ROUND", x, m.output(TensorType.FLOAT32));
  }

  private static void halves(List<OpGenerator> all, String name) {
    for (TensorType type : new TensorType[] {TensorType.FLOAT16, TensorType.BFLOAT16}) {
      boolean half = type == TensorType.FLOAT16;
      add(
          all,
          name,
          half ? "f16" : "bf16",
          m -> {
            if (name.equals("TANH") || name.equals("LOGISTIC")) {
              // the peer rounds every step of its formula, this library the result
              m.tolerance(half ? 0x1p-9 : 0x1p-6);
            }
            operator(m, name, m.input(type, shape(m)), m.output(type));
          });
    }
  }

  private static void plain(List<OpGenerator> all, String nameAndType) {
    String name = nameAndType.substring(0, nameAndType.indexOf(' '));
    String types = nameAndType.substring(name.length() + 1);
    TensorType type =
        switch (types) {
          case "i8" -> TensorType.INT8;
          case "i16" -> TensorType.INT16;
          case "i32" -> TensorType.INT32;
          case "i64" -> TensorType.INT64;
          case "f64" -> TensorType.FLOAT64;
          case "bool" -> TensorType.BOOL;
          default -> TensorType.FLOAT32;
        };
    add(all, name, types, m -> operator(m, name, m.input(type, shape(m)), m.output(type)));
  }

  private static void quantized(SingleOp m, String name, TensorType type) {
    boolean wide = type == TensorType.INT16;
    boolean sigmoid = name.equals("LOGISTIC") || name.equals("TANH");
    double steps = wide ? 256 : 1;
    // larger numbers than e^20 leave int32, where the peer's conversion is undefined
    float scale = m.scale(0.001 / steps, (name.equals("EXP") ? 0.05 : MAX_SCALE) / steps);
    if (wide && sigmoid && m.chance(0.5)) {
      scale = (float) Math.scalb(1.0, m.number(-13, -10));
    }
    float to = m.scale(0.001 / steps, MAX_SCALE / steps);
    if (wide && sigmoid) {
      to = 1f / 32768;
    } else if (name.equals("LOGISTIC")) {
      to = 1f / 256;
    } else if (name.equals("ABS") && m.chance(0.3)) {
      to = scale;
    }
    if (wide && name.equals("GELU")) {
      m.exactSteps(1);
    }
    int x = m.quantizedInput(type, scale, shape(m));
    operator(m, name, x, m.quantizedOutput(type, to));
  }

  private static void absolute(SingleOp m) {
    if (m.chance(0.5)) {
      quantized(m, "ABS", TensorType.INT16);
    } else {
      operator(m, "ABS", m.input(TensorType.INT16, shape(m)), m.output(TensorType.INT16));
    }
  }

  /** Numbers from the zero point on, which the peer asks for. */
  private static void reciprocalRoot(SingleOp m, TensorType type) {
    int[] shape = shape(m);
    boolean wide = type == TensorType.INT16;
    int zero = wide ? 0 : m.number(-128, 100);
    int greatest = wide ? 32767 : 127;
    int x = m.input(type, () -> m.integers(type, SingleOp.product(shape), zero, greatest), shape);
    m.quantize(x, type, m.scale(1e-4, 0.1), zero);
    int y = m.output(type);
    m.quantize(y, type, m.scale(1e-4, 0.1), wide ? 0 : m.zero(type));
    operator(m, "RSQRT", x, y);
  }
}
