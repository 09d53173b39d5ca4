// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import static dev.octet.tflite.BuiltinOperator.RANK;
import static dev.octet.tflite.BuiltinOperator.SHAPE;

import dev.octet.TensorType;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableSignature;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.OperatorConfig;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Gives the tensors of a graph their types, quantizes its constants, and puts QUANTIZE and
 * DEQUANTIZE where a tensor is read in another form than it is written: one for each form, after
 * the operator that writes the tensor. The model's ends keep their names.
 */
final class GraphRewriting {
  private final Planned plan;
  private final EditableGraph graph;
  private final Map<Compute, Propagation> scales;
  private final Ranges ranges;
  private final Constants constants;
  private final GraphEnds ends;
  private final CarriedValues carried;
  private final Conversions conversions;
  private final Map<EditableTensor, Set<Form>> wanted = new IdentityHashMap<>();
  private final Map<EditableTensor, Form> delivered = new IdentityHashMap<>();
  private final List<EditableOperator> ordered = new ArrayList<>();
  private final List<EditableOperator> last = new ArrayList<>();

  GraphRewriting(
      Planned plan,
      Map<Compute, Propagation> scales,
      Ranges ranges,
      Constants constants,
      GraphEnds ends,
      CarriedValues carried) {
    this.plan = plan;
    this.graph = plan.graph();
    this.scales = scales;
    this.ranges = ranges;
    this.constants = constants;
    this.ends = ends;
    this.carried = carried;
    this.conversions = new Conversions(constants);
  }

  void rewrite(
      EditableModel model,
      Function<EditableOperator, OperatorConfig> configs,
      IntegerOptions options) {
    collect();
    List<EditableOperator> operators = List.copyOf(graph.operators());
    for (EditableTensor tensor : new LinkedHashSet<>(graph.inputs())) {
      convert(tensor, true);
    }
    for (EditableOperator op : operators) {
      ordered.add(op);
      op.outputs().forEach(tensor -> convert(tensor, false));
    }
    ordered.addAll(last);
    for (EditableOperator op : operators) {
      for (int i = 0; i < op.inputs().size(); i++) {
        redirect(op, i);
      }
    }
    redirectEnds(model);
    conversions.apply();
    graph.operators().clear();
    graph.operators().addAll(ordered);
    complete(operators, configs, options);
  }

  /** Which forms are written, read and delivered. */
  private void collect() {
    for (EditableTensor tensor : graph.inputs()) {
      if (tensor.type() == TensorType.FLOAT32 && !tensor.constant()) {
        conversions.write(tensor, ends.input(tensor));
      }
    }
    for (EditableOperator op : graph.operators()) {
      OperatorRule rule = plan.rule(op);
      if (rule != null) {
        for (int i : rule.activationOutputs(op)) {
          conversions.write(op.output(i), new Form(scales.get(plan.compute(op)).output(op, i)));
        }
      } else if (CarriedValue.passes(op)) {
        for (int i = 0; i < op.outputs().size(); i++) {
          conversions.write(op.output(i), carried.at(Place.output(op, i)));
        }
      }
      for (int i = 0; i < op.inputs().size(); i++) {
        EditableTensor tensor = op.input(i);
        if (tensor != null && !tensor.constant() && tensor.type() == TensorType.FLOAT32) {
          if (!op.is(SHAPE, RANK)) {
            wanted.computeIfAbsent(tensor, t -> new LinkedHashSet<>()).add(read(op, i));
          }
        }
      }
    }
    for (EditableTensor tensor : graph.outputs()) {
      if (tensor.type() == TensorType.FLOAT32) {
        delivered.put(tensor, ends.output(tensor, conversions.written(tensor)));
      }
    }
  }

  private Form read(EditableOperator op, int input) {
    if (CarriedValue.passes(op)) {
      return carried.at(Place.input(op, input));
    }
    OperatorRule rule = plan.rule(op);
    return rule == null || !rule.activationInputs(op).contains(input)
        ? Form.FLOAT
        : new Form(scales.get(plan.compute(op)).input(op, input));
  }

  private void convert(EditableTensor tensor, boolean input) {
    if (tensor.type() != TensorType.FLOAT32 || tensor.constant()) {
      return;
    }
    Form written = conversions.written(tensor);
    Form end = delivered.get(tensor);
    Set<Form> read = wanted.getOrDefault(tensor, Set.of());
    String endName = tensor.name();
    if (end != null && !end.equals(written)) {
      if (input) {
        endName = constants.freeName(endName + "_output");
      } else {
        tensor.name(constants.freeName(endName + suffix(written, "1")));
      }
    }
    for (Form form : read) {
      if (conversions.in(tensor, form) == null) {
        String name = form.equals(end) ? endName : name(tensor, written, form, input);
        ordered.addAll(conversions.make(tensor, form, name));
      }
    }
    if (end != null && conversions.in(tensor, end) == null) {
      boolean atEnd = written.type() == TensorType.INT16;
      (atEnd ? last : ordered).addAll(conversions.make(tensor, end, endName));
    }
  }

  private String name(EditableTensor tensor, Form written, Form form, boolean input) {
    if (input && form.type() == TensorType.INT8) {
      return constants.freeName("tfl.quantize");
    }
    boolean requantized = !written.real() && written.type() == form.type();
    return constants.freeName(
        tensor.name() + (requantized ? "_requantized" : suffix(form, "_int8")));
  }

  /** As TensorFlow's two quantizers name what they put beside a tensor. */
  private static String suffix(Form form, String int8) {
    return switch (form.type()) {
      case INT16 -> "_int16";
      case FLOAT32 -> "_float";
      default -> int8;
    };
  }

  private void redirect(EditableOperator op, int i) {
    EditableTensor tensor = op.input(i);
    if (tensor == null || tensor.type() != TensorType.FLOAT32 || op.is(SHAPE, RANK)) {
      return;
    }
    OperatorRule rule = plan.rule(op);
    if (!tensor.constant()) {
      op.inputs().set(i, conversions.in(tensor, read(op, i)));
    } else if (CarriedValue.passes(op) && !read(op, i).real()) {
      op.inputs().set(i, constants.asActivation(tensor, read(op, i).activation()));
    } else if (rule != null && i != rule.weights() && rule.activationInputs(op).contains(i)) {
      op.inputs().set(i, constants.asActivation(tensor, scales.get(plan.compute(op)).input(op, i)));
    }
  }

  private void redirectEnds(EditableModel model) {
    for (int i = 0; i < graph.outputs().size(); i++) {
      graph.outputs().set(i, delivered(graph.outputs().get(i)));
    }
    for (EditableSignature signature : model.signatures()) {
      if (signature.graph() == graph) {
        signature.outputs().replaceAll((name, tensor) -> delivered(tensor));
      }
    }
  }

  private EditableTensor delivered(EditableTensor tensor) {
    Form form = delivered.get(tensor);
    if (form == null) {
      return tensor;
    }
    return tensor.constant() && !form.real()
        ? constants.asActivation(tensor, form.activation())
        : conversions.in(tensor, form);
  }

  private void complete(
      List<EditableOperator> operators,
      Function<EditableOperator, OperatorConfig> configs,
      IntegerOptions options) {
    WeightsRewriting weights = new WeightsRewriting(options, constants);
    for (EditableOperator op : operators) {
      OperatorRule rule = plan.rule(op);
      if (rule == null) {
        continue;
      }
      Compute compute = plan.compute(op);
      if (rule.weights() >= 0) {
        weights.rewrite(op, rule, configs.apply(op));
      }
      if (rule.recurrent() != null) {
        rule.recurrent().complete(op, compute, ranges, constants);
      }
      OperatorVersions.set(op, rule, compute, options);
    }
  }
}
