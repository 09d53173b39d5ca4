// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.TensorInfo;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;

/** What the first output of a classifier holds. */
public enum Scores {
  /**
   * Probabilities: its last operator is SOFTMAX or LOGISTIC, behind any QUANTIZE, DEQUANTIZE,
   * RESHAPE, SQUEEZE and EXPAND_DIMS; or it is a float output whose numbers lie in [0, 1] and sum
   * to 1 within 0.001 on each of the first samples.
   */
  PROBABILITIES,
  /** Their logarithms: the last operator is LOG_SOFTMAX. */
  LOG_PROBABILITIES,
  /** The class itself: one whole number that is not quantized, as ARG_MAX gives. */
  CLASS,
  /** Anything else: softmax makes them probabilities (the logistic function where it is one). */
  LOGITS;

  /** By what makes the output; {@link #PROBABILITIES} by numbers is {@link #seen}'s to say. */
  static Scores of(EditableModel model, int subgraph, TensorInfo output) {
    EditableGraph graph = model.graphs().get(subgraph);
    EditableTensor tensor = graph.read(output.index());
    boolean whole = !output.type().name().startsWith("FLOAT") && output.quantization().isEmpty();
    if (whole && tensor.elements() == 1) {
      return CLASS;
    }
    EditableOperator producer = graph.producer(tensor);
    while (producer != null
        && producer.is(
            BuiltinOperator.DEQUANTIZE,
            BuiltinOperator.QUANTIZE,
            BuiltinOperator.RESHAPE,
            BuiltinOperator.SQUEEZE,
            BuiltinOperator.EXPAND_DIMS)) {
      producer = graph.producer(producer.input(0));
    }
    if (producer == null) {
      return LOGITS;
    }
    if (producer.is(BuiltinOperator.LOG_SOFTMAX)) {
      return LOG_PROBABILITIES;
    }
    return producer.is(
            BuiltinOperator.SOFTMAX, BuiltinOperator.LOGISTIC, BuiltinOperator.STABLEHLO_LOGISTIC)
        ? PROBABILITIES
        : LOGITS;
  }

  /** What is known when the first outputs have been seen. */
  Scores seen(List<double[]> outputs) {
    return this == LOGITS && outputs.stream().allMatch(Scores::distribution) ? PROBABILITIES : this;
  }

  private static boolean distribution(double[] values) {
    double sum = 0;
    for (double value : values) {
      if (!(value >= 0 && value <= 1)) {
        return false;
      }
      sum += value;
    }
    return values.length > 1 && Math.abs(sum - 1) <= 1e-3;
  }

  /** Number of classes that an output of so many elements tells apart; 0 when it does not say. */
  int classes(int elements) {
    return this == CLASS ? 0 : Math.max(2, elements);
  }

  /** The probability of each class; an output of one element p has the classes 1 - p and p. */
  double[] probabilities(double[] output) {
    if (this == CLASS) {
      throw new IllegalArgumentException("the output is a class, it has no probabilities");
    }
    double[] p = output.clone();
    if (output.length == 1) {
      double one =
          switch (this) {
            case PROBABILITIES -> p[0];
            case LOG_PROBABILITIES -> Math.exp(p[0]);
            default -> 1 / (1 + Math.exp(-p[0]));
          };
      return new double[] {1 - one, one};
    }
    double greatest = Double.NEGATIVE_INFINITY;
    for (double value : p) {
      greatest = Math.max(greatest, value);
    }
    double sum = 0;
    for (int i = 0; i < p.length && this != PROBABILITIES; i++) {
      p[i] = Math.exp(this == LOGITS ? p[i] - greatest : p[i]);
      sum += p[i];
    }
    for (int i = 0; i < p.length && this == LOGITS; i++) {
      p[i] /= sum;
    }
    return p;
  }
}
