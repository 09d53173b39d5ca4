// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import java.util.ArrayList;
import java.util.List;

/** Operators that remember, at sizes of keyword spotters. */
final class RecurrentModels {
  private static final int CELLS = 64;

  private RecurrentModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String kind : List.of("f32", "hybrid")) {
      TensorType type = kind.equals("f32") ? TensorType.FLOAT32 : TensorType.INT8;
      all.add(lstm(kind, type));
      all.add(
          new OperatorModel("UNIDIRECTIONAL_SEQUENCE_RNN", kind)
              .options("SequenceRNNOptions", "fused_activation_function", Activation.TANH)
              .x(1, 49, CELLS)
              .weights(type, CELLS, CELLS)
              .weights(type, CELLS, CELLS)
              .c(CELLS)
              .state(TensorType.FLOAT32, 0, 0, 1, CELLS)
              .y());
      all.add(
          new OperatorModel("SVDF", kind)
              .options("SVDFOptions", "rank", 1, "fused_activation_function", Activation.RELU)
              .x(1, CELLS)
              .weights(type, 128, CELLS)
              .weights(type, 128, 10)
              .c(128)
              .state(TensorType.FLOAT32, 0, 0, 1, 1280)
              .y());
    }
    all.add(integerLstm());
    all.add(
        new OperatorModel("SVDF", "i8")
            .options("SVDFOptions", "rank", 1, "fused_activation_function", Activation.RELU)
            .x(1, CELLS)
            .weights(TensorType.INT8, 128, CELLS)
            .weights(TensorType.INT16, 128, 10)
            .constant(TensorType.INT32, new byte[4 * 128], 0.001f * 0.01f, 0, 128)
            .state(TensorType.INT16, 0.001f, 0, 1, 1280)
            .y());
    return all;
  }

  private static OperatorModel lstm(String kind, TensorType type) {
    OperatorModel model =
        new OperatorModel("UNIDIRECTIONAL_SEQUENCE_LSTM", kind)
            .options(
                "UnidirectionalSequenceLSTMOptions", "fused_activation_function", Activation.TANH)
            .x(1, 49, CELLS);
    for (int i = 0; i < 8; i++) {
      model.weights(type, CELLS, CELLS);
    }
    model.none(3);
    for (int i = 0; i < 4; i++) {
      model.c(CELLS);
    }
    return model
        .none(2)
        .state(TensorType.FLOAT32, 0, 0, 1, CELLS)
        .state(TensorType.FLOAT32, 0, 0, 1, CELLS)
        .y();
  }

  private static OperatorModel integerLstm() {
    OperatorModel model =
        new OperatorModel("UNIDIRECTIONAL_SEQUENCE_LSTM", "i8")
            .options(
                "UnidirectionalSequenceLSTMOptions", "fused_activation_function", Activation.TANH)
            .x(1, 49, CELLS);
    for (int i = 0; i < 8; i++) {
      model.weights(TensorType.INT8, CELLS, CELLS);
    }
    model.none(3);
    for (int i = 0; i < 4; i++) {
      model.constant(TensorType.INT32, new byte[4 * CELLS], 0, 0, CELLS);
    }
    model
        .none(2)
        .state(TensorType.INT8, 1f / 128, 0, 1, CELLS)
        .state(TensorType.INT16, 1f / 2048, 0, 1, CELLS)
        .y(TensorType.INT8, 1f / 128, 0);
    for (int i = 0; i < 4; i++) {
      model.intermediate(TensorType.INT16, 1e-3f, 0);
    }
    return model.intermediate(TensorType.INT16, 1f / 128, 0);
  }
}
