// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * SVDF: the state [batch, filters, memory] moves by one place, its last becomes {@code x W}, and
 * unit u is {@code activation(sum over r < rank, m of state[u * rank + r][m] * time[u * rank +
 * r][m] + bias[u])}.
 */
final class SvdfTrace implements RecurrentTrace {
  private final EditableOperator operator;
  private final float[] w;
  private final float[] time;
  private final float[] bias;
  private final int inputs;
  private final int filters;
  private final int memory;
  private final int rank;
  private final Activation activation;

  private SvdfTrace(EditableOperator operator) {
    this.operator = operator;
    w = operator.input(1).floats();
    time = operator.input(2).floats();
    bias = operator.input(3) == null ? null : operator.input(3).floats();
    inputs = operator.input(1).dim(1);
    filters = operator.input(2).dim(0);
    memory = operator.input(2).dim(1);
    rank = operator.options().integer("rank");
    activation = operator.options().enumeration("fused_activation_function", Activation.class);
  }

  static RecurrentTrace of(EditableOperator operator) {
    boolean readable = operator.inputs().size() == 5 && operator.input(4) != null;
    for (int i = 1; readable && i < 4; i++) {
      EditableTensor tensor = operator.input(i);
      readable =
          tensor == null
              ? i == 3
              : tensor.constant() && !tensor.sparse() && tensor.type() == TensorType.FLOAT32;
    }
    return readable ? new SvdfTrace(operator) : null;
  }

  @Override
  public List<float[]> run(IntFunction<float[]> values, Values internals) {
    float[] x = values.apply(0);
    float[] before = values.apply(4);
    float[] state = before == null ? new float[operator.input(4).elements()] : before.clone();
    int batch = state.length / (filters * memory);
    if (x.length != batch * inputs) {
      throw new IllegalArgumentException(
          operator + ": " + x.length + " inputs, not " + batch + " x " + inputs);
    }
    int units = filters / rank;
    float[] y = new float[batch * units];
    float[] states = Arrays.copyOf(state, 2 * state.length);
    for (int b = 0; b < batch; b++) {
      for (int f = 0; f < filters; f++) {
        int at = (b * filters + f) * memory;
        System.arraycopy(state, at + 1, state, at, memory - 1);
        state[at + memory - 1] = feature(x, b * inputs, f);
      }
      for (int u = 0; u < units; u++) {
        y[b * units + u] = unit(state, b, u);
      }
    }
    System.arraycopy(state, 0, states, state.length, state.length);
    internals.accept(operator.input(4).sourceIndex(), states);
    return List.of(y);
  }

  private float feature(float[] x, int from, int filter) {
    double sum = 0;
    for (int k = 0; k < inputs; k++) {
      sum += (double) w[filter * inputs + k] * x[from + k];
    }
    return (float) sum;
  }

  private float unit(float[] state, int b, int u) {
    double sum = bias == null ? 0 : bias[u];
    for (int i = u * rank * memory; i < (u + 1) * rank * memory; i++) {
      sum += (double) state[b * filters * memory + i] * time[i];
    }
    float v = (float) sum;
    return switch (activation) {
      case NONE -> v;
      case RELU -> Math.max(v, 0);
      case RELU6 -> Math.min(Math.max(v, 0), 6);
      case RELU_N1_TO_1 -> Math.min(Math.max(v, -1), 1);
      case TANH -> (float) Math.tanh(v);
      case SIGN_BIT -> v < 0 ? 1 : 0;
    };
  }
}
