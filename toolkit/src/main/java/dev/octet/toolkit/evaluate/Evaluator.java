// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.InterpreterOptions;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.ProgressListener;
import dev.octet.toolkit.data.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Measures models on a data set and compares them, sample by sample, with a baseline.
 *
 * <pre>{@code
 * Evaluations result =
 *     Evaluator.on(validation)
 *         .model(Path.of("float.tflite"))
 *         .model("int8", quantized.bytes())
 *         .metrics(Metrics.accuracy(), Metrics.loss())
 *         .evaluate();
 * double lost = result.comparisons().get(0).metrics().get(0).lossPoints();
 * }</pre>
 *
 * <p>Every sample starts with variables reset. Results do not depend on the number of threads. The
 * thread that evaluates may be interrupted: a {@link java.util.concurrent.CancellationException}
 * comes within the time of one operator, and the thread stays interrupted.
 */
public final class Evaluator {
  private record Source(String name, Path file, byte[] bytes) {}

  private final DataSet data;
  private final List<Source> sources = new ArrayList<>();
  private String baseline;
  private List<Metric> metrics = List.of();
  private InterpreterOptions options = new InterpreterOptions();
  private int workers = Runtime.getRuntime().availableProcessors();
  private Duration timing = Duration.ofMillis(300);
  private Bootstrap bootstrap = new Bootstrap(2000, 1);
  private ProgressListener listener = (done, total) -> {};

  private Evaluator(DataSet data) {
    this.data = Objects.requireNonNull(data);
  }

  /** An evaluation on that data set. */
  public static Evaluator on(DataSet validation) {
    return new Evaluator(validation);
  }

  /** Adds a file, named by its path as given. */
  public Evaluator model(Path file) {
    return add(new Source(file.toString(), file, null));
  }

  /** Adds a file under another name. */
  public Evaluator model(String name, Path file) {
    return add(new Source(name, file, null));
  }

  /** Adds a model that is in memory. */
  public Evaluator model(String name, byte[] bytes) {
    return add(new Source(name, null, bytes.clone()));
  }

  private Evaluator add(Source source) {
    if (sources.stream().anyMatch(each -> each.name().equals(source.name()))) {
      throw new IllegalArgumentException("two models are named " + source.name());
    }
    sources.add(source);
    return this;
  }

  /** The name of the model that the others are compared with; the first one unless said. */
  public Evaluator baseline(String name) {
    baseline = name;
    return this;
  }

  /**
   * What is measured. Without it: {@link Metrics#accuracy}, {@link Metrics#top} of 5 for more than
   * 10 classes and {@link Metrics#loss} where samples have labels; {@link Metrics#areaUnderCurve}
   * instead where the output is no probabilities and has as many elements as the input, and more
   * than 2, and the first samples' labels are 0 or 1; {@link Metrics#meanAbsoluteError} and {@link
   * Metrics#rootMeanSquaredError} where samples have targets; agreement alone where they have
   * neither.
   */
  public Evaluator metrics(Metric... some) {
    List<String> names = List.of(some).stream().map(Metric::name).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("two metrics have one name: " + names);
    }
    metrics = List.of(some);
    return this;
  }

  /** How interpreters are made: threads of one run, numerics, signature. */
  public Evaluator options(InterpreterOptions interpreterOptions) {
    options = Objects.requireNonNull(interpreterOptions);
    return this;
  }

  /** How many samples are worked on at once; as many as the machine has processors unless said. */
  public Evaluator workers(int count) {
    if (count < 1 || count > 256) {
      throw new IllegalArgumentException("workers is " + count + ", not 1 to 256");
    }
    workers = count;
    return this;
  }

  /**
   * How long each model's time is measured, 0.3 s unless said; {@link Duration#ZERO}: not at all.
   */
  public Evaluator timing(Duration each) {
    timing = Objects.requireNonNull(each);
    return this;
  }

  /** For intervals of all but shares; 2,000 resamples and seed 1 unless said. */
  public Evaluator bootstrap(Bootstrap given) {
    bootstrap = Objects.requireNonNull(given);
    return this;
  }

  /** Hears the progress, on the evaluating thread. */
  public Evaluator listener(ProgressListener given) {
    listener = Objects.requireNonNull(given);
    return this;
  }

  /**
   * Runs all models on all samples.
   *
   * @throws DataFormatException for a data set that is empty or has neither labels nor targets
   *     where one model is given, and for a sample that does not fit a model or lacks what a metric
   *     needs: named, with the reason
   * @throws IOException if a file cannot be read
   * @throws IllegalArgumentException for models that cannot be compared
   */
  public Evaluations evaluate() throws IOException {
    int first = place();
    List<Candidate> candidates = new ArrayList<>();
    try {
      Candidate reference = load(sources.get(first), null);
      candidates.add(reference);
      for (int i = 0; i < sources.size(); i++) {
        if (i != first) {
          candidates.add(load(sources.get(i), reference));
        }
      }
      candidates.remove(0);
      candidates.add(first, reference);
      return evaluate(candidates, first);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      candidates.forEach(Candidate::close);
    }
  }

  private int place() {
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("no model to evaluate");
    }
    if (baseline == null) {
      return 0;
    }
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).name().equals(baseline)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "the baseline "
            + baseline
            + " is none of the models "
            + sources.stream().map(Source::name).toList());
  }

  private Candidate load(Source source, Candidate reference) throws IOException {
    return source.bytes() == null
        ? Candidate.read(source.name(), source.file(), options, reference)
        : new Candidate(source.name(), source.bytes(), null, options, reference);
  }

  private Evaluations evaluate(List<Candidate> candidates, int first) throws IOException {
    Iterator<Sample> samples = data.iterator();
    if (!samples.hasNext()) {
      throw new DataFormatException(data.name(), "no samples");
    }
    List<Sample> head = new ArrayList<>();
    while (head.size() < Probe.SAMPLES && samples.hasNext()) {
      head.add(samples.next());
    }
    Lane lane = new Lane(candidates);
    Batch.Plan plan;
    try {
      plan = Probe.plan(data.name(), head, lane, candidates, first, metrics);
    } catch (RuntimeException | IOException e) {
      lane.close();
      throw e;
    }
    try (EvaluationRun run = new EvaluationRun(plan, lane, workers)) {
      List<Batch> batches = run.run(head, samples, done -> listener.progress(done, data.size()));
      List<Timing> times =
          timing.isZero() ? List.of() : InferenceTimer.measure(lane, candidates.size(), timing);
      return new Results(data, plan, batches, bootstrap).evaluations(lane, times, options);
    }
  }
}
