// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;

/**
 * Choices of {@link IntegerQuantization} that are the same for the whole model.
 *
 * @param input type of the model's float inputs
 * @param output type of the model's float outputs
 * @param strict true to fail where an operator on floats would remain
 * @param perChannelDense false for one weight scale in each FULLY_CONNECTED, as TensorFlow had it
 *     before 2.17 and the MLPerf Tiny models have it
 * @param int16BiasBits bits of the biases beside int16 activations, 64 or 32; DEPTHWISE_CONV_2D,
 *     whose kernel takes no others, has 64
 * @param nearZero what becomes of channels whose weights are nearly zero; {@link
 *     NearZero#AS_THEY_ARE} takes the older quantizer's rounding and guard of biases too, which
 *     made the MLPerf Tiny models
 * @param wideLoops true for int16 activations beside int8 weights in loops that add up: {@link
 *     Accumulation}; false for int8 there too
 */
public record IntegerOptions(
    IoType input,
    IoType output,
    boolean strict,
    boolean perChannelDense,
    int int16BiasBits,
    NearZero nearZero,
    boolean wideLoops) {
  public IntegerOptions {
    if (int16BiasBits != 64 && int16BiasBits != 32) {
      throw new IllegalArgumentException(
          "biases beside int16 activations have 64 or 32 bits, not " + int16BiasBits);
    }
  }

  /** One type for inputs and outputs; else as TensorFlow 2.21's converter has it. */
  public static IntegerOptions of(IoType io) {
    return new IntegerOptions(io, io, false, true, 64, NearZero.WIDENED, true);
  }

  public IntegerOptions withStrict(boolean on) {
    return new IntegerOptions(
        input, output, on, perChannelDense, int16BiasBits, nearZero, wideLoops);
  }

  public IntegerOptions withPerChannelDense(boolean on) {
    return new IntegerOptions(input, output, strict, on, int16BiasBits, nearZero, wideLoops);
  }

  public IntegerOptions withInt16BiasBits(int bits) {
    return new IntegerOptions(input, output, strict, perChannelDense, bits, nearZero, wideLoops);
  }

  public IntegerOptions withNearZero(NearZero rule) {
    return new IntegerOptions(
        input, output, strict, perChannelDense, int16BiasBits, rule, wideLoops);
  }

  public IntegerOptions withWideLoops(boolean on) {
    return new IntegerOptions(input, output, strict, perChannelDense, int16BiasBits, nearZero, on);
  }
}
