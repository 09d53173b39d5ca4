// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static dev.octet.toolkit.quantize.WeightQuantization.NearZero.WIDENED;
import static dev.octet.toolkit.quantize.WeightQuantization.PER_TENSOR;

import dev.octet.TensorType;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;

/**
 * SVDF with int8 activations, as TensorFlow's quantizers have it ({@code operator_property.cc}):
 * weights of features int8 with one scale; of time int16 with 10 bits, {@code max / 512}, for 6
 * bits are left to their sum with the state; the state int16, {@code max / 32767}; the bias int32
 * with {@code scale(time) * scale(state)}.
 *
 * <p>The int8 kernel takes RELU alone, by the zero point of the output, whose range then begins at
 * 0; other activations stay float.
 */
final class SvdfRule implements RecurrentRule {
  private static final int FEATURE = 1;
  private static final int TIME = 2;
  private static final int BIAS = 3;
  private static final int STATE = 4;
  private static final int TIME_STEPS = 512;

  /** States of a smaller range are as good as none. */
  private static final float LEAST_STATE = 1e-6f;

  @Override
  public String refusal(EditableOperator op, Compute compute, Ranges ranges) {
    dev.octet.tflite.Activation activation =
        op.options().enumeration("fused_activation_function", dev.octet.tflite.Activation.class);
    if (activation != dev.octet.tflite.Activation.RELU) {
      return "the int8 kernel computes RELU, not " + activation;
    }
    for (int i = FEATURE; i <= BIAS; i++) {
      EditableTensor tensor = op.input(i);
      if (tensor != null && (!tensor.constant() || tensor.sparse())) {
        return "its weights " + tensor + " are no plain constants";
      }
    }
    if (op.input(STATE) == null || ranges.get(op.input(STATE)) == null) {
      return "calibration saw no state";
    }
    if (op.input(STATE).constant()) {
      return "its state is a constant";
    }
    return null;
  }

  @Override
  public void prepare(EditableOperator op, Compute compute, Ranges ranges) {}

  @Override
  public void complete(EditableOperator op, Compute compute, Ranges ranges, Constants constants) {
    Range range = ranges.get(op.input(STATE));
    float greatest = Math.max(Math.abs(range.min()), Math.abs(range.max()));
    float state = Math.max(greatest, LEAST_STATE) / 32767;
    op.input(STATE)
        .type(TensorType.INT16)
        .quantization(Activation.of(TensorType.INT16, state, 0).parameters(false));
    EditableTensor feature = op.input(FEATURE);
    float[] scales = constants.weightScales(feature, PER_TENSOR, 8, WIDENED);
    op.inputs().set(FEATURE, constants.asWeights(feature, PER_TENSOR, 8, scales, true, false));
    EditableTensor time = SymmetricInt16.of(op.input(TIME), TIME_STEPS);
    op.inputs().set(TIME, time);
    if (op.input(BIAS) != null) {
      float[] scale = {time.quantization().scales()[0] * state};
      op.inputs().set(BIAS, constants.asBias(op.input(BIAS), TensorType.INT32, scale));
    }
  }
}
