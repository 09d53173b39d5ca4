// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;

/**
 * RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: x [n,h,w,c] to the height and width that the second
 * input, two int32, names. Output o of an axis stands at {@code o * in / out}, with {@code
 * half_pixel_centers} at {@code (o + 0.5) * in / out} (less 0.5 for bilinear), with {@code
 * align_corners} at {@code o * (in - 1) / (out - 1)}. float32, int8, uint8, int16, stored numbers
 * whatever their scale.
 *
 * <p>Bilinear float32 and uint8 are computed in float32, uint8 with halves up; int8 and int16 in
 * positions of 2^-10, halves away from zero. Where such positions are rounded beyond the last
 * element (int8, 33 to 513 without flags), TensorFlow Lite reads what lies behind its tensor; here
 * the last element counts. Nearest float32 and int16 round positions in float32, as do int8 and
 * uint8 with a flag; without, those have positions of 2^-16.
 */
record Resize(boolean bilinear, boolean alignCorners, boolean halfPixel) implements Op {
  static final OpSpec BILINEAR =
      new OpSpec(BuiltinOperator.RESIZE_BILINEAR, 4, "f32 i8 u8 i16", o -> read(o, true));
  static final OpSpec NEAREST_NEIGHBOR =
      new OpSpec(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, 4, "f32 i8 u8 i16", o -> read(o, false));

  /** Of the kernel: positions fit int32. */
  private static final int MOST_POSITIONS = 1 << 20;

  private static Resize read(TfliteOperator operator, boolean bilinear) {
    return new Resize(
        bilinear,
        operator.options().bool("align_corners"),
        operator.options().bool("half_pixel_centers"));
  }

  @Override
  public String name() {
    return bilinear ? "RESIZE_BILINEAR" : "RESIZE_NEAREST_NEIGHBOR";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    node.type(
        node.input(0), TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.output(0), node.input(0).type());
    node.require(
        !bilinear || !alignCorners || !halfPixel,
        null,
        "align_corners and half_pixel_centers exclude each other");
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    Value size = node.input(1);
    node.rank(x, 4);
    node.require(size.rank() == 1 && size.dim(0) == 2, size, "is not two numbers");
    if (!size.constant()) {
      return new int[][] {null};
    }
    int h = size.ints()[0];
    int w = size.ints()[1];
    node.require(h > 0 && w > 0, size, "the size " + h + "x" + w + " is not positive");
    node.require(
        x.dim(1) > 0 && x.dim(2) > 0 || x.dim(0) == 0 || x.dim(3) == 0, x, "has no pixels");
    node.require(
        !bilinear || Math.max(Math.max(h, w), Math.max(x.dim(1), x.dim(2))) <= MOST_POSITIONS,
        size,
        "more than " + MOST_POSITIONS + " rows or columns");
    return new int[][] {{x.dim(0), h, w, x.dim(3)}};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value x = node.input(0);
    var instruction =
        emitter
            .instruction(bilinear ? Kernels.RESIZE_BILINEAR : Kernels.RESIZE_NEAREST_NEIGHBOR)
            .in("x", x)
            .out("y", node.output(0))
            .i32("align_corners", alignCorners ? 1 : 0)
            .i32("half_pixel", halfPixel ? 1 : 0);
    if (!bilinear) {
      boolean fixed = x.type().bytes() == 1 && !alignCorners && !halfPixel;
      instruction.i32("fixed", fixed ? 1 : 0);
    }
    instruction.emit();
  }

  @Override
  public boolean acceptsFlip() {
    return true;
  }
}
