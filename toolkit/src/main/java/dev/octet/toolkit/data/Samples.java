// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.Interpreter;
import dev.octet.Quantization;
import dev.octet.Tensor;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Puts samples into the inputs of models. */
public final class Samples {
  private static final long BEYOND = 1L << 40;

  private Samples() {}

  /**
   * Encodes a sample into the inputs of an interpreter, whichever way its model is quantized:
   *
   * <ul>
   *   <li>a float input takes the real numbers;
   *   <li>an INT8, UINT8 or INT16 input with a scale takes {@code clamp(rint(x / scale) + zero
   *       point)}, the division in float and {@code rint} half to even, as programs around
   *       TensorFlow Lite do with numpy; a NaN gives the zero point;
   *   <li>every other input takes elements of its own type.
   * </ul>
   *
   * <p>Shapes are compared without dimensions of 1. Where the model leaves a dimension open, the
   * input is resized to the sample's.
   *
   * @throws DataFormatException naming sample, input and both shapes or types, where they differ
   */
  public static void fill(Interpreter interpreter, Sample sample) throws DataFormatException {
    int count = interpreter.inputCount();
    if (sample.inputs().size() != count) {
      throw new DataFormatException(
          sample.name(), "is of " + sample.inputs().size() + " inputs, the model has " + count);
    }
    // a resize clears all inputs, so the shapes come first
    for (int i = 0; i < count; i++) {
      fit(interpreter, i, sample);
    }
    for (int i = 0; i < count; i++) {
      put(interpreter.input(i), sample, sample.inputs().get(i));
    }
  }

  private static void fit(Interpreter interpreter, int i, Sample sample)
      throws DataFormatException {
    Tensor tensor = interpreter.input(i);
    int[] shape = sample.inputs().get(i).shape();
    int[] open = tensor.info().shapeSignature();
    boolean resizable = open.length == tensor.shape().length && Shapes.isOpen(open);
    int[] wanted = resizable ? open : tensor.shape();
    int[] sized = Shapes.fit(wanted, shape);
    if (sized == null) {
      throw new DataFormatException(
          sample.name(),
          "has shape "
              + Arrays.toString(shape)
              + ", the input '"
              + tensor.name()
              + "' takes "
              + Arrays.toString(wanted));
    }
    if (!Arrays.equals(sized, tensor.shape())) {
      interpreter.resize(i, sized);
    }
  }

  private static void put(Tensor tensor, Sample sample, NpyArray array) throws DataFormatException {
    Quantization q = tensor.info().quantization().filter(each -> !each.perAxis()).orElse(null);
    TensorType type = tensor.type();
    boolean quantized =
        q != null
            && (type == TensorType.INT8 || type == TensorType.UINT8 || type == TensorType.INT16);
    if (quantized && array.type() == NpyType.FLOAT32) {
      quantize(tensor, q, array.data().asFloatBuffer());
    } else if (type == TensorType.FLOAT64 && array.type() == NpyType.FLOAT32) {
      ByteBuffer out = tensor.buffer();
      for (float x : array.toFloats()) {
        out.putDouble(x);
      }
    } else if (!quantized && array.type().name().equals(type.name())) {
      tensor.buffer().put(array.data());
    } else {
      throw new DataFormatException(
          sample.name(),
          "holds "
              + array.type()
              + ", the input '"
              + tensor.name()
              + "' takes "
              + (quantized ? "real numbers (FLOAT32), quantized to " : "")
              + type);
    }
  }

  private static void quantize(Tensor tensor, Quantization q, FloatBuffer reals) {
    float scale = q.scale();
    int zero = q.zeroPoint();
    boolean wide = tensor.type() == TensorType.INT16;
    int low = wide ? Short.MIN_VALUE : tensor.type() == TensorType.INT8 ? Byte.MIN_VALUE : 0;
    int high = wide ? Short.MAX_VALUE : low + 255;
    ByteBuffer out = tensor.buffer();
    while (reals.hasRemaining()) {
      // (long) of a NaN is 0
      long steps = (long) Math.rint(reals.get() / scale);
      // keeps the sum with the zero point from overflowing
      long value = Math.max(-BEYOND, Math.min(BEYOND, steps)) + zero;
      int clamped = (int) Math.max(low, Math.min(high, value));
      if (wide) {
        out.putShort((short) clamped);
      } else {
        out.put((byte) clamped);
      }
    }
  }
}
