// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.OctetException;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.OperatorConfig;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Turns a float model into one that computes on integers: int8 activations and weights, or int16
 * activations and int8 weights, chosen for each operator. Every operator's inputs and outputs get
 * scale and zero point from measured ranges, its weights from their contents, its bias from both.
 *
 * <p>An operator that has no rule, no range or no wish to be quantized stays as it is, with
 * DEQUANTIZE before it and QUANTIZE after it where its neighbours are quantized.
 *
 * <p>The graphs that an operator calls (bodies of IF and WHILE, composites) stay on floats.
 */
public final class IntegerQuantization {
  private IntegerQuantization() {}

  /**
   * Quantizes {@code model} in place; after an exception it is not to be used.
   *
   * @param ranges of the float model's tensors, by their index in its file
   * @param configs what becomes of each operator: INT8 or INT16X8; all others are left as they are
   * @return what was quantized, and which operators were not and why
   * @throws OctetException if {@link IntegerOptions#strict} and an operator must stay on floats, or
   *     if no range at all is known; the message names the operators or tensors
   */
  public static List<String> apply(
      EditableModel model,
      ActivationRanges ranges,
      Function<EditableOperator, OperatorConfig> configs,
      IntegerOptions options) {
    List<String> notes = new ArrayList<>();
    List<Work> works = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (EditableGraph graph : CalledGraphs.notCalled(model)) {
      Ranges known = Ranges.of(graph, model.graphs().indexOf(graph), ranges);
      Map<EditableTensor, Range> trained = TrainedRanges.take(model, graph, known, notes);
      Work work = plan(model, graph, known, trained, configs);
      works.add(work);
      work.plan.refusals().forEach((op, reason) -> refused.add(name(graph, op) + ": " + reason));
    }
    if (options.strict() && !refused.isEmpty()) {
      throw new OctetException(
          model.source() + " cannot be quantized to integers only: " + String.join("; ", refused));
    }
    for (Work work : works) {
      notes.add(counts(work.plan));
      GraphEnds ends = new GraphEnds(options, work.scales, notes);
      Constants constants = new Constants(work.plan.graph(), work.trained);
      new GraphRewriting(work.plan, work.scales, work.ranges, constants, ends)
          .rewrite(model, configs, options);
    }
    refused.forEach(line -> notes.add("on floats: " + line));
    return notes;
  }

  private record Work(
      Planned plan,
      Map<Compute, Propagation> scales,
      Ranges ranges,
      Map<EditableTensor, Range> trained) {}

  private static Work plan(
      EditableModel model,
      EditableGraph graph,
      Ranges ranges,
      Map<EditableTensor, Range> trained,
      Function<EditableOperator, OperatorConfig> configs) {
    Planned plan = Planning.of(graph, ranges, configs);
    boolean any = !plan.computes().isEmpty();
    for (EditableOperator op : graph.operators()) {
      OperatorRule rule = plan.rule(op);
      if (rule != null && rule.recurrent() != null) {
        rule.recurrent().prepare(op, plan.compute(op), ranges);
      }
    }
    Map<Compute, Propagation> scales = new EnumMap<>(Compute.class);
    do {
      for (Compute compute : List.of(Compute.INT8, Compute.INT16X8)) {
        scales.put(compute, new Propagation(plan, compute, ranges).run());
      }
    } while (Planning.refuseUnknown(plan, scales));
    if (any && plan.computes().isEmpty() && ranges.isEmpty()) {
      throw new OctetException(
          model.source()
              + ": no range is known of any tensor of "
              + graph
              + ", such as "
              + graph.operators().get(0).output(0)
              + "; was it calibrated?");
    }
    return new Work(plan, scales, ranges, trained);
  }

  private static String name(EditableGraph graph, EditableOperator op) {
    return "operator " + graph.operators().indexOf(op) + " " + op;
  }

  private static String counts(Planned plan) {
    long int8 = plan.computes().values().stream().filter(c -> c == Compute.INT8).count();
    return plan.graph()
        + ": "
        + int8
        + " on int8, "
        + (plan.computes().size() - int8)
        + " on int16 by int8, "
        + plan.refusals().size()
        + " on floats";
  }
}
