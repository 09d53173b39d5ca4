// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.InferenceException;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.ProgressListener;
import dev.octet.toolkit.model.EditableOperator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Finds out which layers of a quantized model do the harm, why, and what mends it.
 *
 * <pre>{@code
 * Diagnosis found =
 *     Debugger.of(Path.of("float.tflite"), Path.of("int8.tflite")).samples(validation).diagnose();
 * found.findings().get(0).sentences().forEach(System.out::println);
 * }</pre>
 *
 * <p>Both models run on the same samples. Each layer of the main graph is compared three ways, as
 * real numbers (see {@link LayerError}): in the whole quantized model, alone on the float model's
 * inputs, and alone but for what its inputs' rounding causes. Layers are ranked by the last ({@link
 * LayerError#harm}); for the first of the ranking, changes are made to the quantized model one by
 * one and measured at its outputs.
 *
 * <p>Files of any origin will do whose operators correspond to the float model's. Nothing is kept
 * of the samples but sums. The thread that works may be interrupted: a {@link
 * CancellationException} comes, and the thread stays interrupted.
 */
public final class Debugger {
  private final Pair pair;
  private DataSet samples;
  private DataSet calibration;
  private int mended = 5;
  private ProgressListener listener = (done, total) -> {};
  private long done;
  private long total;

  private Debugger(Pair pair) {
    this.pair = pair;
  }

  /**
   * Of two files.
   *
   * @throws IOException if one cannot be read
   * @throws IllegalArgumentException naming the file, if the first is quantized or the second not
   */
  public static Debugger of(Path real, Path quantized) throws IOException {
    return of(
        real.toString(),
        Files.readAllBytes(real),
        quantized.toString(),
        Files.readAllBytes(quantized));
  }

  /** Of two models in memory; names are for messages. */
  public static Debugger of(String realName, byte[] real, String quantizedName, byte[] quantized) {
    return new Debugger(Pair.read(realName, real.clone(), quantizedName, quantized.clone()));
  }

  /** What both run on; must be set. Labels, where there are any, give accuracies. */
  public Debugger samples(DataSet validation) {
    samples = Objects.requireNonNull(validation);
    return this;
  }

  /** What the quantized model was calibrated with, to name the samples that set a range. */
  public Debugger calibration(DataSet data) {
    calibration = data;
    return this;
  }

  /** For how many layers changes are tried, the worst first: 5 unless set, 0 for none. */
  public Debugger mends(int layers) {
    if (layers < 0) {
      throw new IllegalArgumentException("mends is " + layers);
    }
    mended = layers;
    return this;
  }

  /** Hears the progress; may be called by any thread. */
  public Debugger listener(ProgressListener hears) {
    listener = Objects.requireNonNull(hears);
    return this;
  }

  /**
   * Does the work.
   *
   * @throws IllegalArgumentException naming both models, when the quantized one was not made of the
   *     float one
   * @throws DataFormatException for a data set that is empty or has samples that do not fit
   * @throws dev.octet.OctetException when a model does not run
   * @throws IOException if a file cannot be read
   */
  public Diagnosis diagnose() throws IOException {
    if (samples == null) {
      throw new IllegalStateException("no samples were set");
    }
    LayerMatching matching = new LayerMatching(pair.real(), pair.quantized());
    int count = Math.max(1, samples.size());
    int calibrating = calibration == null ? 0 : Math.max(1, calibration.size());
    // trials take about as long as the layers
    done = 0;
    total = 4L * count + calibrating + (mended == 0 ? 0 : 2L * count);
    try {
      CalibrationStatistics seen = statistics(samples, count);
      CalibrationStatistics before =
          calibration == null ? null : statistics(calibration, calibrating);
      long base = done;
      List<LayerError> layers =
          new LayerErrors(pair, matching, seen).measure(samples, n -> progress(base + 3L * n));
      List<LayerError> ranked = LayerErrors.ranked(layers);
      return diagnosis(matching, layers, ranked, new Sentences(seen, before), seen);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (InferenceException e) {
      if (e.kind() == InferenceException.Kind.CANCELLED) {
        throw new CancellationException("cancelled");
      }
      throw e;
    }
  }

  private void progress(long parts) {
    done = Math.min(parts, total);
    listener.progress(done, total);
  }

  private CalibrationStatistics statistics(DataSet data, int count) {
    long base = done;
    CalibrationStatistics statistics =
        new Calibrator(pair.real().source(), pair.realBytes())
            .listener((n, all) -> listener.progress(base + n, total))
            .calibrate(null, data);
    done = base + count;
    return statistics;
  }

  private Diagnosis diagnosis(
      LayerMatching matching,
      List<LayerError> layers,
      List<LayerError> ranked,
      Sentences sentences,
      CalibrationStatistics seen)
      throws IOException {
    List<LayerError> suspects =
        ranked.stream()
            .filter(layer -> layer.harm() > Double.NEGATIVE_INFINITY)
            .limit(mended)
            .toList();
    List<List<Mend>> wanted = new ArrayList<>();
    suspects.forEach(layer -> Proposals.of(layer).forEach(mend -> wanted.add(List.of(mend))));
    long base = done;
    long parts = total - base;
    int[] measured = new int[1];
    int all = wanted.size() + 1;
    Trials trials = new Trials(pair, samples, () -> progress(base + parts * ++measured[0] / all));
    List<Trial> tried = trials.run(wanted);
    List<Finding> findings = new ArrayList<>();
    for (LayerError layer : suspects) {
      findings.add(finding(layer, sentences, tried, trials));
    }
    return new Diagnosis(
        pair.real().source(),
        pair.quantized().source(),
        samples.name(),
        seen.samples().size(),
        layers,
        ranked,
        trials.given(),
        trials.realAccuracy(),
        findings,
        together(findings, trials),
        remarks(matching, seen, layers));
  }

  private static Finding finding(
      LayerError layer, Sentences sentences, List<Trial> tried, Trials trials) {
    List<Trial> own =
        tried.stream()
            .filter(trial -> trial.mends().get(0).layer() == layer.place())
            .sorted(Comparator.comparingDouble((Trial trial) -> trial.effect().sqnr()).reversed())
            .toList();
    Cause cause = Cause.of(layer);
    Optional<Trial> best = own.stream().findFirst();
    Finding.Severity severity = Finding.Severity.of(best, trials.given(), trials.realAccuracy());
    boolean helps = severity == Finding.Severity.SERIOUS || severity == Finding.Severity.NOTABLE;
    return new Finding(
        layer,
        cause,
        severity,
        sentences.of(layer, cause),
        own,
        helps ? Proposals.advice(best.get().mends().get(0), layer) : "");
  }

  private static Optional<Trial> together(List<Finding> findings, Trials trials)
      throws IOException {
    List<Mend> helpful =
        findings.stream()
            .filter(finding -> !finding.advice().isEmpty())
            .map(finding -> finding.best().get().mends().get(0))
            .toList();
    return helpful.size() < 2
        ? Optional.empty()
        : trials.run(List.of(helpful)).stream().findFirst();
  }

  private List<String> remarks(
      LayerMatching matching, CalibrationStatistics seen, List<LayerError> layers) {
    List<String> remarks = new ArrayList<>(pair.remarks());
    layers.forEach(layer -> Sentences.otherScale(layer).ifPresent(remarks::add));
    names("without a counterpart in the float model", matching.unmatched(), remarks);
    names("of the float model without a counterpart", matching.missing(), remarks);
    seen.nonFinite()
        .forEach(
            tensor ->
                remarks.add(
                    "the float model computes NaN or infinity in "
                        + tensor.name()
                        + " on "
                        + Words.names(tensor.nonFiniteSamples())
                        + "; these numbers are left out"));
    return remarks;
  }

  private static void names(String what, List<EditableOperator> some, List<String> remarks) {
    if (!some.isEmpty()) {
      remarks.add(
          some.size()
              + (some.size() == 1 ? " operator " : " operators ")
              + what
              + " cannot be compared: "
              + Words.names(some.stream().map(EditableOperator::toString).toList()));
    }
  }
}
