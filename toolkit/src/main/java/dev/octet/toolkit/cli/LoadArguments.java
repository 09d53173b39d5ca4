// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.toolkit.load.Arrivals;
import dev.octet.toolkit.load.LoadOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code octet bench --load}. */
final class LoadArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--load",
      paramLabel = "RATE",
      description = {
        "Instead of one run after another: requests that arrive at RATE a second (500), or at a"
            + " share (70%%) of the capacity, which is measured first, whether or not those before"
            + " are answered. Latency counts from when a request was due, so that a pause is seen"
            + " by all that it delays."
      })
  private String rate;

  @Option(
      names = "--duration",
      paramLabel = "S",
      defaultValue = "30",
      description = "Seconds of --load (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Threads that answer, each with an interpreter, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--arrivals",
      paramLabel = "fixed|poisson",
      defaultValue = "fixed",
      description = {
        "fixed: evenly spaced; poisson: at random, which makes queues even below the capacity"
            + " (default: ${DEFAULT-VALUE})."
      })
  private String arrivals;

  @Option(
      names = "--neighbour",
      paramLabel = "MB",
      defaultValue = "100",
      description = {
        "Megabytes a second that another thread allocates meanwhile, so that garbage is collected;"
            + " 0 for none (default: ${DEFAULT-VALUE})."
      })
  private double neighbour;

  boolean given() {
    return rate != null;
  }

  int workers() {
    if (workers < 1 || workers > 256) {
      throw new ParameterException(spec.commandLine(), "--workers " + workers + " is not 1 to 256");
    }
    return workers;
  }

  LoadOptions options(long seed) {
    try {
      return new LoadOptions(1, false, kind(), seconds, neighbour, seed).withRate(rate);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--load: " + e.getMessage(), e);
    }
  }

  private Arrivals.Kind kind() {
    return switch (arrivals) {
      case "fixed" -> Arrivals.Kind.FIXED;
      case "poisson" -> Arrivals.Kind.POISSON;
      default ->
          throw new IllegalArgumentException(
              "arrivals '" + arrivals + "' are not fixed or poisson");
    };
  }
}
