// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernel;
import dev.octet.program.Kernels;
import dev.octet.program.WeightsBuilder;
import dev.octet.tflite.Activation;
import java.nio.ByteBuffer;

/**
 * What CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV share: x, w and an optional bias; the types
 * that go together; requantization from the scales of x, w and y; the kernels.
 *
 * @param channelAxis the axis of w along which it may be quantized per channel
 * @param exact the form of exact numerics for int8, and of int16 with an int32 bias, measured on
 *     TensorFlow Lite 2.20
 * @param absentBias the type that a bias of int16 would have where there is none: INT32, or any
 *     other for int64
 * @param input which input is x; w is input 1, and bias is input 2 or the one behind x
 */
record Convolution(
    Activation activation, int channelAxis, Form exact, TensorType absentBias, int input) {
  /** The 16-bit multiplier of int16 leaves so many bits to shift by. */
  private static final int MAX_SHIFT = 14;

  /** The 8-bit kernels' number for sums that become float32. */
  private static final int REAL_ROUNDING = 3;

  Convolution(Activation activation, int channelAxis, Form exact) {
    this(activation, channelAxis, exact, TensorType.INT64, 0);
  }

  /** The same with another form of exact numerics. */
  Convolution rounding(Form exact) {
    return new Convolution(activation, channelAxis, exact, absentBias, input);
  }

  /** What the elements are. */
  enum Kind {
    /** All float32. */
    REAL,
    /** int8 or uint8, with weights of the same type (int8: also int4) and int32 bias. */
    BYTES,
    /** int16, with int8 or int4 weights and a bias of int32 or int64; zero points 0. */
    WORDS,
    /** float32 x, y and bias, int8 or int4 weights; x is quantized to int8 at run time. */
    HYBRID
  }

  Value x(NodeContext node) {
    return node.input(input);
  }

  /** The bias, or null. */
  Value bias(NodeContext node) {
    return node.optional(biasIndex());
  }

  private int biasIndex() {
    return input == 0 ? 2 : input + 1;
  }

  Kind kind(NodeContext node) {
    TensorType w = node.input(1).type();
    return switch (x(node).type()) {
      case FLOAT32 -> w == TensorType.FLOAT32 ? Kind.REAL : Kind.HYBRID;
      case INT16 -> Kind.WORDS;
      default -> Kind.BYTES;
    };
  }

  /** Checks arity, types and quantization of x, w, bias and y. */
  void check(NodeContext node, boolean int4) {
    node.arity(biasIndex(), biasIndex() + 1, 1);
    OutputRange.check(node, activation);
    Value x = x(node);
    Value w = node.input(1);
    node.type(x, TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    node.type(node.output(0), x.type());
    switch (x.type()) {
      case FLOAT32 ->
          node.type(
              w, TensorType.FLOAT32, TensorType.INT8, int4 ? TensorType.INT4 : TensorType.INT8);
      case UINT8 -> node.type(w, TensorType.UINT8);
      default -> node.type(w, TensorType.INT8, int4 ? TensorType.INT4 : TensorType.INT8);
    }
    Kind kind = kind(node);
    Value bias = bias(node);
    if (bias != null) {
      switch (kind) {
        case REAL, HYBRID -> node.type(bias, TensorType.FLOAT32);
        case BYTES -> node.type(bias, TensorType.INT32);
        default -> node.type(bias, TensorType.INT32, TensorType.INT64);
      }
    }
    if (kind != Kind.REAL) {
      checkQuantization(node, kind);
    }
  }

  private void checkQuantization(NodeContext node, Kind kind) {
    Value x = x(node);
    Value w = node.input(1);
    Value y = node.output(0);
    Value bias = bias(node);
    node.require(w.constant(), w, "quantized weights are not constant");
    node.require(
        bias == null || bias.constant(), bias, "the bias of quantized weights is not constant");
    if (kind != Kind.HYBRID) {
      node.perTensor(x);
      node.perTensor(y);
    }
    if (kind == Kind.WORDS) {
      node.require(x.quantization().zeroPoint() == 0, x, "int16 has a zero point that is not 0");
      node.require(y.quantization().zeroPoint() == 0, y, "int16 has a zero point that is not 0");
    }
    node.require(w.quantization() != null, w, "has no quantization parameters");
    if (w.quantization().perAxis()) {
      node.require(
          kind != Kind.BYTES || x.type() == TensorType.INT8,
          w,
          "uint8 weights are quantized per axis");
      node.require(
          w.quantization().dimension() == channelAxis,
          w,
          "is quantized along axis " + w.quantization().dimension() + ", not " + channelAxis);
    }
    for (int c = 0; c < w.quantization().size(); c++) {
      node.require(
          w.quantization().zeroPoint(c) == 0 || kind == Kind.BYTES && !w.quantization().perAxis(),
          w,
          "has a zero point that is not 0");
    }
  }

  /**
   * Requires as many scales as channels where w has several, a bias of that many elements, and
   * factors that fit the kernels.
   */
  void checkChannels(NodeContext node, int channels) {
    Value w = node.input(1);
    if (w.quantization() != null && w.quantization().perAxis() && kind(node) != Kind.REAL) {
      node.require(
          w.quantization().size() == channels,
          w,
          "has " + w.quantization().size() + " scales, not " + channels);
    }
    if (kind(node) == Kind.WORDS) {
      for (int shift : multipliers(node, channels).shift()) {
        node.require(shift <= MAX_SHIFT, w, "scales multiply the sums by over 2^" + MAX_SHIFT);
      }
    }
    Value bias = bias(node);
    if (bias != null) {
      node.require(bias.elements() == channels, bias, "does not have " + channels + " elements");
    }
  }

  /**
   * The form of requantization; exact uint8 sums are rounded half away from zero everywhere, and
   * int16 has no form of fast numerics.
   */
  Form form(NodeContext node, Emitter emitter) {
    if (kind(node) == Kind.WORDS) {
      TensorType bias = bias(node) == null ? absentBias : bias(node).type();
      return bias == TensorType.INT32 ? exact : Form.WIDE;
    }
    boolean unsigned = x(node).type() == TensorType.UINT8;
    return Form.of(emitter.numerics(), unsigned ? Form.HALF_AWAY : exact);
  }

  Multipliers multipliers(NodeContext node, int channels) {
    Quantization weights = node.input(1).quantization();
    boolean single = x(node).type() == TensorType.UINT8;
    return Multipliers.of(
        x(node).quantization().scale(),
        weights,
        node.output(0).quantization().scale(),
        channels,
        single);
  }

  /** True when w and bias are known at compile time, so that they can be packed. */
  boolean packable(NodeContext node) {
    return node.input(1).constant() && (bias(node) == null || bias(node).constant());
  }

  private ByteBuffer biasContents(NodeContext node) {
    Value bias = bias(node);
    return bias == null ? ByteBuffer.allocate(0) : bias.contents();
  }

  /** One scale of w for each channel. */
  static float[] scales(Quantization weights, int channels) {
    float[] scales = new float[channels];
    for (int c = 0; c < channels; c++) {
      scales[c] = weights.scale(c);
    }
    return scales;
  }

  /**
   * Sets x, w, bias, the operands and parameters of requantization, and y, for a plain kernel.
   *
   * @param rows the quantized x of a hybrid operator, else null
   */
  InstructionBuilder plain(
      NodeContext node, Emitter emitter, Kernel kernel, int channels, QuantizedRows rows) {
    return PlainConvolution.instruction(this, node, emitter, kernel, channels, rows);
  }

  /**
   * Sets x, y, the packed weights and all but the window (strides, dilation of h, padding) for the
   * packed kernel of the operator's kind.
   *
   * @param rows the quantized x of a hybrid operator, else null
   */
  InstructionBuilder packed(
      NodeContext node, Emitter emitter, Filter filter, QuantizedRows rows, Phase phase) {
    return phase.set(
        switch (kind(node)) {
          case REAL ->
              packedFloat(
                      node,
                      emitter,
                      Kernels.CONV_F32,
                      filter.key(),
                      filter.contents(),
                      filter::dimensions)
                  .i32("dilation_w", filter.dilationW());
          case BYTES ->
              rowsAbsent(
                  packedInteger(
                      node,
                      emitter,
                      Kernels.GEMM_I8,
                      filter.key(),
                      filter.co(),
                      filter.contents(),
                      entry -> filter.dimensions(entry).i32("dilation_w", filter.dilationW())));
          case WORDS ->
              packedWords(
                  node,
                  emitter,
                  Kernels.CONV_I16,
                  filter,
                  entry ->
                      filter
                          .dimensions(entry)
                          .i32("dilation_w", filter.dilationW())
                          .i32("form", form(node, emitter).ordinal()));
          case HYBRID ->
              packedHybrid(
                  node,
                  emitter,
                  Kernels.GEMM_I8,
                  filter.key(),
                  filter.co(),
                  filter.contents(),
                  entry -> filter.dimensions(entry).i32("dilation_w", filter.dilationW()),
                  rows);
        });
  }

  /** Sets what only float results of an 8-bit kernel need. */
  static InstructionBuilder rowsAbsent(InstructionBuilder instruction) {
    return instruction
        .in("x_scale", (Value) null)
        .in("x_zeros", (Value) null)
        .f32("act_min", 0)
        .f32("act_max", 0);
  }

  /**
   * Sets x, its scales, the packed weights, y and the activation for a packed 8-bit kernel whose
   * results are float.
   */
  InstructionBuilder packedHybrid(
      NodeContext node,
      Emitter emitter,
      Kernel kernel,
      String key,
      int channels,
      ByteBuffer filter,
      WeightsBuilder.Filler dimensions,
      QuantizedRows rows) {
    OutputRange range = OutputRange.of(activation);
    int weights =
        emitter.weights(
            key(node, key),
            kernel,
            entry -> {
              dimensions.fill(entry);
              entry
                  .i32("x_zero", 128)
                  .i32("w_zero", 0)
                  .i32("rounding", REAL_ROUNDING)
                  .part(filter)
                  .part(biasContents(node))
                  .part(scales(node.input(1).quantization(), channels))
                  .part(new int[0])
                  .part(new int[0]);
            });
    InstructionBuilder instruction = emitter.instruction(kernel);
    return rows.scales(instruction.in("x", rows.x()))
        .weights("weights", weights)
        .out("y", node.output(0))
        .i32("y_zero", 0)
        .i32("y_min", 0)
        .i32("y_max", 0)
        .f32("act_min", range.low())
        .f32("act_max", range.high());
  }

  /** Sets x, y, the packed weights and the activation for a packed kernel of int16. */
  InstructionBuilder packedWords(
      NodeContext node,
      Emitter emitter,
      Kernel kernel,
      Filter filter,
      WeightsBuilder.Filler dimensions) {
    OutputRange range = OutputRange.of(activation);
    int weights =
        emitter.weights(
            key(node, filter.key()),
            kernel,
            entry -> {
              Multipliers m = multipliers(node, filter.co());
              dimensions.fill(entry);
              entry.part(filter.contents()).part(biasContents(node));
              entry.part(m.multiplier()).part(m.shift());
            });
    return emitter
        .instruction(kernel)
        .in("x", x(node))
        .weights("weights", weights)
        .out("y", node.output(0))
        .i32("y_min", range.min(node.output(0)))
        .i32("y_max", range.max(node.output(0)));
  }

  private static String key(NodeContext node, String part) {
    return "node " + node.node().index() + part;
  }

  /** Sets x, y, the packed weights and the activation for a packed float kernel. */
  InstructionBuilder packedFloat(
      NodeContext node,
      Emitter emitter,
      Kernel kernel,
      String key,
      ByteBuffer filter,
      WeightsBuilder.Filler dimensions) {
    OutputRange range = OutputRange.of(activation);
    int weights =
        emitter.weights(
            key(node, key),
            kernel,
            entry -> {
              dimensions.fill(entry);
              entry.part(filter).part(biasContents(node));
            });
    return emitter
        .instruction(kernel)
        .in("x", x(node))
        .weights("weights", weights)
        .out("y", node.output(0))
        .f32("act_min", range.low())
        .f32("act_max", range.high());
  }

  /**
   * Sets x, y, the packed weights and the output range for a packed 8-bit kernel, which counts in
   * uint8: int8 zero points and limits are raised by 128, uint8 weights lowered by it.
   */
  InstructionBuilder packedInteger(
      NodeContext node,
      Emitter emitter,
      Kernel kernel,
      String key,
      int channels,
      ByteBuffer filter,
      WeightsBuilder.Filler dimensions) {
    Value x = x(node);
    Value w = node.input(1);
    Value y = node.output(0);
    boolean unsigned = x.type() == TensorType.UINT8;
    int raise = unsigned ? 0 : 128;
    Form form = form(node, emitter);
    int weights =
        emitter.weights(
            key(node, key),
            kernel,
            entry -> {
              dimensions.fill(entry);
              Multipliers m = multipliers(node, channels);
              boolean real = form == Form.FLOAT;
              entry
                  .i32("x_zero", x.quantization().zeroPoint() + raise)
                  .i32("w_zero", w.quantization().zeroPoint() - (unsigned ? 128 : 0))
                  .i32("rounding", form.ordinal())
                  .part(unsigned ? lowered(filter) : filter)
                  .part(biasContents(node))
                  .part(real ? m.scale() : new float[0])
                  .part(real ? new int[0] : m.multiplier())
                  .part(real ? new int[0] : m.shift());
            });
    OutputRange range = OutputRange.of(activation);
    return emitter
        .instruction(kernel)
        .in("x", x)
        .weights("weights", weights)
        .out("y", y)
        .i32("y_zero", y.quantization().zeroPoint() + raise)
        .i32("y_min", range.min(y) + raise)
        .i32("y_max", range.max(y) + raise);
  }

  /** A matrix [rows,columns] of elements of {@code bytes} as [columns,rows]. */
  static ByteBuffer transposed(ByteBuffer matrix, int rows, int columns, int bytes) {
    ByteBuffer result = ByteBuffer.allocate(rows * columns * bytes);
    byte[] element = new byte[bytes];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        matrix.get((row * columns + column) * bytes, element);
        result.put((column * rows + row) * bytes, element);
      }
    }
    return result;
  }

  private static ByteBuffer lowered(ByteBuffer unsigned) {
    ByteBuffer signed = ByteBuffer.allocate(unsigned.remaining());
    for (int i = 0; i < signed.capacity(); i++) {
      signed.put(i, (byte) (unsigned.get(unsigned.position() + i) ^ 0x80));
    }
    return signed;
  }
}
