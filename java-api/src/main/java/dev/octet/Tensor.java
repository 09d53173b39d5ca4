// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.program.HostTensor;
import dev.octet.program.Strings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * An input, output or tapped tensor of an interpreter: a view of its memory. Belongs to the
 * interpreter's thread. After a resize or close the view is stale: it may be read and written
 * without harm, but no run sees it; ask the interpreter for a new one.
 */
public final class Tensor {
  private final TensorInfo info;
  private final int[] shape;
  private final Consumer<HostTensor> store;
  private ByteBuffer memory;

  Tensor(TensorInfo info, int[] shape, ByteBuffer memory) {
    this.info = info;
    this.shape = shape;
    this.memory = memory;
    this.store = null;
  }

  /** A tensor of strings, to be stored anew when it is set. */
  Tensor(TensorInfo info, HostTensor strings, Consumer<HostTensor> store) {
    this.info = info;
    this.shape = strings.shape();
    this.memory = strings.data();
    this.store = store;
  }

  /** What the model says of it. */
  public TensorInfo info() {
    return info;
  }

  public String name() {
    return info.name();
  }

  public TensorType type() {
    return info.type();
  }

  /** The shape in this interpreter, after resizes. */
  public int[] shape() {
    return shape.clone();
  }

  /** Product of the dimensions. */
  public int elements() {
    return info.type().bytes() == 0 ? Strings.count(shape) : memory.limit() / info.type().bytes();
  }

  /** Size in memory. */
  public int bytes() {
    return memory.limit();
  }

  /**
   * The memory itself, direct and little-endian, position 0, limit {@link #bytes()}: what is put
   * there is what the next run reads, without a copy. {@code buffer().asFloatBuffer()} gives
   * floats. INT4 is two to a byte, the lower half first. Strings are in TensorFlow Lite's layout
   * and read-only here; an output whose shape depends on contents is not direct.
   */
  public ByteBuffer buffer() {
    ByteBuffer view = store == null ? memory.duplicate() : memory.asReadOnlyBuffer();
    return view.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Sets the strings of a STRING tensor, in UTF-8. */
  public void set(String... values) {
    byte[][] bytes = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = values[i].getBytes(StandardCharsets.UTF_8);
    }
    set(bytes);
  }

  /** Sets the strings of a STRING tensor, which need not be text. */
  public void set(byte[][] values) {
    expect(values.length, "strings", TensorType.STRING);
    store(Strings.tensor(shape, values));
  }

  /**
   * Sets a STRING tensor from TensorFlow Lite's layout: int32 count n, n + 1 int32 offsets, bytes.
   *
   * @throws IllegalArgumentException when the bytes are not laid out so
   */
  public void setStrings(ByteBuffer layout) {
    expect(elements(), "strings", TensorType.STRING);
    ByteBuffer copy = ByteBuffer.allocate(layout.remaining());
    store(Strings.parse(shape, copy.put(layout.duplicate()).flip()));
  }

  private void store(HostTensor strings) {
    memory = strings.data();
    store.accept(strings);
  }

  /** The strings of a STRING tensor, read as UTF-8. */
  public String[] toStrings() {
    byte[][] bytes = toByteStrings();
    String[] strings = new String[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      strings[i] = new String(bytes[i], StandardCharsets.UTF_8);
    }
    return strings;
  }

  /** The strings of a STRING tensor as they are. */
  public byte[][] toByteStrings() {
    expect(elements(), "strings", TensorType.STRING);
    return Strings.of(new HostTensor(TensorType.STRING, shape, memory));
  }

  /**
   * Copies floats in.
   *
   * @throws IllegalStateException when the type is not FLOAT32; a quantized tensor takes {@link
   *     #quantize}
   * @throws IllegalArgumentException when the length is not {@link #elements()}
   */
  public void set(float[] values) {
    expect(values.length, "a float[]", TensorType.FLOAT32);
    buffer().asFloatBuffer().put(values);
  }

  /** Copies ints in; the type must be INT32 (or UINT32, bit for bit). */
  public void set(int[] values) {
    expect(values.length, "an int[]", TensorType.INT32, TensorType.UINT32);
    buffer().asIntBuffer().put(values);
  }

  /** Copies longs in; the type must be INT64 (or UINT64, bit for bit). */
  public void set(long[] values) {
    expect(values.length, "a long[]", TensorType.INT64, TensorType.UINT64);
    buffer().asLongBuffer().put(values);
  }

  /** Copies shorts in; the type must be INT16 (or UINT16 or FLOAT16, bit for bit). */
  public void set(short[] values) {
    expect(values.length, "a short[]", TensorType.INT16, TensorType.UINT16, TensorType.FLOAT16);
    buffer().asShortBuffer().put(values);
  }

  /** Copies bytes in; the type must be INT8, UINT8 or BOOL. */
  public void set(byte[] values) {
    expect(values.length, "a byte[]", TensorType.INT8, TensorType.UINT8, TensorType.BOOL);
    buffer().put(values);
  }

  /** Copies floats out of a FLOAT32 tensor. */
  public float[] toFloats() {
    expect(elements(), "a float[]", TensorType.FLOAT32);
    float[] values = new float[elements()];
    buffer().asFloatBuffer().get(values);
    return values;
  }

  /** Copies ints out of an INT32 or UINT32 tensor. */
  public int[] toInts() {
    expect(elements(), "an int[]", TensorType.INT32, TensorType.UINT32);
    int[] values = new int[elements()];
    buffer().asIntBuffer().get(values);
    return values;
  }

  /** Copies longs out of an INT64 or UINT64 tensor. */
  public long[] toLongs() {
    expect(elements(), "a long[]", TensorType.INT64, TensorType.UINT64);
    long[] values = new long[elements()];
    buffer().asLongBuffer().get(values);
    return values;
  }

  /** Copies shorts out of an INT16, UINT16 or FLOAT16 tensor. */
  public short[] toShorts() {
    expect(elements(), "a short[]", TensorType.INT16, TensorType.UINT16, TensorType.FLOAT16);
    short[] values = new short[elements()];
    buffer().asShortBuffer().get(values);
    return values;
  }

  /** Copies bytes out of an INT8, UINT8 or BOOL tensor. */
  public byte[] toBytes() {
    expect(elements(), "a byte[]", TensorType.INT8, TensorType.UINT8, TensorType.BOOL);
    byte[] values = new byte[elements()];
    buffer().get(values);
    return values;
  }

  /**
   * Quantizes real numbers into an INT8, UINT8 or INT16 tensor: {@code q = clamp(round(x / scale) +
   * zeroPoint)}, rounding half away from zero as TensorFlow Lite's QUANTIZE does; NaN gives the
   * zero point.
   *
   * @throws IllegalStateException when the tensor is not quantized with one scale
   */
  public void quantize(float[] values) {
    Quantization q = quantized(values.length);
    int low = low();
    int high = high();
    ByteBuffer out = buffer();
    for (float x : values) {
      double scaled = (double) (x / q.scale());
      double rounded = scaled < 0 ? Math.ceil(scaled - 0.5) : Math.floor(scaled + 0.5);
      double shifted = Double.isNaN(rounded) ? q.zeroPoint() : rounded + q.zeroPoint();
      int clamped = (int) Math.max(low, Math.min(high, shifted));
      if (info.type() == TensorType.INT16) {
        out.putShort((short) clamped);
      } else {
        out.put((byte) clamped);
      }
    }
  }

  /**
   * The real numbers of an INT8, UINT8 or INT16 tensor: {@code scale * (q - zeroPoint)}.
   *
   * @throws IllegalStateException when the tensor is not quantized with one scale
   */
  public float[] dequantize() {
    Quantization q = quantized(elements());
    float[] values = new float[elements()];
    ByteBuffer in = buffer();
    for (int i = 0; i < values.length; i++) {
      int raw =
          switch (info.type()) {
            case INT16 -> in.getShort();
            case UINT8 -> in.get() & 0xff;
            default -> in.get();
          };
      values[i] = q.scale() * (raw - q.zeroPoint());
    }
    return values;
  }

  private int low() {
    return switch (info.type()) {
      case INT16 -> Short.MIN_VALUE;
      case UINT8 -> 0;
      default -> Byte.MIN_VALUE;
    };
  }

  private int high() {
    return switch (info.type()) {
      case INT16 -> Short.MAX_VALUE;
      case UINT8 -> 255;
      default -> Byte.MAX_VALUE;
    };
  }

  private Quantization quantized(int length) {
    expect(length, "quantized values", TensorType.INT8, TensorType.UINT8, TensorType.INT16);
    Quantization q = info.quantization().orElse(null);
    if (q == null || q.perAxis()) {
      throw new IllegalStateException(
          info + (q == null ? " has no quantization parameters" : " is quantized per axis"));
    }
    return q;
  }

  private void expect(int length, String what, TensorType... types) {
    if (!Arrays.asList(types).contains(info.type())) {
      throw new IllegalStateException(info + " does not hold " + what);
    }
    if (length != elements()) {
      throw new IllegalArgumentException(
          info
              + " has "
              + elements()
              + " elements in shape "
              + Arrays.toString(shape)
              + ", not "
              + length);
    }
  }

  @Override
  public String toString() {
    return info.toString();
  }
}
