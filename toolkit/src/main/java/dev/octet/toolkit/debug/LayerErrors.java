// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.InferenceException;
import dev.octet.InterpreterOptions;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.CalibrationMethod;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.TensorStatistics;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.TappedModel;
import dev.octet.toolkit.quantize.integer.OutputScale;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;

/** Runs both models of a pair side by side and counts each layer's errors, sample by sample. */
final class LayerErrors {
  private final Pair pair;
  private final LayerMatching matching;
  private final CalibrationStatistics seen;

  /**
   * @param seen of the float model, on the samples that will be run
   */
  LayerErrors(Pair pair, LayerMatching matching, CalibrationStatistics seen) {
    this.pair = pair;
    this.matching = matching;
    this.seen = seen;
  }

  /**
   * Runs the samples.
   *
   * @param done hears how many samples are done
   * @return the layers, in the quantized model's order of execution
   * @throws DataFormatException naming a sample that does not fit a model
   * @throws CancellationException when the thread is interrupted, which it stays
   */
  List<LayerError> measure(DataSet data, IntConsumer done) throws IOException {
    List<LayerTrace> traces = traces();
    try {
      run(traces, data, done);
      List<LayerError> errors = new ArrayList<>();
      for (LayerTrace trace : traces) {
        if (trace.accumulated() != null) {
          errors.add(error(matching.layers().indexOf(trace.layer()), trace));
        }
      }
      return errors;
    } finally {
      traces.forEach(LayerTrace::close);
    }
  }

  private List<LayerTrace> traces() {
    ActivationRanges best = seen.using(CalibrationMethod.mse(), 8);
    ActivationRanges bestWide = seen.using(CalibrationMethod.mse(), 16);
    List<LayerTrace> traces = new ArrayList<>();
    for (Layer layer : matching.layers()) {
      TensorStatistics statistics = statistics(layer);
      if (statistics != null && statistics.count() > 0) {
        EditableTensor output = layer.quantizedOutput();
        Grid grid = Grid.of(output);
        ActivationRanges fits = grid != null && grid.levels() > 256 ? bestWide : best;
        RangeCounts range = new RangeCounts(output.type(), grid, statistics, fits);
        traces.add(new LayerTrace(layer, LayerProbe.of(layer, matching), range));
      }
    }
    return traces;
  }

  private TensorStatistics statistics(Layer layer) {
    return seen.tensor(0, layer.realOutput().sourceIndex());
  }

  private void run(List<LayerTrace> traces, DataSet data, IntConsumer done) throws IOException {
    Set<EditableTensor> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    List<EditableTensor> found = new ArrayList<>();
    for (LayerTrace trace : traces) {
      wanted.add(trace.layer().realOutput());
      found.add(trace.layer().quantizedOutput());
      if (trace.probe() != null) {
        wanted.addAll(trace.probe().reads());
      }
    }
    InterpreterOptions options =
        new InterpreterOptions().threads(Math.min(4, Runtime.getRuntime().availableProcessors()));
    try (TappedModel real = new TappedModel(pair.real(), options, wanted);
        TappedModel quantized = new TappedModel(pair.quantized(), options, found)) {
      int count = 0;
      for (Sample sample : data) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("cancelled");
        }
        run(real, sample);
        Map<EditableTensor, Observed> values = new IdentityHashMap<>();
        wanted.forEach(tensor -> values.put(tensor, Observed.of(real.tensor(tensor))));
        run(quantized, sample);
        List<float[]> numbers =
            found.stream().map(t -> LayerProbe.numbers(quantized.tensor(t))).toList();
        java.util.stream.IntStream.range(0, traces.size())
            .parallel()
            .forEach(i -> traces.get(i).add(values::get, numbers.get(i)));
        done.accept(++count);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void run(TappedModel model, Sample sample) throws DataFormatException {
    model.interpreter().resetVariables();
    Samples.fill(model.interpreter(), sample);
    try {
      model.interpreter().run();
    } catch (InferenceException e) {
      throw new InferenceException(
          e.kind(), e.instruction(), "sample '" + sample.name() + "': " + e.getMessage(), e);
    }
  }

  private LayerError error(int place, LayerTrace trace) {
    Layer layer = trace.layer();
    return new LayerError(
        place,
        layer.name(),
        layer.kind(),
        layer.realOutput().name(),
        layer.quantizedOutput().type().name(),
        trace.own(),
        trace.isolated(),
        trace.accumulated(),
        trace.range().use(),
        ownsRange(layer),
        WeightErrors.of(layer, matching),
        trace.channels().greatest(),
        trace.channels().meanErrors(),
        trace.range().histogram(),
        statistics(layer));
  }

  /** False where the operator fixes its scale, or has that of what it reads. */
  static boolean ownsRange(Layer layer) {
    Grid grid = Grid.of(layer.quantizedOutput());
    if (grid == null) {
      return false;
    }
    if (layer.input()) {
      return true;
    }
    OutputScale scale = OutputScale.of(layer.quantized().builtin(), layer.quantizedOutput().type());
    boolean same =
        scale == OutputScale.AS_INPUTS
            && layer.quantized().inputs().stream()
                .anyMatch(input -> input != null && grid.equals(Grid.of(input)));
    return scale != OutputScale.FIXED && !same;
  }

  /** The layers by {@link LayerError#harm}, the worst first. */
  static List<LayerError> ranked(List<LayerError> errors) {
    List<LayerError> ranked = new ArrayList<>(errors);
    ranked.sort(Comparator.comparingDouble(LayerError::harm).reversed());
    return ranked;
  }
}
