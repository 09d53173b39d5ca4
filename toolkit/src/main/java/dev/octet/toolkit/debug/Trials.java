// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.evaluate.Bootstrap;
import dev.octet.toolkit.evaluate.Comparison;
import dev.octet.toolkit.evaluate.Evaluation;
import dev.octet.toolkit.evaluate.Evaluations;
import dev.octet.toolkit.evaluate.Evaluator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Measures changed models beside the quantized model as it is, on the same samples. */
final class Trials {
  /** Models whose files together have at most so many bytes are run side by side. */
  private static final long TOGETHER = 128L << 20;

  private static final String REAL = "float";
  private static final String GIVEN = "quantized";

  private final Pair pair;
  private final DataSet data;
  private final Runnable done;
  private Effect given;
  private OptionalDouble realAccuracy = OptionalDouble.empty();

  /**
   * @param done hears of each model that was measured
   */
  Trials(Pair pair, DataSet data, Runnable done) {
    this.pair = pair;
    this.data = data;
    this.done = done;
  }

  /** The quantized model as it is; {@link #run} measures it. */
  Effect given() {
    return given;
  }

  /** The float model's accuracy, empty without labels. */
  OptionalDouble realAccuracy() {
    return realAccuracy;
  }

  /** Makes and measures each list of changes; those that cannot be made are left out. */
  List<Trial> run(List<List<Mend>> wanted) throws IOException {
    List<Trial> trials = new ArrayList<>();
    int together = (int) Math.max(1, Math.min(8, TOGETHER / pair.realBytes().length));
    int at = 0;
    do {
      List<List<Mend>> some = wanted.subList(at, Math.min(wanted.size(), at + together));
      trials.addAll(measure(some));
      at += together;
    } while (at < wanted.size());
    return trials;
  }

  private List<Trial> measure(List<List<Mend>> some) throws IOException {
    Evaluator evaluator =
        Evaluator.on(data)
            .model(REAL, pair.realBytes())
            .baseline(REAL)
            .timing(Duration.ZERO)
            .bootstrap(new Bootstrap(100, 1));
    boolean first = given == null;
    if (first) {
      evaluator.model(GIVEN, pair.quantizedBytes());
    }
    List<List<Mend>> made = new ArrayList<>();
    for (List<Mend> mends : some) {
      byte[] model = Mend.apply(pair, mends);
      if (model != null) {
        evaluator.model("trial " + made.size(), model);
        made.add(mends);
      }
    }
    List<Trial> trials = new ArrayList<>();
    if (made.isEmpty() && !first) {
      return trials;
    }
    Evaluations all = evaluator.evaluate();
    if (first) {
      Comparison comparison = all.comparison(GIVEN).orElseThrow();
      given = Effect.of(comparison);
      Evaluation real = all.model(REAL);
      comparison
          .accuracy()
          .ifPresent(m -> realAccuracy = OptionalDouble.of(real.metric(m.name()).value()));
    }
    for (int i = 0; i < made.size(); i++) {
      trials.add(new Trial(made.get(i), Effect.of(all.comparison("trial " + i).orElseThrow())));
      done.run();
    }
    return trials;
  }
}
