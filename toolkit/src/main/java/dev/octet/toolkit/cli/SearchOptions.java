// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.Quantizer;
import dev.octet.toolkit.quantize.Recipe;
import dev.octet.toolkit.search.AccuracySearch;
import dev.octet.toolkit.search.Sensitivity;
import dev.octet.toolkit.text.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Automatic mixed precision as options of {@code octet quantize}. */
final class SearchOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--max-accuracy-drop",
      paramLabel = "POINTS",
      description = {
        "Keep the layers wide that cost most accuracy, as few as hold the loss on --validation"
            + " within so many points; lists what was tried. Exit code 3 when no choice does."
      })
  private Double maxDrop;

  @Option(
      names = "--validation",
      paramLabel = "DATA",
      description = "For --max-accuracy-drop: other samples than those of --calibration.")
  private String validation;

  @Option(
      names = "--wide",
      paramLabel = "float|int16x8",
      defaultValue = "float",
      description = "What such layers become (default: ${DEFAULT-VALUE}).")
  private String wide;

  @Option(
      names = "--save-recipe",
      paramLabel = "FILE",
      description = "Write the recipe that --max-accuracy-drop found.")
  private Path saveRecipe;

  /** The data set to validate on, or null when no search is asked for. */
  String validation() throws IOException {
    if (maxDrop == null) {
      if (validation != null || saveRecipe != null) {
        throw usage(
            (validation != null ? "--validation" : "--save-recipe")
                + " is for --max-accuracy-drop");
      }
      return null;
    }
    if (validation == null) {
      throw usage("--max-accuracy-drop needs --validation");
    }
    if (!(maxDrop >= 0)) {
      throw usage("--max-accuracy-drop is " + maxDrop + ", not 0 or more");
    }
    compute();
    if (saveRecipe != null) {
      AtomicFile.requireWritable(saveRecipe);
    }
    return validation;
  }

  private Compute compute() {
    return switch (wide) {
      case "float" -> Compute.FLOAT;
      case "int16x8" -> Compute.INT16X8;
      default -> throw usage("--wide is " + wide + ", not float or int16x8");
    };
  }

  private ParameterException usage(String words) {
    return new ParameterException(spec.commandLine(), words);
  }

  /** Searches; the quantizer has all it needs but statistics of its samples. */
  AccuracySearch.Result search(
      Quantizer quantizer, Recipe recipe, DataSet samples, Progress progress) throws IOException {
    AccuracySearch.Result result =
        new AccuracySearch(quantizer, recipe, samples)
            .limit(maxDrop)
            .wide(compute())
            .listener(progress::update)
            .search();
    if (saveRecipe != null) {
      String text = result.recipe() == null ? "[]" : result.recipe().text();
      AtomicFile.write(saveRecipe, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return result;
  }

  /** What was tried, in words. */
  void print(PrintWriter out, AccuracySearch.Result result) {
    List<Sensitivity> order = result.sensitivities();
    if (!order.isEmpty()) {
      out.println(
          "most sensitive layers, by what the output gains when they and their readers are "
              + wide);
      for (Sensitivity each : order.subList(0, Math.min(5, order.size()))) {
        out.printf(Locale.ROOT, "  %+6.1f dB  %s %s%n", each.gain(), each.operator(), each.layer());
      }
    }
    out.println("tried");
    List<String> before = List.of();
    for (AccuracySearch.Trial trial : result.trials()) {
      out.printf(
          Locale.ROOT,
          "  %3d wide, %,d bytes: %s%s%n",
          trial.wide().size(),
          trial.bytes(),
          trial.difference().sentence(),
          trial.underLimit() ? "; within the limit" : "");
      changes(out, before, "narrow again", trial.wide());
      changes(out, trial.wide(), "wide", before);
      before = trial.wide();
    }
    if (!result.reached()) {
      out.println("none is within " + maxDrop + " points; the best of them is written");
    }
  }

  /** Names the layers of {@code some} that the others are not. */
  private static void changes(PrintWriter out, List<String> some, String now, List<String> others) {
    List<String> changed = some.stream().filter(layer -> !others.contains(layer)).toList();
    if (!changed.isEmpty()) {
      out.println("      " + now + ": " + String.join(", ", changed));
    }
  }

  JsonObject json(AccuracySearch.Result result) {
    JsonObject json = new JsonObject();
    json.addProperty("max_accuracy_drop", maxDrop);
    json.addProperty("reached", result.reached());
    json.addProperty("recipe", result.recipe() == null ? null : result.recipe().text());
    JsonArray order = new JsonArray();
    for (Sensitivity each : result.sensitivities()) {
      JsonObject one = new JsonObject();
      one.addProperty("layer", each.layer());
      one.addProperty("operator", each.operator());
      one.addProperty("gain_db", each.gain());
      order.add(one);
    }
    json.add("sensitivities", order);
    JsonArray trials = new JsonArray();
    for (AccuracySearch.Trial trial : result.trials()) {
      JsonObject one = new JsonObject();
      JsonArray layers = new JsonArray();
      trial.wide().forEach(layers::add);
      one.add("wide", layers);
      one.addProperty("bytes", trial.bytes());
      one.addProperty("metric", trial.difference().name());
      one.addProperty("value", trial.difference().value());
      one.addProperty("loss", trial.difference().loss());
      one.addProperty("within_limit", trial.underLimit());
      trials.add(one);
    }
    json.add("trials", trials);
    return json;
  }
}
