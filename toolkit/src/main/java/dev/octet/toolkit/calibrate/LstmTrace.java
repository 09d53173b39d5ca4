// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.LstmKernel;
import dev.octet.tflite.Table;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The cells of an LSTM operator over its sequence: one, or two of both directions. */
final class LstmTrace implements RecurrentTrace {
  private static final int HIDDEN = 4;

  private final EditableOperator operator;
  private final boolean timeMajor;
  private final boolean mergeOutputs;
  private final List<Direction> directions = new ArrayList<>();

  private record Direction(FloatLstmCell cell, LstmLayout layout, boolean reverse) {}

  private LstmTrace(EditableOperator operator) {
    this.operator = operator;
    Table options = operator.options();
    boolean step = operator.is(BuiltinOperator.LSTM);
    boolean both = operator.is(BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM);
    timeMajor = step || options.bool("time_major");
    mergeOutputs = !both || options.bool("merge_outputs");
    if (both) {
      add(LstmLayout.forward(operator), false);
      add(LstmLayout.backward(operator), true);
    } else {
      add(LstmLayout.FULL, false);
    }
  }

  private void add(LstmLayout layout, boolean reverse) {
    Table options = operator.options();
    FloatLstmCell cell =
        new FloatLstmCell(
            operator,
            layout,
            options.enumeration("fused_activation_function", Activation.class),
            options.float_("cell_clip"),
            options.float_("proj_clip"));
    directions.add(new Direction(cell, layout, reverse));
  }

  static RecurrentTrace of(EditableOperator operator) {
    boolean both = operator.is(BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM);
    int count = operator.inputs().size();
    boolean full = both ? count == 48 : count == 20 || count == 24;
    if (!full
        || operator.options().enumeration("fused_activation_function", Activation.class)
            == Activation.SIGN_BIT
        || operator.is(BuiltinOperator.LSTM)
            && operator.options().enumeration("kernel_type", LstmKernel.class) == LstmKernel.BASIC
        || !FloatLstmCell.readable(operator, both ? LstmLayout.forward(operator) : LstmLayout.FULL)
        || both && !FloatLstmCell.readable(operator, LstmLayout.backward(operator))) {
      return null;
    }
    return new LstmTrace(operator);
  }

  @Override
  public List<float[]> run(IntFunction<float[]> inputs, Values internals) {
    float[] aux = directions.get(0).layout.aux() < 0 ? null : inputs.apply(LstmLayout.AUX);
    List<float[]> outputs = new ArrayList<>();
    for (Direction each : directions) {
      float[] h = state(inputs, each.layout.state(), each.layout.h(operator));
      float[] c = state(inputs, each.layout.state() + 1, each.layout.c(operator));
      outputs.add(run(each, inputs.apply(each.layout.x()), aux, h, c, internals));
    }
    return mergeOutputs && outputs.size() == 2 ? List.of(merged(outputs)) : outputs;
  }

  private static float[] state(IntFunction<float[]> inputs, int i, EditableTensor tensor) {
    float[] before = inputs.apply(i);
    return before == null ? new float[tensor.elements()] : before.clone();
  }

  private float[] run(Direction d, float[] x, float[] aux, float[] h, float[] c, Values internals) {
    FloatLstmCell cell = d.cell;
    int batch = c.length / cell.cells;
    if (batch == 0 || x.length % (batch * cell.inputs) != 0) {
      throw new IllegalArgumentException(
          operator + ": " + x.length + " inputs are no steps of " + batch + " x " + cell.inputs);
    }
    int steps = x.length / (batch * cell.inputs);
    Recording allH = new Recording((1 + steps) * h.length);
    Recording allC = new Recording((1 + steps) * c.length);
    Recording[] middle = new Recording[HIDDEN + 1];
    for (int i = 0; i <= HIDDEN; i++) {
      middle[i] = new Recording(steps * batch * cell.cells);
    }
    allH.add(h);
    allC.add(c);
    float[] y = new float[steps * batch * cell.outputs];
    float[][] sums = new float[HIDDEN][cell.cells];
    float[] hidden = new float[cell.cells];
    for (int i = 0; i < steps; i++) {
      int t = d.reverse ? steps - 1 - i : i;
      for (int b = 0; b < batch; b++) {
        int row = timeMajor ? t * batch + b : b * steps + t;
        cell.step(x, row * cell.inputs, aux, row * cell.auxInputs, h, c, b, sums, hidden);
        for (int gate = cell.coupled() ? 1 : 0; cell.normalized() && gate < HIDDEN; gate++) {
          middle[gate].add(sums[gate]);
        }
        middle[HIDDEN].add(hidden);
        System.arraycopy(h, b * cell.outputs, y, row * cell.outputs, cell.outputs);
      }
      allH.add(h);
      allC.add(c);
    }
    internals.accept(d.layout.h(operator).sourceIndex(), allH.values);
    internals.accept(d.layout.c(operator).sourceIndex(), allC.values);
    for (int i = 0; i <= HIDDEN && directions.size() == 1; i++) {
      if (middle[i].at > 0) {
        internals.accept(RecurrentTrace.intermediate(operator, i), middle[i].values);
      }
    }
    return y;
  }

  private float[] merged(List<float[]> outputs) {
    int forward = directions.get(0).cell.outputs;
    int backward = directions.get(1).cell.outputs;
    int rows = outputs.get(0).length / forward;
    float[] merged = new float[rows * (forward + backward)];
    for (int row = 0; row < rows; row++) {
      int at = row * (forward + backward);
      System.arraycopy(outputs.get(0), row * forward, merged, at, forward);
      System.arraycopy(outputs.get(1), row * backward, merged, at + forward, backward);
    }
    return merged;
  }

  /** Values in the order they came. */
  private static final class Recording {
    private final float[] values;
    private int at;

    Recording(int size) {
      values = new float[size];
    }

    void add(float[] more) {
      System.arraycopy(more, 0, values, at, more.length);
      at += more.length;
    }
  }
}
