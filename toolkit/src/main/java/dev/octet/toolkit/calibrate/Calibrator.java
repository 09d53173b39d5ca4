// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.UnsupportedOperatorException;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSetHash;
import dev.octet.toolkit.data.ProgressListener;
import dev.octet.toolkit.data.Sha256;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Runs a float model on samples and notes what its float tensors hold, those in the bodies of IF,
 * WHILE, CALL_ONCE and composites included.
 *
 * <pre>{@code
 * CalibrationStatistics seen = new Calibrator("model.tflite", bytes).calibrate(null, samples);
 * ActivationRanges ranges = seen.using(CalibrationMethod.percentile(99.99), 8);
 * }</pre>
 *
 * <p>One thread's; it uses several of its own. The result does not depend on how many.
 */
public final class Calibrator {
  private final String source;
  private final String modelHash;
  private final CalibrationModel model;
  private final byte[] bytes;
  private final byte[] runnable;
  private final List<TensorObserver> totals = new ArrayList<>();
  private final List<SampleExtremes> samples = new ArrayList<>();
  private final List<CalibrationStatistics.Source> sources = new ArrayList<>();
  private InternalRanges inside = new RecurrentInternals();
  private InterpreterOptions engine = new InterpreterOptions();
  private boolean reset = true;
  private int threads = Math.min(4, Runtime.getRuntime().availableProcessors());
  private ProgressListener listener = (done, total) -> {};
  private BooleanSupplier stop = () -> false;

  /**
   * @param source names the model in messages
   * @param bytes the float model's file
   * @throws dev.octet.MalformedModelException when that is no model
   */
  public Calibrator(String source, byte[] bytes) {
    this.source = source;
    this.bytes = bytes.clone();
    this.modelHash = Sha256.of(bytes);
    this.model = new CalibrationModel(source, bytes);
    this.runnable = model.bytes();
    model.names().keySet().forEach(key -> totals.add(new TensorObserver()));
  }

  /**
   * Whether variable tensors and resource variables are forgotten before each sample (the default).
   * Otherwise the samples are one sequence, which is what TensorFlow's calibration does, and run on
   * one thread.
   */
  public Calibrator resetBetweenSamples(boolean forget) {
    reset = forget;
    return this;
  }

  /** At most so many samples run at once; by default as many as there are processors, to 4. */
  public Calibrator threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads is " + count);
    }
    threads = count;
    return this;
  }

  /** The engine's kernels and rounding; threads, taps and the signature are set here. */
  public Calibrator engine(InterpreterOptions options) {
    engine = Objects.requireNonNull(options);
    return this;
  }

  /** Computes what operators hold inside; by default {@link RecurrentInternals}. */
  public Calibrator inside(InternalRanges ranges) {
    inside = Objects.requireNonNull(ranges);
    return this;
  }

  /** Hears of each sample that is done. */
  public Calibrator listener(ProgressListener hears) {
    listener = Objects.requireNonNull(hears);
    return this;
  }

  /** Asked often, by any thread: true ends the calibration as an interrupt does. */
  public Calibrator stop(BooleanSupplier asked) {
    stop = Objects.requireNonNull(asked);
    return this;
  }

  /**
   * Runs the samples and adds what they did to what was seen before.
   *
   * @param signature the entry point that the samples are for, or null for the model's first
   * @return what all calibrations of this object together saw
   * @throws UncheckedIOException when the data set is empty or a sample cannot be read or does not
   *     fit; nothing is added then
   * @throws InferenceException when a sample's run fails, naming the sample; {@link
   *     InferenceException.Kind#CANCELLED} when the thread was interrupted (it stays interrupted)
   *     or {@link #stop} said so; nothing is added then
   * @throws dev.octet.UnsupportedOperatorException when the engine does not run the model
   * @throws java.util.NoSuchElementException naming the signatures, when there is none of that key
   */
  public CalibrationStatistics calibrate(String signature, DataSet data) {
    InterpreterOptions options = engine.threads(1);
    options = signature == null ? options : options.signature(signature);
    try (Model loaded = Model.load(source, runnable)) {
      SampleRuns runs = new SampleRuns(source, data, samples.size(), listener, stop);
      List<CalibrationWorker> workers = new ArrayList<>();
      try {
        int most = reset ? threads : 1;
        int count = data.size() < 0 ? most : Math.max(1, Math.min(most, data.size()));
        for (int i = 0; i < count; i++) {
          workers.add(worker(loaded, options));
        }
        runs.run(workers);
      } finally {
        workers.forEach(CalibrationWorker::close);
      }
      add(signature, data, runs.done(), workers);
    }
    return statistics();
  }

  private CalibrationWorker worker(Model loaded, InterpreterOptions options) {
    try {
      return new CalibrationWorker(model, loaded, options, inside, reset);
    } catch (UnsupportedOperatorException e) {
      // in the file that the caller knows, tensors and operators have other names and numbers
      try (Model original = Model.load(source, bytes);
          Interpreter interpreter = original.interpreter(options)) {
        throw e;
      }
    }
  }

  private void add(
      String signature, DataSet data, List<SampleExtremes> done, List<CalibrationWorker> workers) {
    if (done.isEmpty()) {
      throw new UncheckedIOException(
          new DataFormatException(data.name(), "there are no samples to calibrate with"));
    }
    DataSetHash hash = new DataSetHash();
    done.forEach(sample -> hash.add(sample.digest()));
    sources.add(new CalibrationStatistics.Source(signature, data.name(), hash.hex(), done.size()));
    samples.addAll(done);
    for (CalibrationWorker worker : workers) {
      for (int i = 0; i < totals.size(); i++) {
        totals.get(i).add(worker.observers().get(i));
      }
    }
  }

  /** What was seen so far. */
  public CalibrationStatistics statistics() {
    List<String> names = samples.stream().map(SampleExtremes::name).toList();
    TreeMap<TensorKey, TensorStatistics> tensors = new TreeMap<>();
    int place = 0;
    for (Map.Entry<TensorKey, String> entry : model.names().entrySet()) {
      tensors.put(entry.getKey(), tensor(place++, entry.getKey(), entry.getValue(), names));
    }
    return new CalibrationStatistics(modelHash, sources, names, tensors);
  }

  private TensorStatistics tensor(int place, TensorKey key, String name, List<String> names) {
    float[] min = new float[samples.size()];
    float[] max = new float[samples.size()];
    List<Integer> bad = new ArrayList<>();
    for (int i = 0; i < min.length; i++) {
      SampleExtremes sample = samples.get(i);
      min[i] = sample.min()[place];
      max[i] = sample.max()[place];
      if (sample.nonFinite() != null && sample.nonFinite()[place] > 0) {
        bad.add(i);
      }
    }
    TensorObserver total = totals.get(place);
    Histogram counts = new Histogram();
    counts.add(total.histogram);
    return new TensorStatistics(
        key,
        name,
        names,
        total.count,
        total.nans,
        total.infinities,
        counts,
        min,
        max,
        bad.stream().mapToInt(Integer::intValue).toArray());
  }
}
