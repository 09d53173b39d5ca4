// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static dev.octet.toolkit.calibrate.LstmInputs.BIAS;
import static dev.octet.toolkit.calibrate.LstmInputs.C;
import static dev.octet.toolkit.calibrate.LstmInputs.FORGET;
import static dev.octet.toolkit.calibrate.LstmInputs.H;
import static dev.octet.toolkit.calibrate.LstmInputs.HIDDEN;
import static dev.octet.toolkit.calibrate.LstmInputs.INPUT;
import static dev.octet.toolkit.calibrate.LstmInputs.NORM;
import static dev.octet.toolkit.calibrate.LstmInputs.PEEPHOLE;
import static dev.octet.toolkit.calibrate.LstmInputs.PROJECTION;
import static dev.octet.toolkit.calibrate.LstmInputs.RECURRENT;
import static dev.octet.toolkit.calibrate.LstmInputs.WEIGHTS;
import static dev.octet.toolkit.calibrate.LstmInputs.X;
import static dev.octet.toolkit.quantize.WeightQuantization.NearZero.WIDENED;
import static dev.octet.toolkit.quantize.WeightQuantization.PER_TENSOR;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.calibrate.LstmInputs;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import java.util.List;

/**
 * LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM with int8 activations, as TensorFlow's converter quantizes
 * them ({@code operator_property.cc}, {@code prepare_quantize_helper.h}):
 *
 * <ul>
 *   <li>weights int8, one scale a matrix; peepholes and the scales of layer normalization int16,
 *       {@code max / 32767};
 *   <li>h as y, from the ranges of both; c int16 with the scale {@code 2^n / 32768}, 2^n the least
 *       power of two from 1 to 64 that holds its range;
 *   <li>biases int32 with {@code scale(x) * scale(W)}, with layer normalization {@code scale(norm)
 *       * 2^-10}; the projection's {@code scale(P) * scale(intermediate 4)};
 *   <li>intermediates 0 to 3 int16 with layer normalization, else unused; 4 int8, without a
 *       projection the same as y.
 * </ul>
 *
 * <p>Unlike there an LSTM stays float where the integer kernels would compute something else or
 * nothing: an activation other than TANH (they always apply it), a cell state beyond 64.
 */
final class LstmRule implements RecurrentRule {
  /** The powers of two that the kernels' tables of tanh take. */
  private static final int GREATEST_CELL = 64;

  private static final List<String> INTERMEDIATES =
      List.of(
          "input_to_input_intermediate",
          "input_to_forget_intermediate",
          "input_to_cell_intermediate",
          "input_to_output_intermediate",
          "effective_hidden_scale_intermediate");

  @Override
  public String refusal(EditableOperator op, Compute compute, Ranges ranges) {
    if (!LstmInputs.of(op)) {
      return "the basic kernel has no form with int8 activations";
    }
    Activation activation = op.options().enumeration("fused_activation_function", Activation.class);
    if (activation != Activation.TANH) {
      return "the int8 kernel computes TANH, not " + activation;
    }
    if (LstmInputs.diagonal(op)) {
      return "recurrent weights that are diagonal have no int8 form";
    }
    for (int i = 1; i < op.inputs().size(); i++) {
      EditableTensor tensor = op.input(i);
      boolean state = i == H || i == C;
      if (tensor != null && !state && (!tensor.constant() || tensor.sparse())) {
        return "its weights " + tensor + " are no plain constants";
      }
    }
    if (op.input(H) == null || op.input(C) == null) {
      return "it has no state";
    }
    if (op.input(H).constant() || op.input(C).constant()) {
      return "its state is a constant";
    }
    if (LstmInputs.peepholes(op) && op.input(H).elements() > op.input(C).elements()) {
      return "it has peepholes and more outputs than cells";
    }
    return rangeRefusal(op, ranges);
  }

  private static String rangeRefusal(EditableOperator op, Ranges ranges) {
    Range cell = ranges.get(op.input(C));
    if (cell == null) {
      return "calibration saw no cell state";
    }
    if (magnitude(cell) > GREATEST_CELL) {
      return "its cell state reaches " + magnitude(cell) + ", beyond " + GREATEST_CELL;
    }
    for (int i = LstmInputs.normalized(op) ? 0 : HIDDEN; i <= HIDDEN; i++) {
      boolean needed =
          i == HIDDEN ? LstmInputs.projects(op) : i != INPUT || !LstmInputs.coupled(op);
      if (needed && ranges.intermediate(op, i) == null) {
        return "calibration saw no values of its intermediate " + i;
      }
    }
    return null;
  }

  private static float magnitude(Range range) {
    return Math.max(Math.abs(range.min()), Math.abs(range.max()));
  }

  @Override
  public void prepare(EditableOperator op, Compute compute, Ranges ranges) {
    EditableTensor y = op.output(0);
    Range written = ranges.get(y);
    Range h = ranges.get(op.input(H));
    if (written != null && h != null) {
      ranges.put(y, written.union(h));
    }
  }

  @Override
  public void complete(EditableOperator op, Compute compute, Ranges ranges, Constants constants) {
    TfliteQuantization y = op.output(0).quantization();
    float x = op.input(X).quantization().scales()[0];
    op.input(H).type(TensorType.INT8).quantization(y);
    float cell = cellScale(magnitude(ranges.get(op.input(C))));
    op.input(C).type(TensorType.INT16).quantization(parameters(cell, 0));
    boolean normalized = LstmInputs.normalized(op);
    for (int gate = LstmInputs.coupled(op) ? FORGET : INPUT; gate < 4; gate++) {
      EditableTensor bias = op.input(BIAS + gate);
      float[] scales = constants.weightScales(op.input(WEIGHTS + gate), PER_TENSOR, 8, WIDENED);
      float biasScale;
      if (normalized) {
        EditableTensor norm = SymmetricInt16.of(op.input(NORM + gate), 32767);
        op.inputs().set(NORM + gate, norm);
        biasScale = norm.quantization().scales()[0] * 0x1p-10f;
      } else {
        BiasScales guarded = BiasScales.of(false, x, scales, bias.floats());
        scales = guarded.weights();
        biasScale = guarded.bias()[0];
      }
      setWeights(op, WEIGHTS + gate, scales, constants);
      setWeights(op, RECURRENT + gate, null, constants);
      setBias(op, BIAS + gate, biasScale, constants);
    }
    for (int i = LstmInputs.coupled(op) ? 1 : 0; i < 3 && LstmInputs.peepholes(op); i++) {
      op.inputs().set(PEEPHOLE + i, SymmetricInt16.of(op.input(PEEPHOLE + i), 32767));
    }
    setIntermediates(op, compute, ranges, constants);
    if (LstmInputs.projects(op)) {
      setWeights(op, PROJECTION, null, constants);
      float hidden = op.intermediates().get(HIDDEN).quantization().scales()[0];
      float weights = op.input(PROJECTION).quantization().scales()[0];
      setBias(op, PROJECTION + 1, weights * hidden, constants);
    }
  }

  private static TfliteQuantization parameters(float scale, int zeroPoint) {
    return dev.octet.toolkit.quantize.integer.Activation.of(TensorType.INT16, scale, zeroPoint)
        .parameters(false);
  }

  /** {@code 2^n / 32768} with the least n of 0 to 6 that {@code 2^n >= magnitude}. */
  static float cellScale(float magnitude) {
    float bound = 1;
    while (bound < magnitude && bound < GREATEST_CELL) {
      bound *= 2;
    }
    return bound / 32768;
  }

  private static void setWeights(EditableOperator op, int i, float[] scales, Constants constants) {
    EditableTensor weights = op.input(i);
    float[] chosen =
        scales == null ? constants.weightScales(weights, PER_TENSOR, 8, WIDENED) : scales;
    op.inputs().set(i, constants.asWeights(weights, PER_TENSOR, 8, chosen, true, false));
  }

  private static void setBias(EditableOperator op, int i, float scale, Constants constants) {
    EditableTensor bias = op.input(i);
    if (bias != null) {
      op.inputs().set(i, constants.asBias(bias, TensorType.INT32, new float[] {scale}));
    }
  }

  private static void setIntermediates(
      EditableOperator op, Compute compute, Ranges ranges, Constants constants) {
    TfliteQuantization[] parameters = new TfliteQuantization[HIDDEN + 1];
    for (int i = 0; i < HIDDEN && LstmInputs.normalized(op); i++) {
      // both kernels read the parameters of a coupled cell's absent gate too
      int gate = i == INPUT && LstmInputs.coupled(op) ? FORGET : i;
      float magnitude = Math.max(magnitude(ranges.intermediate(op, gate)), 1e-6f);
      parameters[i] = parameters(magnitude / 32767, 0);
    }
    parameters[HIDDEN] =
        LstmInputs.projects(op)
            ? dev.octet.toolkit.quantize.integer.Activation.of(
                    compute, ranges.intermediate(op, HIDDEN))
                .parameters(false)
            : op.output(0).quantization();
    for (int i = op.intermediates().size(); i <= HIDDEN; i++) {
      op.intermediates()
          .add(new EditableTensor(constants.freeName(INTERMEDIATES.get(i)), TensorType.FLOAT32, 0));
    }
    for (int i = 0; i <= HIDDEN; i++) {
      if (parameters[i] != null) {
        TensorType type = i == HIDDEN ? TensorType.INT8 : TensorType.INT16;
        op.intermediates().get(i).type(type).quantization(parameters[i]);
      }
    }
  }
}
