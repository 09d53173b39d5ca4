// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import dev.octet.Quantization;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor of a graph; immutable.
 *
 * @param id its index in {@link Graph#values()}
 * @param tensor its index in the model's subgraph, or -1 for one that a pass made
 * @param name its name in the model; may be empty
 * @param type element type
 * @param shape dimensions; all known and non-negative once shapes were inferred
 * @param quantization null when not quantized
 * @param data contents of a constant, or the first ones of a variable (little-endian), null for any
 *     other; shared, never to be written
 * @param variable keeps its contents between runs
 * @param flip an int8 or uint8 value stored xor 0x80, so that it reads as the other type with
 *     another zero point
 * @param declared what the file says of the shape; a resize does not change it. Null where the
 *     shape follows from what only a run knows
 * @param dynamic only a run knows the shape; {@code shape} then is the file's and says nothing
 * @param blocks scales of a matrix that is quantized in blocks, null for any other; {@code
 *     quantization} is then null
 * @param sparse a constant that the file holds sparse; {@code data} is dense
 */
public record Value(
    int id,
    int tensor,
    String name,
    TensorType type,
    int[] shape,
    Quantization quantization,
    ByteBuffer data,
    boolean variable,
    boolean flip,
    DeclaredShape declared,
    boolean dynamic,
    BlockScales blocks,
    boolean sparse) {

  /**
   * True for a value that Java keeps, not the arena: its size is not known before a run, or its
   * elements have none.
   */
  public boolean hosted() {
    return dynamic || type.bytes() == 0;
  }

  /** True when the contents are known at compile time and stay. */
  public boolean constant() {
    return data != null && !variable;
  }

  public int rank() {
    return shape.length;
  }

  public int dim(int axis) {
    return shape[axis];
  }

  /** Product of the dimensions. */
  public long elements() {
    return elements(shape);
  }

  /**
   * Product of dimensions, of which the others may be anything where one is 0.
   *
   * @throws ArithmeticException when it does not fit 64 bits
   */
  public static long elements(int[] shape) {
    long product = 1;
    for (int dim : shape) {
      if (dim == 0) {
        return 0;
      }
    }
    for (int dim : shape) {
      product = Math.multiplyExact(product, (long) dim);
    }
    return product;
  }

  /** The most bytes a value may have: its memory must fit one direct buffer. */
  public static final long MAX_BYTES = Integer.MAX_VALUE - 1024;

  /**
   * True when a value of this shape and type has at most {@link #MAX_BYTES}, and would have with 1
   * in place of dimensions of 0: kernels multiply some dimensions without the others.
   */
  public static boolean fits(TensorType type, int[] shape) {
    // a string has an offset of 4 bytes
    long bytes = type == TensorType.STRING ? 4 : Math.max(1, type.bytes());
    for (int dim : shape) {
      bytes *= Math.max(1, dim);
      if (bytes > MAX_BYTES) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of the dense contents. */
  public long bytes() {
    return Math.multiplyExact(elements(), (long) type.bytes());
  }

  /** A little-endian view of the constant contents, position 0. */
  public ByteBuffer contents() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The contents of a constant int32 or int64 value. */
  public int[] ints() {
    ByteBuffer buffer = contents();
    int[] result = new int[Math.toIntExact(elements())];
    for (int i = 0; i < result.length; i++) {
      result[i] = type == TensorType.INT64 ? Math.toIntExact(buffer.getLong()) : buffer.getInt();
    }
    return result;
  }

  public Value withShape(int[] shape) {
    return Arrays.equals(shape, this.shape) ? this : copy(shape, data, flip, dynamic);
  }

  public Value withId(int id) {
    return new Value(
        id,
        -1,
        name,
        type,
        shape,
        quantization,
        data,
        variable,
        flip,
        declared,
        dynamic,
        blocks,
        sparse);
  }

  public Value withData(ByteBuffer data) {
    return copy(shape, data, flip, dynamic);
  }

  public Value withDynamic(boolean dynamic) {
    return copy(shape, data, flip, dynamic);
  }

  /** One whose shape follows from what only a run knows, not from the file's. */
  public Value withoutDeclared() {
    return new Value(
        id,
        tensor,
        name,
        type,
        shape,
        quantization,
        data,
        variable,
        flip,
        null,
        dynamic,
        blocks,
        sparse);
  }

  public Value withFlip(boolean flip) {
    return copy(shape, data, flip, dynamic);
  }

  private Value copy(int[] shape, ByteBuffer data, boolean flip, boolean dynamic) {
    return new Value(
        id,
        tensor,
        name,
        type,
        shape,
        quantization,
        data,
        variable,
        flip,
        declared,
        dynamic,
        blocks,
        sparse);
  }

  @Override
  public String toString() {
    return "'" + name + "' " + type + Arrays.toString(shape);
  }
}
