// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * A custom operator computed by the user's own Java, given to {@link ModelOptions#customOperator}.
 * One instance serves every place, interpreter and thread, so it holds no state of its own; {@link
 * Call#state} does.
 *
 * <pre>{@code
 * CustomOperator sinh = new CustomOperator() {
 *   public int[][] shapes(Place place) {
 *     return new int[][] {place.inputShape(0)};
 *   }
 *
 *   public void run(Call call) {
 *     float[] x = call.input(0).toFloats();
 *     for (int i = 0; i < x.length; i++) {
 *       x[i] = (float) Math.sinh(x[i]);
 *     }
 *     call.output(0).set(x);
 *   }
 * };
 * Model model = Model.load(path, new ModelOptions().customOperator("Sinh", sinh));
 * }</pre>
 */
public interface CustomOperator {
  /**
   * The shape of each output, or null in place of one that only a run knows. Called when shapes are
   * settled: when an interpreter is made, and after a resize.
   *
   * @throws IllegalArgumentException where this operator cannot take such inputs; it becomes an
   *     {@link UnsupportedOperatorException} with the same message
   */
  int[][] shapes(Place place);

  /**
   * Computes the outputs. What it throws becomes an {@link InferenceException} of the kind {@link
   * InferenceException.Kind#CUSTOM_OPERATOR}, and the interpreter stays usable.
   */
  void run(Call call);

  /** An operator of a model. */
  interface Place {
    /** The custom options as the file has them: little-endian, read-only, often a FlexBuffer. */
    ByteBuffer options();

    int inputCount();

    int outputCount();

    /** True when input {@code i} is there. */
    boolean hasInput(int i);

    /** What the model says of input {@code i}. */
    TensorInfo input(int i);

    /** What the model says of output {@code i}. */
    TensorInfo output(int i);

    /** The shape that input {@code i} has now. */
    int[] inputShape(int i);
  }

  /** One run. Its tensors are valid until {@link #run} returns. */
  interface Call {
    Place place();

    /** Input {@code i}, to be read. */
    Tensor input(int i);

    /** Output {@code i} of the shape that {@link #shapes} gave, to be written. */
    Tensor output(int i);

    /** Output {@code i}, whose shape {@link #shapes} left to the run. */
    Tensor output(int i, int... shape);

    /**
     * What this operator keeps from run to run in this interpreter. Made at the first call, after
     * {@link Interpreter#resetVariables} and after a resize.
     */
    <T> T state(Supplier<T> initial);
  }
}
