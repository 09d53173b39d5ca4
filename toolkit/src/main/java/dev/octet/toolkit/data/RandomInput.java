// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.Interpreter;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.program.Strings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Random tensor contents that are the same for a seed on every machine and Java version: {@link
 * Random}'s specified generator, one number after another in C order, tensor after tensor.
 *
 * <p>Uniform over: FLOAT32 and FLOAT64 (and the parts of COMPLEX64 and COMPLEX128) [-1, 1); FLOAT16
 * and BFLOAT16 the multiples of 1/128 in [-1, 1); INT8, UINT8, INT16, UINT16 and INT4 the whole
 * range of the type; INT32, INT64, UINT32 and UINT64 0 to 9, for they are mostly indices; BOOL;
 * STRING words of 1 to 8 letters.
 */
public final class RandomInput {
  private final Random random;

  public RandomInput(long seed) {
    this.random = new Random(seed);
  }

  /** Fills every input of an interpreter, in order. */
  public void fill(Interpreter interpreter) {
    for (int i = 0; i < interpreter.inputCount(); i++) {
      Tensor tensor = interpreter.input(i);
      tensor.buffer().put(next(tensor.type(), tensor.shape()));
    }
  }

  /**
   * Returns the contents of one tensor: little-endian, position 0; STRING laid out as TensorFlow
   * Lite does ({@link Strings}).
   *
   * @throws IllegalArgumentException for RESOURCE and VARIANT
   */
  public ByteBuffer next(TensorType type, int[] shape) {
    long elements = 1;
    for (int dimension : shape) {
      elements = Math.multiplyExact(elements, (long) dimension);
    }
    int n = Math.toIntExact(elements);
    return switch (type) {
      case FLOAT32 -> floats(n);
      case COMPLEX64 -> floats(Math.multiplyExact(2, n));
      case FLOAT64 -> doubles(n);
      case COMPLEX128 -> doubles(Math.multiplyExact(2, n));
      case FLOAT16 -> halves(n, 10, 15);
      case BFLOAT16 -> halves(n, 7, 127);
      case INT8, UINT8 -> bytes(n);
      case INT4 -> bytes((n + 1) / 2);
      case INT16, UINT16 -> bytes(Math.multiplyExact(2, n));
      case INT32, UINT32 -> small(n, 4);
      case INT64, UINT64 -> small(n, 8);
      case BOOL -> bools(n);
      case STRING -> words(n);
      default -> throw new IllegalArgumentException("no random data for a tensor of " + type);
    };
  }

  private static ByteBuffer allocate(int n, int bytes) {
    return ByteBuffer.allocate(Math.multiplyExact(n, bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer floats(int n) {
    ByteBuffer out = allocate(n, 4);
    for (int i = 0; i < n; i++) {
      out.putFloat(2 * random.nextFloat() - 1);
    }
    return out.flip();
  }

  private ByteBuffer doubles(int n) {
    ByteBuffer out = allocate(n, 8);
    for (int i = 0; i < n; i++) {
      out.putDouble(2 * random.nextDouble() - 1);
    }
    return out.flip();
  }

  // k / 128 with |k| <= 128 has at most 8 significant bits, so either format holds it exactly.
  private ByteBuffer halves(int n, int fractionBits, int bias) {
    ByteBuffer out = allocate(n, 2);
    for (int i = 0; i < n; i++) {
      int bits = Float.floatToRawIntBits((random.nextInt(256) - 128) / 128f);
      int exponent = bits >> 23 & 0xff;
      int half = exponent == 0 ? 0 : exponent - 127 + bias << fractionBits;
      half |= (bits & 0x7fffff) >> 23 - fractionBits;
      out.putShort((short) (bits >> 16 & 0x8000 | half));
    }
    return out.flip();
  }

  private ByteBuffer bytes(int n) {
    ByteBuffer out = allocate(n, 1);
    for (int i = 0; i < n; i++) {
      out.put((byte) random.nextInt(256));
    }
    return out.flip();
  }

  private ByteBuffer small(int n, int width) {
    ByteBuffer out = allocate(n, width);
    for (int i = 0; i < n; i++) {
      int value = random.nextInt(10);
      if (width == 4) {
        out.putInt(value);
      } else {
        out.putLong(value);
      }
    }
    return out.flip();
  }

  private ByteBuffer bools(int n) {
    ByteBuffer out = allocate(n, 1);
    for (int i = 0; i < n; i++) {
      out.put((byte) (random.nextBoolean() ? 1 : 0));
    }
    return out.flip();
  }

  private ByteBuffer words(int n) {
    byte[][] words = new byte[n][];
    for (int i = 0; i < n; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = 1 + random.nextInt(8); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.toString().getBytes(StandardCharsets.US_ASCII);
    }
    return Strings.tensor(new int[] {n}, words).data();
  }
}
