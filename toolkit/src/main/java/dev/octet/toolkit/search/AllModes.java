// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.search;

import dev.octet.InterpreterOptions;
import dev.octet.OctetException;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.Overlap;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.evaluate.Evaluator;
import dev.octet.toolkit.evaluate.Metric;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.QuantizedModel;
import dev.octet.toolkit.quantize.Quantizer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A float model in every mode, measured side by side: float16, weight-only, dynamic, int8 with
 * inputs and outputs of three types, and int8 weights with int16 activations.
 */
public final class AllModes {
  private record Form(String name, Mode mode, IoType io) {}

  private static final List<Form> FORMS =
      List.of(
          new Form("float16", Mode.FLOAT16, IoType.FLOAT),
          new Form("weight-only", Mode.WEIGHT_ONLY, IoType.FLOAT),
          new Form("dynamic", Mode.DYNAMIC, IoType.FLOAT),
          new Form("int8", Mode.INT8, IoType.FLOAT),
          new Form("int8-io-int8", Mode.INT8, IoType.INT8),
          new Form("int8-io-uint8", Mode.INT8, IoType.UINT8),
          new Form("int16x8", Mode.INT16X8, IoType.FLOAT));

  /** The name of the float model beside the others. */
  public static final String FLOAT = "float";

  /**
   * What came out.
   *
   * @param source the name of the float model
   * @param calibration the names of the data sets
   * @param validation the name of the data set
   * @param models by name, in the order of the table
   * @param failures why a mode gave no model, by name
   * @param overlap of calibration and validation
   * @param evaluations the float model first
   * @param verdict which to use
   */
  public record Result(
      String source,
      String calibration,
      String validation,
      Map<String, QuantizedModel> models,
      Map<String, String> failures,
      Overlap overlap,
      Evaluations evaluations,
      Verdict verdict) {}

  private final String name;
  private final byte[] source;
  private final Map<String, DataSet> calibration;
  private final DataSet validation;
  private InterpreterOptions options = new InterpreterOptions();
  private double limit = 0.5;
  private Metric[] metrics = {};
  private Duration timing = Duration.ofMillis(300);
  private SearchListener listener = (words, done, total) -> {};

  /**
   * @param name for messages
   * @param source the float model's file
   * @param calibration by signature
   * @param validation for the first signature, other samples than those
   */
  public AllModes(
      String name, byte[] source, Map<String, DataSet> calibration, DataSet validation) {
    this.name = name;
    this.source = source.clone();
    this.calibration = new LinkedHashMap<>(calibration);
    this.validation = validation;
  }

  /** How the models are run. */
  public AllModes options(InterpreterOptions interpreterOptions) {
    options = interpreterOptions;
    return this;
  }

  /** The greatest loss of accuracy that is all right, in points; 0.5 unless set. */
  public AllModes limit(double points) {
    limit = points;
    return this;
  }

  /** What is measured; see {@link Evaluator#metrics}. */
  public AllModes metrics(Metric... some) {
    metrics = some.clone();
    return this;
  }

  /** How long each model's time is measured; see {@link Evaluator#timing}. */
  public AllModes timing(Duration each) {
    timing = each;
    return this;
  }

  /** Hears what is being done. */
  public AllModes listener(SearchListener hears) {
    listener = hears;
    return this;
  }

  /**
   * Quantizes, measures and judges.
   *
   * @throws DataFormatException if calibration and validation are the same samples, or one does not
   *     fit
   * @throws IOException if a sample cannot be read
   */
  public Result run() throws IOException {
    Overlap overlap = overlap();
    Quantizer quantizer = Quantizer.of(name, source);
    Calibrator calibrator =
        new Calibrator(name, quantizer.floatModel())
            .listener((done, total) -> listener.step("calibrating", done, total));
    calibration.forEach(calibrator::calibrate);
    CalibrationStatistics statistics = calibrator.statistics();
    Map<String, QuantizedModel> models = new LinkedHashMap<>();
    Map<String, String> failures = new LinkedHashMap<>();
    for (Form form : FORMS) {
      listener.step("quantizing", models.size(), FORMS.size());
      boolean integer = form.mode().integer();
      Quantizer each = Quantizer.of(name, source).mode(form.mode()).io(form.io());
      if (integer) {
        each.calibration(statistics);
      }
      try {
        models.put(form.name(), each.quantize());
      } catch (OctetException | IllegalArgumentException e) {
        failures.put(form.name(), e.getMessage());
      }
    }
    Evaluator evaluator =
        Evaluator.on(validation)
            .options(options)
            .metrics(metrics)
            .timing(timing)
            .listener((done, total) -> listener.step("evaluating", done, total))
            .model(FLOAT, source);
    models.forEach((form, model) -> evaluator.model(form, model.bytes()));
    Evaluations evaluations = evaluator.evaluate();
    String sets = String.join(";", calibration.values().stream().map(DataSet::name).toList());
    return new Result(
        name,
        sets,
        validation.name(),
        models,
        failures,
        overlap,
        evaluations,
        Verdict.of(evaluations, limit));
  }

  private Overlap overlap() throws IOException {
    List<DataSet> sets = new ArrayList<>(calibration.values());
    if (sets.isEmpty()) {
      throw new IllegalArgumentException("no calibration data set");
    }
    return Overlap.ofOthers(sets.get(0), validation);
  }
}
