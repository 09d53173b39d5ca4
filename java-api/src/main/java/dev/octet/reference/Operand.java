// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A value of an instruction: row-major elements in the arena or in a constant. Whole values are
 * read to arrays and written from them: what is read is a copy. Numbers are those that the tensor
 * means, however they are stored: an int8 value that is stored xor 0x80 ({@code flip}) reads like
 * any other.
 */
public final class Operand {
  private final TensorType type;
  private final int[] dims;
  private final boolean flip;
  private final ByteBuffer memory;
  private final int elements;

  /**
   * @param memory little-endian, of the value's bytes from position 0
   */
  public Operand(TensorType type, int[] dims, boolean flip, ByteBuffer memory) {
    this.type = type;
    this.dims = dims.clone();
    this.flip = flip;
    this.memory = memory.slice().order(ByteOrder.LITTLE_ENDIAN);
    int product = 1;
    for (int dim : dims) {
      product = Math.multiplyExact(product, dim);
    }
    this.elements = product;
  }

  public TensorType type() {
    return type;
  }

  public int rank() {
    return dims.length;
  }

  /** Size of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis < 0 ? dims.length + axis : axis];
  }

  /** All sizes, a copy. */
  public int[] dims() {
    return dims.clone();
  }

  /** Product of the sizes of axes {@code from} to before {@code to}; 1 for none. */
  public int product(int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= dims[axis];
    }
    return product;
  }

  public int elements() {
    return elements;
  }

  /** Bytes of an element. */
  public int elementBytes() {
    return type.bytes();
  }

  /** True for float16, bfloat16, float32 and float64. */
  public boolean real() {
    return switch (type) {
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> true;
      default -> false;
    };
  }

  private byte mask() {
    return (byte) (flip ? 0x80 : 0);
  }

  /** Element {@code i} of an integer or boolean (0 or 1) value; uint64 by its bits. */
  public long get(int i) {
    return switch (type) {
      case INT8 -> (byte) (memory.get(i) ^ mask());
      case UINT8 -> (memory.get(i) ^ mask()) & 0xff;
      case BOOL -> memory.get(i) != 0 ? 1 : 0;
      case INT16 -> memory.getShort(2 * i);
      case UINT16 -> memory.getShort(2 * i) & 0xffff;
      case INT32 -> memory.getInt(4 * i);
      case UINT32 -> memory.getInt(4 * i) & 0xffffffffL;
      case INT64, UINT64 -> memory.getLong(8 * i);
      default -> throw wrong("integers");
    };
  }

  /** Sets element {@code i} of an integer or boolean value; higher bits are cut off. */
  public void set(int i, long number) {
    switch (type) {
      case INT8, UINT8 -> memory.put(i, (byte) (number ^ mask()));
      case BOOL -> memory.put(i, (byte) (number != 0 ? 1 : 0));
      case INT16, UINT16 -> memory.putShort(2 * i, (short) number);
      case INT32, UINT32 -> memory.putInt(4 * i, (int) number);
      case INT64, UINT64 -> memory.putLong(8 * i, number);
      default -> throw wrong("integers");
    }
  }

  /** Zero for a denormal number: the native kernels' float environment has none. */
  private static float flushed(float number) {
    return Math.abs(number) < Float.MIN_NORMAL ? number * 0 : number;
  }

  /** Element {@code i} of a real value. */
  public double real(int i) {
    return switch (type) {
      case FLOAT16 -> Half.toFloat(memory.getShort(2 * i));
      case BFLOAT16 -> flushed(Float.intBitsToFloat(memory.getShort(2 * i) << 16));
      case FLOAT32 -> flushed(memory.getFloat(4 * i));
      case FLOAT64 -> memory.getDouble(8 * i);
      default -> throw wrong("reals");
    };
  }

  /** All numbers of an integer or boolean value of up to 32 bits. */
  public int[] ints() {
    int[] numbers = new int[elements];
    switch (type) {
      case INT32, UINT32 -> memory.asIntBuffer().get(numbers);
      case INT8 -> {
        byte[] bytes = bytes();
        byte mask = mask();
        for (int i = 0; i < elements; i++) {
          numbers[i] = (byte) (bytes[i] ^ mask);
        }
      }
      default -> {
        for (int i = 0; i < elements; i++) {
          numbers[i] = (int) get(i);
        }
      }
    }
    return numbers;
  }

  /** All numbers of an integer or boolean value. */
  public long[] longs() {
    long[] numbers = new long[elements];
    for (int i = 0; i < elements; i++) {
      numbers[i] = get(i);
    }
    return numbers;
  }

  /** All numbers of a real value of up to 32 bits. */
  public float[] floats() {
    float[] numbers = new float[elements];
    for (int i = 0; i < elements; i++) {
      numbers[i] = (float) real(i);
    }
    return numbers;
  }

  /** All numbers of a real value. */
  public double[] doubles() {
    double[] numbers = new double[elements];
    for (int i = 0; i < elements; i++) {
      numbers[i] = real(i);
    }
    return numbers;
  }

  /** Writes all numbers of an integer or boolean value; higher bits are cut off. */
  public void set(int[] numbers) {
    if (type == TensorType.INT32 || type == TensorType.UINT32) {
      memory.asIntBuffer().put(numbers, 0, elements);
      return;
    }
    for (int i = 0; i < elements; i++) {
      set(i, numbers[i]);
    }
  }

  /** Writes all numbers of an integer or boolean value; higher bits are cut off. */
  public void set(long[] numbers) {
    for (int i = 0; i < elements; i++) {
      set(i, numbers[i]);
    }
  }

  /** Writes all numbers of a real value, rounded to nearest even. */
  public void set(float[] numbers) {
    for (int i = 0; i < elements; i++) {
      set(i, (double) numbers[i]);
    }
  }

  /** Sets element {@code i} of a real value, rounded to nearest even. */
  public void set(int i, double number) {
    switch (type) {
      case FLOAT16 -> memory.putShort(2 * i, Half.of((float) number));
      case BFLOAT16 -> memory.putShort(2 * i, Half.brain(flushed((float) number)));
      case FLOAT32 -> memory.putFloat(4 * i, flushed((float) number));
      case FLOAT64 -> memory.putDouble(8 * i, number);
      default -> throw wrong("reals");
    }
  }

  /** Writes all numbers of a real value, rounded to nearest even. */
  public void set(double[] numbers) {
    for (int i = 0; i < elements; i++) {
      set(i, numbers[i]);
    }
  }

  /** A copy of the bytes as they are stored. */
  public byte[] bytes() {
    byte[] bytes = new byte[memory.capacity()];
    memory.get(0, bytes);
    return bytes;
  }

  /** Overwrites the bytes as they are stored. */
  public void setBytes(byte[] bytes) {
    memory.put(0, bytes, 0, memory.capacity());
  }

  /** The bytes as they are stored, little-endian: no copy. */
  public ByteBuffer memory() {
    return memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What every stored byte is xored with: 0x80 or 0. */
  public int flip() {
    return mask() & 0xff;
  }

  private IllegalStateException wrong(String what) {
    return new IllegalStateException("a value of " + type + " has no " + what);
  }
}
