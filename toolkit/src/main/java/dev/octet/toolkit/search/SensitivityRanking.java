// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.evaluate.Comparison;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.evaluate.Evaluator;
import dev.octet.toolkit.evaluate.Metric;
import dev.octet.toolkit.evaluate.OutputAgreement;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.OperatorNote;
import dev.octet.toolkit.quantize.QuantizedModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Which int8 layers cost the outputs most, measured on a few samples. */
final class SensitivityRanking {
  private static final int AT_ONCE = 8;

  // beyond it a ratio says only that outputs are alike, or that they are not
  private static final double GREATEST_DB = 200;

  private final byte[] real;
  private final DataSet samples;
  private final Metric metric;

  /**
   * @param real the float model
   * @param count how many of the samples are used
   * @param metric null for the evaluator's own
   */
  SensitivityRanking(byte[] real, DataSet samples, int count, Metric metric) {
    this.real = real;
    this.samples = first(samples, count);
    this.metric = metric;
  }

  /**
   * Measures and sorts, greatest gain first.
   *
   * @param narrow the model with all layers quantized
   * @param widened makes the model with a unit's layers wide
   */
  List<Sensitivity> of(
      QuantizedModel narrow, Function<Sensitivity, QuantizedModel> widened, SearchListener listener)
      throws IOException {
    List<Sensitivity> units = units(EditableModel.read(narrow.source(), real), narrow);
    double before = quality(List.of(narrow)).get(0);
    List<Sensitivity> found = new ArrayList<>();
    for (int i = 0; i < units.size(); i += AT_ONCE) {
      AccuracySearch.checkInterrupted();
      listener.step("sensitivity of layers", i, units.size());
      List<Sensitivity> part = units.subList(i, Math.min(units.size(), i + AT_ONCE));
      List<Double> after = quality(part.stream().map(widened).toList());
      for (int k = 0; k < part.size(); k++) {
        found.add(part.get(k).measured(after.get(k) - before));
      }
    }
    found.sort(Comparator.comparingDouble(Sensitivity::gain).reversed());
    return found;
  }

  /** Every int8 layer with its readers; the gain is not known yet. */
  private static List<Sensitivity> units(EditableModel real, QuantizedModel narrow) {
    Map<EditableOperator, OperatorNote> integers = new IdentityHashMap<>();
    for (OperatorNote note : narrow.operators()) {
      if (note.compute() == Compute.INT8 && !note.output().isEmpty()) {
        integers.put(real.graphs().get(note.graph()).operators().get(note.operator()), note);
      }
    }
    List<Sensitivity> units = new ArrayList<>();
    for (EditableGraph graph : real.graphs()) {
      for (EditableOperator operator : graph.operators()) {
        OperatorNote note = integers.get(operator);
        if (note == null) {
          continue;
        }
        Set<String> with = new LinkedHashSet<>(List.of(note.output()));
        for (EditableTensor output : operator.outputs()) {
          for (EditableOperator reader : graph.consumers(output)) {
            if (integers.containsKey(reader)) {
              with.add(integers.get(reader).output());
            }
          }
        }
        units.add(new Sensitivity(note.output(), note.name(), List.copyOf(with), Double.NaN));
      }
    }
    return units;
  }

  /** Mean over the outputs of the signal to noise ratio in dB, of each model. */
  private List<Double> quality(List<QuantizedModel> models) throws IOException {
    List<Double> list = new ArrayList<>();
    for (Comparison comparison : evaluated(real, samples, metric, models).comparisons()) {
      list.add(
          comparison.agreement().outputs().stream()
              .mapToDouble(OutputAgreement::sqnr)
              .map(sqnr -> Math.max(-GREATEST_DB, Math.min(GREATEST_DB, sqnr)))
              .average()
              .orElse(0));
    }
    return list;
  }

  private static DataSet first(DataSet samples, int count) {
    List<Sample> list = new ArrayList<>();
    for (Sample sample : samples) {
      if (list.size() == count) {
        break;
      }
      list.add(sample);
    }
    return DataSets.of(samples.name(), list);
  }

  /** Models beside the float one. */
  static Evaluations evaluated(
      byte[] real, DataSet data, Metric metric, List<QuantizedModel> models) throws IOException {
    Evaluator evaluator = Evaluator.on(data).timing(Duration.ZERO).model("float", real);
    if (metric != null) {
      evaluator.metrics(metric);
    }
    for (int i = 0; i < models.size(); i++) {
      evaluator.model(Integer.toString(i), models.get(i).bytes());
    }
    return evaluator.evaluate();
  }
}
