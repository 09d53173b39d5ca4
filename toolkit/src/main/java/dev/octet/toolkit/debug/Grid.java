// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.integer.Activation;

/**
 * The real numbers that a quantized tensor can hold: {@code scale * (q - zeroPoint)} for q from
 * {@code low} to {@code high}.
 */
record Grid(float scale, int zeroPoint, int low, int high) {
  /** The numbers of a tensor with one scale; null for any other. */
  static Grid of(EditableTensor tensor) {
    Quantization affine = tensor.quantization() == null ? null : tensor.quantization().affine();
    return affine == null || affine.perAxis()
        ? null
        : of(tensor.type(), affine.scale(), affine.zeroPoint());
  }

  private static Grid of(TensorType type, float scale, int zeroPoint) {
    return switch (type) {
      case INT8 -> new Grid(scale, zeroPoint, -128, 127);
      case UINT8 -> new Grid(scale, zeroPoint, 0, 255);
      case INT16 -> new Grid(scale, zeroPoint, -32768, 32767);
      default -> null;
    };
  }

  /** What the quantizer would give a tensor of that type for a range. */
  static Grid fitted(TensorType type, Range range) {
    Compute compute = type == TensorType.INT16 ? Compute.INT16X8 : Compute.INT8;
    Activation fit = Activation.of(compute, range);
    int zeroPoint = fit.zeroPoint() + (type == TensorType.UINT8 ? 128 : 0);
    return of(type, fit.scale(), zeroPoint);
  }

  int levels() {
    return high - low + 1;
  }

  double least() {
    return (double) scale * (low - zeroPoint);
  }

  double greatest() {
    return (double) scale * (high - zeroPoint);
  }

  /** Number of the level from 0 that is nearest to x. */
  int level(double x) {
    double q = Math.rint(x / scale) + zeroPoint;
    return (int) Math.max(low, Math.min(high, q)) - low;
  }

  double value(int level) {
    return (double) scale * (level + low - zeroPoint);
  }

  /** The number nearest to x. */
  double nearest(double x) {
    return value(level(x));
  }
}
