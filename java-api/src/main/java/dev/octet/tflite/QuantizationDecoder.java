// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.TensorType;

/**
 * Reads quantization parameters: one scale, or one for each index of {@code quantized_dimension};
 * finite and positive; with as many zero points, one for all, or none for zeros.
 *
 * <p>One form outside these rules is published (the person detection model of TensorFlow Lite
 * Micro) and read: a constant INT32 tensor of rank 1, a bias, with a scale for each element whose
 * {@code quantized_dimension} is that of the filter. Its dimension is read as 0.
 */
final class QuantizationDecoder {
  private final Faults faults;
  private final Table table;
  private final String words;
  private final int tensors;

  QuantizationDecoder(Faults faults, Table table, String tensor, int tensors) {
    this.faults = faults;
    this.table = table;
    this.words = tensor;
    this.tensors = tensors;
  }

  TfliteQuantization decode(TensorType type, int[] shape, boolean constant) {
    Table details = table.table("details");
    if (details != null) {
      checkDetails(details, shape);
      return new TfliteQuantization(
          table.floats("min"), table.floats("max"), new float[0], new int[0], 0, details);
    }
    float[] scales = table.floats("scale");
    int dimension = scales.length > 1 ? dimension(type, shape, constant, scales.length) : 0;
    for (int i = 0; i < scales.length; i++) {
      if (!(scales[i] > 0) || Float.isInfinite(scales[i])) {
        throw faults.at(
            table,
            "scale",
            words + ": scale[" + i + "] is " + scales[i] + ", not finite and positive");
      }
    }
    return new TfliteQuantization(
        table.floats("min"),
        table.floats("max"),
        scales,
        zeroPoints(type, scales.length),
        dimension,
        null);
  }

  private int dimension(TensorType type, int[] shape, boolean constant, int scales) {
    int dimension = table.integer("quantized_dimension");
    if (dimension >= shape.length
        && constant
        && type == TensorType.INT32
        && shape.length == 1
        && shape[0] == scales) {
      return 0;
    }
    if (dimension < 0 || dimension >= shape.length) {
      throw faults.at(
          table,
          "quantized_dimension",
          words
              + ": quantized_dimension "
              + dimension
              + " is not a dimension of "
              + Faults.text(shape));
    }
    if (shape[dimension] != scales) {
      throw faults.at(
          table,
          "scale",
          words
              + ": "
              + scales
              + " scales for dimension "
              + dimension
              + " of "
              + Faults.text(shape));
    }
    return dimension;
  }

  private int[] zeroPoints(TensorType type, int scales) {
    long[] stored = table.longs("zero_point");
    if (stored.length > 1 && stored.length != scales) {
      throw faults.at(
          table,
          "zero_point",
          words + ": " + stored.length + " zero points for " + scales + " scales");
    }
    long least = least(type);
    long most = most(type);
    int[] zeroPoints = new int[scales];
    for (int i = 0; i < scales && stored.length > 0; i++) {
      long zeroPoint = stored[stored.length == 1 ? 0 : i];
      if (zeroPoint < least || zeroPoint > most) {
        throw faults.at(
            table,
            "zero_point",
            words + ": zero_point[" + i + "] " + zeroPoint + " is outside " + type);
      }
      zeroPoints[i] = (int) zeroPoint;
    }
    return zeroPoints;
  }

  private static long least(TensorType type) {
    switch (type) {
      case UINT8:
      case UINT16:
      case UINT32:
        return 0;
      case INT4:
      case INT8:
      case INT16:
        return -(1L << (type.bits() - 1));
      default:
        return Integer.MIN_VALUE;
    }
  }

  private static long most(TensorType type) {
    switch (type) {
      case UINT8:
      case UINT16:
        return (1L << type.bits()) - 1;
      case INT4:
      case INT8:
      case INT16:
        return (1L << (type.bits() - 1)) - 1;
      default:
        return Integer.MAX_VALUE;
    }
  }

  private void checkDetails(Table details, int[] shape) {
    if (details.name().equals("CustomQuantization")) {
      return;
    }
    int scales = details.integer("scales");
    int zeroPoints = details.integer("zero_points");
    if (scales < 0 || scales >= tensors) {
      throw faults.at(
          details,
          "scales",
          words + ": " + details.name() + ": tensor " + scales + " is not one of " + tensors);
    }
    if (zeroPoints < -1 || zeroPoints >= tensors) {
      throw faults.at(
          details,
          "zero_points",
          words + ": " + details.name() + ": tensor " + zeroPoints + " is not one of " + tensors);
    }
    boolean blockwise = details.name().equals("BlockwiseQuantization");
    int blockSize = details.integer("block_size");
    if (blockSize < (blockwise ? 1 : 0)) {
      throw faults.at(
          details,
          "block_size",
          words + ": " + details.name() + ": block_size " + blockSize + " is too small");
    }
    if (!blockwise) {
      for (int dimension : details.ints("quantized_dimensions")) {
        if (dimension < 0 || dimension >= shape.length) {
          throw faults.at(
              details,
              "quantized_dimensions",
              words
                  + ": quantized dimension "
                  + dimension
                  + " is not a dimension of "
                  + Faults.text(shape));
        }
      }
    }
  }
}
