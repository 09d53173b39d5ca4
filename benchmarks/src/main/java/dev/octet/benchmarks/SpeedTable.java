// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.Numerics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code table}: every class of models in one list, then every model of the shared folder. */
@Command(
    name = "table",
    mixinStandardHelpOptions = true,
    description = {
      "Octet and TensorFlow Lite with XNNPACK in turn in one process, model by model: the classes"
          + " that the project is held to, then all models by one and two threads, then what a call"
          + " costs. Takes about half an hour with the default rounds.",
      "Models come from OCTET_SHARED, or ../shared."
    })
final class SpeedTable implements Callable<Integer> {
  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Rounds; who runs first alternates (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "0.5",
      description = "Time of each engine in each round (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      defaultValue = "",
      description = "Classes and models whose names this is found in.")
  private String only;

  @Option(names = "--no-models", description = "The classes alone, not all models.")
  private boolean noModels;

  @Option(
      names = "--results",
      paramLabel = "FOLDER",
      description = "Keep the results there, in DATE.json.")
  private Path results;

  @Override
  public Integer call() throws IOException {
    Map<String, String> facts = Machine.facts();
    ComparisonOptions options =
        new ComparisonOptions(List.of(), 1, rounds, seconds, null, Numerics.FAST, null);
    Measurements measurements =
        new Measurements(ModelFiles.shared(), text -> System.err.println("measuring " + text));
    System.out.print(SpeedReport.head(facts, options));
    List<SpeedLine> lines = new ArrayList<>();
    for (SpeedClass kind : SpeedClass.all()) {
      if (matches(kind.kind() + " " + kind.models())) {
        SpeedLine line = SpeedLine.of(kind, measurements, options);
        lines.add(line);
        System.out.print(SpeedReport.row(line));
      }
    }
    CallCost call = CallCost.measure(rounds, seconds);
    System.out.print(SpeedReport.call(call));
    List<ModelLine> models = new ArrayList<>();
    if (!noModels) {
      System.out.print(SpeedReport.modelsHead());
      for (Path file : ModelFiles.all()) {
        if (matches(ModelFiles.title(file))) {
          Comparison one = measurements.of(file, options);
          Comparison two =
              one.refusal != null ? one : measurements.of(file, options.withThreads(2));
          ModelLine line = ModelLine.of(ModelFiles.title(file), one, two);
          models.add(line);
          System.out.print(SpeedReport.row(line));
        }
      }
      System.out.print(SpeedReport.summary(models));
    }
    if (results != null) {
      Files.createDirectories(results);
      Path file = results.resolve(LocalDate.now() + ".json");
      Files.writeString(file, SpeedResults.json(facts, options, lines, call, models));
      System.out.printf(Locale.ROOT, "%nkept in %s%n", file);
    }
    return lines.stream().anyMatch(line -> line.refusal() == null) ? 0 : 1;
  }

  private boolean matches(String name) {
    return java.util.regex.Pattern.compile(only).matcher(name).find();
  }
}
