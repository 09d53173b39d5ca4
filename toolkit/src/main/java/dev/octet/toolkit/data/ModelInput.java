// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.Quantization;
import dev.octet.TensorInfo;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One input of a model, and what arrays of files become there: real numbers (FLOAT32) where it is a
 * float or quantized, whole numbers of its own type elsewhere.
 *
 * <p>UINT8 elements are pixels, and follow the rule of pixels. Elements of a quantized tensor's own
 * type are what they stand for, {@code scale * (q - zero point)}. All others are the numbers that
 * they are.
 */
final class ModelInput {
  private static final Set<TensorType> QUANTIZED =
      EnumSet.of(TensorType.INT8, TensorType.UINT8, TensorType.INT16);

  private final String name;
  private final TensorInfo info;
  private final int[] shape;
  private final boolean real;
  private final Optional<Normalization> given;
  private final float[] pixelReals;

  /**
   * @param name the signature's name for it, or the tensor's
   * @throws IllegalArgumentException if its type is fed by no data set
   */
  ModelInput(String name, TensorInfo info, Optional<Normalization> given) {
    this.name = name;
    this.info = info;
    this.given = given;
    this.shape = open(info);
    boolean scaled = info.quantization().filter(q -> !q.perAxis()).isPresent();
    this.real = isFloat(info.type()) || scaled && QUANTIZED.contains(info.type());
    if (!real && (npyType(info.type()) == null || info.type() == TensorType.FLOAT16)) {
      throw new IllegalArgumentException(
          "the input '" + name + "' is of " + info.type() + ", which no data set feeds");
    }
    this.pixelReals = real ? pixelReals(pixels()) : null;
  }

  private static float[] pixelReals(Normalization pixels) {
    float[] reals = new float[256];
    for (int p = 0; p < reals.length; p++) {
      reals[p] = (float) pixels.real(p);
    }
    return reals;
  }

  private static boolean isFloat(TensorType type) {
    return type == TensorType.FLOAT32 || type == TensorType.FLOAT64;
  }

  private static int[] open(TensorInfo info) {
    int[] shape = info.shape();
    int[] signature = info.shapeSignature();
    for (int i = 0; i < shape.length; i++) {
      boolean open = i < signature.length && signature[i] < 0;
      shape[i] = open ? (i == 0 ? 1 : -1) : shape[i];
    }
    return shape;
  }

  private static NpyType npyType(TensorType type) {
    return Arrays.stream(NpyType.values())
        .filter(npy -> npy.name().equals(type.name()))
        .findFirst()
        .orElse(null);
  }

  /** How messages name it. */
  String name() {
    return name;
  }

  /** Dimensions of a sample: the batch is 1 where it is open, -1 stands for any size. */
  int[] shape() {
    return shape.clone();
  }

  /** The type that it holds in a sample. */
  NpyType sampleType() {
    return real ? NpyType.FLOAT32 : npyType(info.type());
  }

  /** The type of the tensor's own elements. */
  NpyType ownType() {
    return npyType(info.type());
  }

  /** Names under which a file may hold it: the signature's, the tensor's, the exported one's. */
  List<String> names() {
    List<String> names = new ArrayList<>(List.of(name, info.name()));
    names.add(info.name().replaceFirst(":0$", "").replaceFirst("^serving_default_", ""));
    return names;
  }

  /** {@link #names}, and those of input {@code index} of a model: {@code input_0}, {@code 0}. */
  List<String> namesAt(int index) {
    List<String> names = new ArrayList<>(names());
    names.addAll(List.of("input_" + index, Integer.toString(index)));
    return names;
  }

  /** Name, type and shape for messages. */
  @Override
  public String toString() {
    return "the input '" + name + "' takes " + info.type() + Arrays.toString(shape);
  }

  /** The rule of pixels, or null where a pixel stays the whole number that it is. */
  private Normalization pixels() {
    if (given.isPresent() || !real) {
      return given.orElse(null);
    }
    if (info.type() == TensorType.UINT8 || info.type() == TensorType.INT8) {
      Quantization q = info.quantization().orElseThrow();
      int zero = q.zeroPoint() + (info.type() == TensorType.INT8 ? 128 : 0);
      return new Normalization(zero, 1.0 / q.scale());
    }
    boolean colour = shape.length >= 3 && shape[shape.length - 1] == 3;
    return colour ? Normalization.SIGNED : Normalization.UNIT;
  }

  /**
   * Returns a rule for pictures of this size.
   *
   * @throws IllegalArgumentException if the input takes no picture
   */
  PictureInput pictures(int[] sized) {
    if (real) {
      return new PictureInput(TensorType.FLOAT32, sized, Optional.empty(), Optional.of(pixels()));
    }
    return new PictureInput(info.type(), sized, info.quantization(), given);
  }

  /**
   * Converts the elements of a file.
   *
   * @param source how messages name them
   * @param sized a shape that {@link Shapes#fit} gave
   */
  NpyArray convert(String source, NpyType type, int[] sized, ByteBuffer data)
      throws DataFormatException {
    if (type == NpyType.UINT8) {
      return real ? realPixels(sized, data) : wholePixels(source, sized, data);
    }
    if (type == sampleType()) {
      return new NpyArray(type, sized, data);
    }
    return real ? reals(type, sized, data) : wholes(source, type, sized, data);
  }

  private NpyArray realPixels(int[] sized, ByteBuffer data) {
    float[] out = new float[data.remaining()];
    for (int i = 0; i < out.length; i++) {
      out[i] = pixelReals[data.get(i) & 0xff];
    }
    return NpyArray.of(out, sized);
  }

  private NpyArray wholePixels(String source, int[] sized, ByteBuffer data)
      throws DataFormatException {
    Normalization pixels = pixels();
    int offset = info.type() == TensorType.INT8 ? -128 : 0;
    Whole out = new Whole(sampleType(), data.remaining());
    for (int i = 0; i < data.remaining(); i++) {
      int p = data.get(i) & 0xff;
      put(source, out, i, pixels == null ? p + offset : (long) Math.rint(pixels.real(p)));
    }
    return new NpyArray(sampleType(), sized, out.data());
  }

  private NpyArray reals(NpyType type, int[] sized, ByteBuffer data) {
    float[] out = new float[data.remaining() / type.bytes()];
    boolean own = !isFloat(info.type()) && type == ownType();
    for (int i = 0; i < out.length; i++) {
      out[i] = own ? stored(type, data, i) : (float) Elements.real(type, data, i);
    }
    return NpyArray.of(out, sized);
  }

  private float stored(NpyType type, ByteBuffer data, int i) {
    Quantization q = info.quantization().orElseThrow();
    return q.scale() * ((int) Elements.whole(type, data, i) - q.zeroPoint());
  }

  private NpyArray wholes(String source, NpyType type, int[] sized, ByteBuffer data)
      throws DataFormatException {
    if (!Elements.isWhole(type)) {
      throw new DataFormatException(source, "holds " + type + ", " + this);
    }
    int n = data.remaining() / type.bytes();
    Whole out = new Whole(sampleType(), n);
    for (int i = 0; i < n; i++) {
      long value = Elements.whole(type, data, i);
      if (type == NpyType.UINT64 && value < 0) {
        String text = Long.toUnsignedString(value);
        throw new DataFormatException(
            source, "element " + i + " is " + text + ", out of range: " + this);
      }
      put(source, out, i, value);
    }
    return new NpyArray(sampleType(), sized, out.data());
  }

  private void put(String source, Whole out, int i, long value) throws DataFormatException {
    if (!out.put(value)) {
      throw new DataFormatException(
          source, "element " + i + " is " + value + ", out of range: " + this);
    }
  }

  /** Whole numbers on their way into a type. */
  private record Whole(NpyType type, ByteBuffer out) {
    Whole(NpyType type, int count) {
      this(
          type,
          ByteBuffer.allocate(Math.multiplyExact(count, type.bytes()))
              .order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Returns false, and puts nothing, where the type does not hold the value. */
    boolean put(long value) {
      int bits = 8 * type.bytes();
      boolean unsigned = type.name().startsWith("U") || type == NpyType.BOOL;
      long low = unsigned ? 0 : -1L << bits - 1;
      long high = type == NpyType.BOOL ? 1 : unsigned ? ~(-1L << bits) : ~(-1L << bits - 1);
      // 64 bits: a shift by 64 is one by 0, so the upper end is set here
      if (value < low || value > (bits == 64 ? Long.MAX_VALUE : high)) {
        return false;
      }
      switch (type.bytes()) {
        case 1 -> out.put((byte) value);
        case 2 -> out.putShort((short) value);
        case 4 -> out.putInt((int) value);
        default -> out.putLong(value);
      }
      return true;
    }

    ByteBuffer data() {
      return out.flip();
    }
  }
}
