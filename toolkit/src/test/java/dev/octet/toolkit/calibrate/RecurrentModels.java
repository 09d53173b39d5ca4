// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.TensorType;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.LstmKernel;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteWriter;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Float models of one recurrent operator, with weights drawn from a seed. */
public final class RecurrentModels {
  /** What an LSTM may have beyond the plain cell. */
  public record Options(
      boolean coupled,
      boolean peephole,
      boolean projection,
      boolean projectionBias,
      boolean norm,
      boolean timeMajor,
      boolean diagonal,
      float cellClip,
      float projectionClip,
      Activation activation) {
    public static Options plain() {
      return new Options(false, false, false, false, false, false, false, 0, 0, Activation.TANH);
    }

    /** The same without diagonal weights, which single steps do not have. */
    public Options ofSteps() {
      return new Options(
          coupled,
          peephole,
          projection,
          projectionBias,
          norm,
          timeMajor,
          false,
          cellClip,
          projectionClip,
          activation);
    }

    /** One of all combinations. */
    public static Options drawn(Random random) {
      boolean projection = random.nextBoolean();
      return new Options(
          random.nextBoolean(),
          random.nextBoolean(),
          projection,
          projection && random.nextBoolean(),
          random.nextBoolean(),
          random.nextBoolean(),
          !projection && random.nextInt(5) == 0,
          random.nextBoolean() ? 0 : 0.7f,
          projection && random.nextBoolean() ? 0.3f : 0,
          random.nextInt(4) == 0 ? Activation.RELU6 : Activation.TANH);
    }
  }

  private final Random random;
  private final EditableModel model;
  private final EditableGraph graph;

  private RecurrentModels(long seed) {
    random = new Random(seed);
    model = empty("model " + seed);
    graph = model.graphs().get(0);
  }

  /** A model of one graph that holds nothing. */
  public static EditableModel empty(String name) {
    return empty(name, 1);
  }

  /** A model of graphs that hold nothing. */
  public static EditableModel empty(String name, int graphs) {
    ByteBuffer bytes =
        TfliteWriter.write(
            Table.builder("Model")
                .set("version", 3)
                .set("subgraphs", Collections.nCopies(graphs, Table.of("SubGraph")))
                .set("buffers", List.of(Table.of("Buffer")))
                .build());
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    return EditableModel.read(name, array);
  }

  private EditableTensor tensor(String name, boolean variable, int... shape) {
    return new EditableTensor(name, TensorType.FLOAT32, shape).variable(variable);
  }

  private EditableTensor weights(String name, double greatest, int... shape) {
    EditableTensor tensor = tensor(name, false, shape);
    float[] values = new float[tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * greatest);
    }
    return tensor.floats(values);
  }

  /** Model whose only operator is the LSTM, its sequence [batch, steps, inputs] the input. */
  public static EditableModel sequence(
      long seed, Options o, int batch, int steps, int inputs, int cells, int outputs) {
    RecurrentModels m = new RecurrentModels(seed);
    int[] shape = o.timeMajor ? new int[] {steps, batch, inputs} : new int[] {batch, steps, inputs};
    EditableTensor x = m.tensor("x", false, shape);
    int units = o.projection ? outputs : cells;
    shape[2] = units;
    EditableTensor y = m.tensor("y", false, shape);
    Table options =
        Table.builder("UnidirectionalSequenceLSTMOptions")
            .set("fused_activation_function", o.activation)
            .set("cell_clip", o.cellClip)
            .set("proj_clip", o.projectionClip)
            .set("time_major", o.timeMajor)
            .set("diagonal_recurrent_tensors", o.diagonal)
            .build();
    return m.lstm(
        BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
        options,
        o,
        x,
        y,
        batch,
        inputs,
        cells,
        units);
  }

  /** Model whose only operator is one step of an LSTM. */
  public static EditableModel step(
      long seed, Options o, int batch, int inputs, int cells, int outputs) {
    RecurrentModels m = new RecurrentModels(seed);
    int units = o.projection ? outputs : cells;
    Table options =
        Table.builder("LSTMOptions")
            .set("fused_activation_function", o.activation)
            .set("cell_clip", o.cellClip)
            .set("proj_clip", o.projectionClip)
            .set("kernel_type", LstmKernel.FULL)
            .build();
    EditableTensor x = m.tensor("x", false, batch, inputs);
    EditableTensor y = m.tensor("y", false, batch, units);
    return m.lstm(BuiltinOperator.LSTM, options, o, x, y, batch, inputs, cells, units);
  }

  private EditableModel lstm(
      BuiltinOperator builtin,
      Table options,
      Options o,
      EditableTensor x,
      EditableTensor y,
      int batch,
      int inputs,
      int cells,
      int units) {
    List<EditableTensor> all = new ArrayList<>(Collections.nCopies(24, null));
    all.set(0, x);
    for (int gate = o.coupled ? 1 : 0; gate < 4; gate++) {
      all.set(LstmInputs.WEIGHTS + gate, weights("x" + gate, 1, cells, inputs));
      all.set(
          LstmInputs.RECURRENT + gate,
          o.diagonal ? weights("r" + gate, 0.6, cells) : weights("r" + gate, 0.6, cells, units));
      all.set(LstmInputs.BIAS + gate, weights("b" + gate, 0.5, cells));
      if (o.norm) {
        all.set(LstmInputs.NORM + gate, weights("n" + gate, 1, cells));
      }
    }
    for (int i = o.coupled ? 1 : 0; o.peephole && i < 3; i++) {
      all.set(LstmInputs.PEEPHOLE + i, weights("p" + i, 0.5, cells));
    }
    if (o.projection) {
      all.set(LstmInputs.PROJECTION, weights("projection", 0.6, units, cells));
      if (o.projectionBias) {
        all.set(LstmInputs.PROJECTION + 1, weights("projection_bias", 0.3, units));
      }
    }
    all.set(LstmInputs.H, tensor("h", true, batch, units));
    all.set(LstmInputs.C, tensor("c", true, batch, cells));
    return finish(new EditableOperator(builtin, all, List.of(y)).options(options), List.of(x));
  }

  /** Model whose only operator is SVDF. */
  public static EditableModel svdf(
      long seed, Activation activation, int batch, int inputs, int units, int rank, int memory) {
    RecurrentModels m = new RecurrentModels(seed);
    int filters = units * rank;
    EditableTensor x = m.tensor("x", false, batch, inputs);
    List<EditableTensor> all = new ArrayList<>();
    all.add(x);
    all.add(m.weights("feature", 0.5, filters, inputs));
    all.add(m.weights("time", 0.5, filters, memory));
    all.add(m.weights("bias", 0.4, units));
    all.add(m.tensor("state", true, batch, filters * memory));
    return m.finish(
        new EditableOperator(BuiltinOperator.SVDF, all, List.of(m.tensor("y", false, batch, units)))
            .options(
                Table.builder("SVDFOptions")
                    .set("rank", rank)
                    .set("fused_activation_function", activation)
                    .build()),
        List.of(x));
  }

  private EditableModel finish(EditableOperator operator, List<EditableTensor> inputs) {
    graph.operators().add(operator);
    graph.inputs().addAll(inputs);
    graph.outputs().addAll(operator.outputs());
    return model.copy();
  }
}
