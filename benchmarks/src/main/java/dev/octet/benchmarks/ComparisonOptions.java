// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.InterpreterOptions;
import dev.octet.Numerics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the comparison is to be made.
 *
 * @param models files, and folders of {@code .tflite} files; those of the shared folder when empty
 * @param seconds that each contender runs in each round
 * @param json where to write the results, or null
 * @param isa the instruction set that Octet is kept to, or null
 */
record ComparisonOptions(
    List<String> models,
    int threads,
    int rounds,
    double seconds,
    Path json,
    Numerics numerics,
    String isa) {
  static final String USAGE =
      """
      usage: peer [options]
        --models FILE|FOLDER...   models to compare (default: known ones of the shared folder,
                                  OCTET_SHARED or ../shared)
        --threads N               threads of each engine (default 1)
        --rounds N                rounds; who runs first alternates (default 5)
        --seconds S               time of each engine in each round (default 1)
        --numerics fast|exact     how Octet rounds (default fast)
        --isa NAME                keeps Octet to an instruction set, such as avx2
        --json FILE               write the results there too
      """;

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  static ComparisonOptions parse(List<String> args) {
    List<String> models = new ArrayList<>();
    int threads = 1;
    int rounds = 5;
    double seconds = 1;
    Path json = null;
    Numerics numerics = Numerics.FAST;
    String isa = null;
    for (int i = 0; i < args.size(); i++) {
      String option = args.get(i);
      if (option.equals("--models")) {
        while (i + 1 < args.size() && !args.get(i + 1).startsWith("--")) {
          models.add(args.get(++i));
        }
        continue;
      }
      if (i + 1 == args.size()) {
        throw new IllegalArgumentException(option + " is not an option, or lacks its value");
      }
      String value = args.get(++i);
      switch (option) {
        case "--threads" -> threads = (int) number(option, value, 1);
        case "--rounds" -> rounds = (int) number(option, value, 1);
        case "--seconds" -> seconds = number(option, value, 0.001);
        case "--json" -> json = Path.of(value);
        case "--numerics" -> numerics = Numerics.valueOf(value.toUpperCase(Locale.ROOT));
        case "--isa" -> isa = value;
        default -> throw new IllegalArgumentException(option + " is not an option");
      }
    }
    return new ComparisonOptions(
        models.isEmpty() ? ModelFiles.present() : models,
        threads,
        rounds,
        seconds,
        json,
        numerics,
        isa);
  }

  ComparisonOptions with(Numerics rounding, String instructionSet) {
    return new ComparisonOptions(models, threads, rounds, seconds, json, rounding, instructionSet);
  }

  ComparisonOptions withThreads(int count) {
    return new ComparisonOptions(models, count, rounds, seconds, json, numerics, isa);
  }

  /** Octet's side of it. */
  InterpreterOptions octet() {
    InterpreterOptions options = new InterpreterOptions().threads(threads).numerics(numerics);
    return isa == null ? options : options.isa(isa);
  }

  private static double number(String option, String text, double least) {
    double value = Double.parseDouble(text);
    if (!(value >= least)) {
      throw new IllegalArgumentException(option + " is " + text + ", not at least " + least);
    }
    return value;
  }
}
