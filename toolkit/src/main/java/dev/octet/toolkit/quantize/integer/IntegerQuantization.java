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
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
 * <p>The graphs that IF and WHILE run are quantized each by itself; what passes between is a {@link
 * CarriedValue}. Those that other operators run (composites, reducers) stay on floats.
 */
public final class IntegerQuantization {
  private IntegerQuantization() {}

  /**
   * Quantizes {@code model} in place; after an exception it is not to be used.
   *
   * @param ranges of the float model's tensors, by their index in its file
   * @param configs what becomes of each operator: INT8 or INT16X8; all others are left as they are
   * @throws OctetException if {@link IntegerOptions#strict} and an operator must stay on floats, or
   *     if no range at all is known; the message names the operators or tensors
   */
  public static IntegerOutcome apply(
      EditableModel model,
      ActivationRanges ranges,
      Function<EditableOperator, OperatorConfig> configs,
      IntegerOptions options) {
    IntegerOutcome outcome = new IntegerOutcome();
    Map<EditableGraph, Planned> plans = new LinkedHashMap<>();
    Map<EditableGraph, Ranges> known = new HashMap<>();
    Map<EditableGraph, Map<EditableTensor, Range>> trained = new HashMap<>();
    for (EditableGraph graph : CalledGraphs.quantizable(model)) {
      Ranges seen = Ranges.of(graph, model.graphs().indexOf(graph), ranges);
      trained.put(graph, TrainedRanges.take(model, graph, seen, outcome.remarks()));
      Planned plan = Planning.of(graph, seen, configs);
      if (options.wideLoops()) {
        Accumulation.widen(model, plan);
      }
      known.put(graph, seen);
      plans.put(graph, plan);
    }
    CarriedValues carried = CarriedValues.of(model, plans, known, options.strict());
    Map<EditableGraph, Map<Compute, Propagation>> scales = new HashMap<>();
    boolean wanted = plans.values().stream().anyMatch(plan -> !plan.computes().isEmpty());
    if (wanted && known.values().stream().allMatch(Ranges::isEmpty)) {
      throw new OctetException(
          model.source()
              + ": no range is known of any tensor, such as input "
              + model.graphs().get(0).inputs()
              + "; was it calibrated?");
    }
    List<EditableGraph> run = CalledGraphs.notCalled(model);
    for (Planned plan : plans.values()) {
      EditableGraph graph = plan.graph();
      scales.put(graph, scales(plan, known.get(graph), run.contains(graph) ? options : null));
    }
    List<String> refused = refused(plans.values());
    if (options.strict() && !refused.isEmpty()) {
      throw new OctetException(
          model.source() + " cannot be quantized to integers only: " + String.join("; ", refused));
    }
    for (Planned plan : plans.values()) {
      EditableGraph graph = plan.graph();
      outcome.add(plan);
      CarriedValues passed = run.contains(graph) ? null : carried;
      GraphEnds ends = new GraphEnds(options, scales.get(graph), passed, outcome.remarks());
      Constants constants = new Constants(graph, trained.get(graph));
      new GraphRewriting(plan, scales.get(graph), known.get(graph), constants, ends, carried)
          .rewrite(model, configs, options);
    }
    return outcome;
  }

  /**
   * @param ends of a graph that users run; null for one that operators run
   */
  private static Map<Compute, Propagation> scales(
      Planned plan, Ranges ranges, IntegerOptions ends) {
    for (EditableOperator op : plan.graph().operators()) {
      OperatorRule rule = plan.rule(op);
      if (rule != null && rule.recurrent() != null) {
        rule.recurrent().prepare(op, plan.compute(op), ranges);
      }
    }
    NarrowSums.widen(plan, ranges);
    Map<Compute, Propagation> scales = new EnumMap<>(Compute.class);
    do {
      if (ends != null) {
        Islands.join(plan, ends);
      }
      for (Compute compute : List.of(Compute.INT8, Compute.INT16X8)) {
        scales.put(compute, new Propagation(plan, compute, ranges).run());
      }
    } while (Planning.refuseUnknown(plan, scales));
    return scales;
  }

  private static List<String> refused(Collection<Planned> plans) {
    List<String> refused = new ArrayList<>();
    for (Planned plan : plans) {
      plan.refusals().forEach((op, reason) -> refused.add(name(plan.graph(), op) + ": " + reason));
    }
    return refused;
  }

  private static String name(EditableGraph graph, EditableOperator op) {
    return "operator " + graph.operators().indexOf(op) + " " + op;
  }
}
