// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static dev.octet.tflite.BuiltinOperator.IF;
import static dev.octet.tflite.BuiltinOperator.RANK;
import static dev.octet.tflite.BuiltinOperator.SHAPE;
import static dev.octet.tflite.BuiltinOperator.WHILE;
import static dev.octet.toolkit.quantize.Compute.INT16X8;
import static dev.octet.toolkit.quantize.Compute.INT8;

import dev.octet.TensorType;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A value that passes between IF or WHILE and the graphs that they run: of WHILE its input and
 * output, the condition's input and the body's input and output are ends of one value. All have one
 * type and one scale, from the union of what they held.
 *
 * <p>It is carried as integers when all that read and write it inside compute on integers: as int16
 * when a reader does (or without readers, a writer), else as int8. What a body writes and reads
 * with the same parameters is then rounded as often as with floats between. Otherwise it is carried
 * as floats, and QUANTIZE and DEQUANTIZE are inside the graphs.
 */
final class CarriedValue {
  /**
   * One place where it is held.
   *
   * @param caller the operator whose end it is, or null for an input or output of a called graph
   * @param source true for what the caller reads, which others may read in other forms
   */
  private record End(
      EditableGraph graph, EditableTensor tensor, EditableOperator caller, boolean source) {}

  private final List<End> ends = new ArrayList<>();
  private Form form = Form.FLOAT;

  /** True for an operator whose values these are. */
  static boolean passes(EditableOperator op) {
    return op.is(IF, WHILE);
  }

  void add(EditableGraph graph, EditableTensor tensor, EditableOperator caller, boolean source) {
    ends.add(new End(graph, tensor, caller, source));
  }

  void addAll(CarriedValue other) {
    ends.addAll(other.ends);
  }

  Form form() {
    return form;
  }

  /** True for real numbers that were left floats. */
  boolean floats() {
    return form.real() && ends.get(0).tensor.type() == TensorType.FLOAT32;
  }

  /**
   * Chooses the form, and gives the ends their common range.
   *
   * @param plans of the graphs that are quantized; a value with an end in another stays float
   * @param always true to carry integers where nothing inside reads or writes the value too
   */
  void choose(
      Map<EditableGraph, Planned> plans, Map<EditableGraph, Ranges> ranges, boolean always) {
    Set<Compute> readers = new LinkedHashSet<>();
    Set<Compute> writers = new LinkedHashSet<>();
    Set<Activation> fixed = new LinkedHashSet<>();
    Range range = null;
    for (End end : ends) {
      Planned plan = plans.get(end.graph);
      if (plan == null || end.tensor.type() != TensorType.FLOAT32) {
        return;
      }
      Range held = held(end, ranges);
      range = range == null ? held : held == null ? range : range.union(held);
      if (end.caller == null) {
        addReaders(plan, end.tensor, readers);
        addWriter(plan, end.tensor, writers, fixed);
      }
    }
    Set<Compute> deciding = readers.isEmpty() ? writers : readers;
    boolean known = !deciding.isEmpty() || always;
    if (range == null
        || !known
        || readers.contains(Compute.FLOAT)
        || writers.contains(Compute.FLOAT)) {
      return;
    }
    Compute compute = deciding.contains(INT16X8) ? INT16X8 : INT8;
    Range common = tableRange(compute, range, fixed);
    form = new Form(Activation.of(compute, common));
    for (End end : ends) {
      if (!end.source && !end.tensor.constant()) {
        ranges.get(end.graph).put(end.tensor, common);
      }
    }
  }

  private static Range held(End end, Map<EditableGraph, Ranges> ranges) {
    return end.tensor.constant()
        ? Constants.activation(end.tensor, INT8).range()
        : ranges.get(end.graph).get(end.tensor);
  }

  private static void addReaders(Planned plan, EditableTensor tensor, Set<Compute> readers) {
    for (EditableOperator op : plan.graph().consumers(tensor)) {
      for (int i = 0; i < op.inputs().size(); i++) {
        if (op.input(i) == tensor && !op.is(SHAPE, RANK) && !passes(op)) {
          OperatorRule rule = plan.rule(op);
          boolean integer = rule != null && rule.activationInputs(op).contains(i);
          readers.add(integer ? plan.compute(op) : Compute.FLOAT);
        }
      }
    }
  }

  private static void addWriter(
      Planned plan, EditableTensor tensor, Set<Compute> writers, Set<Activation> fixed) {
    EditableOperator op = plan.graph().producer(tensor);
    if (op != null && !passes(op)) {
      Compute compute = plan.compute(op);
      writers.add(compute == null ? Compute.FLOAT : compute);
      if (compute != null) {
        fixed.add(plan.rule(op).fixed(compute));
      }
    }
  }

  /** Of a value that tables alone write, all that these have, if that holds {@code range} too. */
  private static Range tableRange(Compute compute, Range range, Set<Activation> fixed) {
    Activation table = fixed.size() == 1 ? fixed.iterator().next() : null;
    if (table == null || compute != (table.type() == TensorType.INT8 ? INT8 : INT16X8)) {
      return range;
    }
    int greatest = compute == INT8 ? 127 : 32767;
    int least = compute == INT8 ? -128 : -32767;
    float low = (least - table.zeroPoint()) * table.scale();
    float high = (greatest - table.zeroPoint()) * table.scale();
    boolean holds = range.min() >= low && range.max() <= high + table.scale();
    return holds ? new Range(low, high) : range;
  }
}
