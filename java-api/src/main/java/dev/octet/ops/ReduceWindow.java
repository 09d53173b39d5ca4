// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * REDUCE_WINDOW (x, init, window, strides, dilations) and STABLEHLO_REDUCE_WINDOW (x, init): {@code
 * y[o]} is init joined with the elements of the window at {@code o * stride}, in row-major order,
 * by addition, multiplication, minimum, maximum, logical and or logical or. The StableHLO operator
 * first puts {@code base_dilation - 1} inits between elements and pads with inits (negative padding
 * cuts off); its body, a subgraph of one operator, names the operation. Types float32, float64,
 * int8, uint8, int16, int32, int64 and bool (as int8), integers as they are.
 *
 * @param function TensorFlow Lite's code of the operation, for REDUCE_WINDOW
 * @param options of STABLEHLO_REDUCE_WINDOW, or null
 */
record ReduceWindow(int function, Options options) implements Op {
  private static final String TYPES = "f32 f64 i8 u8 i16 i32 i64 bool";

  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.REDUCE_WINDOW,
          1,
          TYPES,
          o -> new ReduceWindow(o.options().integer("reduce_function"), null));
  static final OpSpec STABLEHLO =
      new OpSpec(
          BuiltinOperator.STABLEHLO_REDUCE_WINDOW,
          1,
          TYPES,
          o -> new ReduceWindow(0, Options.read(o.options())));

  /** The kernel's codes of TensorFlow Lite's 1 to 6: ADD, MUL, MINIMUM, MAXIMUM, ALL, ANY. */
  private static final int FUNCTIONS = 6;

  /** What the table of STABLEHLO_REDUCE_WINDOW holds; an empty vector has its default. */
  record Options(
      long[] window,
      long[] strides,
      long[] baseDilations,
      long[] dilations,
      long[] pads,
      int body) {
    static Options read(Table table) {
      return new Options(
          table.longs("window_dimensions"),
          table.longs("window_strides"),
          table.longs("base_dilations"),
          table.longs("window_dilations"),
          table.longs("padding"),
          table.integer("body_subgraph_index"));
    }
  }

  /** Of each axis; {@code high} is the padding behind. */
  private record Geometry(
      long[] window,
      long[] strides,
      long[] dilations,
      long[] baseDilations,
      long[] low,
      long[] high) {}

  @Override
  public String name() {
    return options == null ? "REDUCE_WINDOW" : "STABLEHLO_REDUCE_WINDOW";
  }

  @Override
  public void check(NodeContext node) {
    int inputs = options == null ? 5 : 2;
    node.arity(inputs, inputs, 1);
    Value x = node.input(0);
    node.type(
        x,
        TensorType.FLOAT32,
        TensorType.FLOAT64,
        TensorType.INT8,
        TensorType.UINT8,
        TensorType.INT16,
        TensorType.INT32,
        TensorType.INT64,
        TensorType.BOOL);
    node.type(node.input(1), x.type());
    node.type(node.output(0), x.type());
    for (int i = 2; i < inputs; i++) {
      node.type(node.input(i), TensorType.INT64);
    }
    int operation = operation(node);
    node.require(
        operation >= 0 && operation < FUNCTIONS, null, "has no known function of reduction");
  }

  /** The kernel's code; outside 0 to 5 for an unknown one. */
  private int operation(NodeContext node) {
    if (options == null) {
      return function - 1;
    }
    node.require(
        options.body() >= 0 && options.body() < node.graph().subgraphs().size(),
        null,
        "there is no subgraph " + options.body());
    Graph body = node.graph().subgraphs().get(options.body());
    node.require(
        body.nodes().size() == 1,
        null,
        "subgraph " + options.body() + " has " + body.nodes().size() + " operators, not one");
    return switch (body.nodes().get(0).op().name()) {
      case "ADD", "STABLEHLO_ADD" -> 0;
      case "MUL", "STABLEHLO_MULTIPLY" -> 1;
      case "MINIMUM", "STABLEHLO_MINIMUM" -> 2;
      case "MAXIMUM", "STABLEHLO_MAXIMUM" -> 3;
      case "LOGICAL_AND", "STABLEHLO_AND" -> 4;
      case "LOGICAL_OR", "STABLEHLO_OR" -> 5;
      default -> -1;
    };
  }

  /** The init is data; the window decides the shape. */
  @Override
  public boolean decides(NodeContext node, int i) {
    return i >= 2;
  }

  private static long[] longs(NodeContext node, Value value, int rank) {
    node.require(
        value.elements() == rank, value, "has not one number for each of " + rank + " axes");
    long[] longs = new long[rank];
    value.contents().asLongBuffer().get(longs);
    return longs;
  }

  private static long[] orElse(NodeContext node, long[] longs, int count, long other) {
    if (longs.length > 0) {
      node.require(
          longs.length == count,
          null,
          "an attribute has " + longs.length + " numbers, not " + count);
      return longs;
    }
    long[] all = new long[count];
    Arrays.fill(all, other);
    return all;
  }

  private Geometry geometry(NodeContext node) {
    int rank = node.input(0).rank();
    long[] ones = orElse(node, new long[0], rank, 1);
    long[] zeros = new long[rank];
    if (options == null) {
      return new Geometry(
          longs(node, node.input(2), rank),
          longs(node, node.input(3), rank),
          longs(node, node.input(4), rank),
          ones,
          zeros,
          zeros);
    }
    node.require(options.window().length == rank, null, "the window has not the input's rank");
    long[] pads = orElse(node, options.pads(), 2 * rank, 0);
    long[] low = new long[rank];
    long[] high = new long[rank];
    for (int i = 0; i < rank; i++) {
      low[i] = pads[2 * i];
      high[i] = pads[2 * i + 1];
    }
    return new Geometry(
        options.window(),
        orElse(node, options.strides(), rank, 1),
        orElse(node, options.dilations(), rank, 1),
        orElse(node, options.baseDilations(), rank, 1),
        low,
        high);
  }

  private static boolean positive(long... numbers) {
    for (long number : numbers) {
      if (number < 1 || number > Integer.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Axes.rank(node, x, x.rank());
    node.require(x.rank() >= 1, x, "is a scalar");
    node.require(node.input(1).elements() == 1, node.input(1), "is not one element");
    for (int i = 2; i < node.inputCount(); i++) {
      if (!node.input(i).constant()) {
        return new int[][] {null};
      }
    }
    Geometry g = geometry(node);
    int[] padded = new int[x.rank()];
    int[] shape = new int[x.rank()];
    for (int i = 0; i < shape.length; i++) {
      node.require(
          positive(g.window[i], g.strides[i], g.dilations[i], g.baseDilations[i]),
          null,
          "window, stride or dilation of axis " + i + " is out of range");
      node.require(
          Math.abs(g.low[i]) < Integer.MAX_VALUE && Math.abs(g.high[i]) < Integer.MAX_VALUE,
          null,
          "padding of axis " + i + " is out of range");
      long dilated = x.dim(i) == 0 ? 0 : (x.dim(i) - 1L) * g.baseDilations[i] + 1;
      long in = Math.max(0, dilated + g.low[i] + g.high[i]);
      node.require(in < Integer.MAX_VALUE, x, "axis " + i + " is padded to " + in);
      long span = (g.window[i] - 1) * g.dilations[i] + 1;
      padded[i] = (int) in;
      shape[i] = in < span ? 0 : (int) ((in - span) / g.strides[i] + 1);
    }
    node.require(Value.fits(x.type(), padded), x, "is padded beyond " + Value.MAX_BYTES + " bytes");
    return new int[][] {shape};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Geometry g = geometry(node);
    int rank = node.input(0).rank();
    int[] numbers = new int[5 * rank];
    boolean empty = node.output(0).elements() == 0;
    for (int i = 0; i < rank; i++) {
      // a window that fits nowhere may have any size
      numbers[i] = empty ? 1 : (int) g.window[i];
      numbers[rank + i] = (int) g.strides[i];
      numbers[2 * rank + i] = (int) g.dilations[i];
      numbers[3 * rank + i] = (int) g.baseDilations[i];
      numbers[4 * rank + i] = (int) g.low[i];
    }
    ByteBuffer contents = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    contents.asIntBuffer().put(numbers);
    emitter
        .instruction(Kernels.REDUCE_WINDOW)
        .in("x", node.input(0))
        .in("init", node.input(1))
        .in(
            "geometry",
            emitter.constant(
                "window " + Arrays.toString(numbers),
                TensorType.INT32,
                new int[] {5, rank},
                contents))
        .out("y", node.output(0))
        .i32("operation", operation(node))
        .emit();
  }
}
