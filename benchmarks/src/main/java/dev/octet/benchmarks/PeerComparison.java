// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Octet and TensorFlow Lite 2.20 with XNNPACK in turn, in one process: what is timed is one call to
 * run or Invoke on inputs that are in place.
 */
public final class PeerComparison {
  private PeerComparison() {}

  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  /** The exit code: 2 for wrong usage, 1 when no model could be compared, otherwise 0. */
  static int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      System.out.print(ComparisonOptions.USAGE);
      return 0;
    }
    ComparisonOptions options;
    List<Path> files;
    try {
      options = ComparisonOptions.parse(args);
      files = ModelFiles.expand(options.models());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(ComparisonOptions.USAGE);
      return 2;
    }
    if (files.isEmpty()) {
      System.err.println("no models in " + ModelFiles.shared() + ": name some with --models");
      return 2;
    }
    Map<String, String> facts = Machine.facts();
    System.out.print(ComparisonReport.head(facts, options));
    List<Comparison> comparisons = new ArrayList<>();
    for (Path file : files) {
      Comparison comparison = Comparison.of(file, options);
      comparisons.add(comparison);
      System.out.print(ComparisonReport.row(comparison));
    }
    if (options.json() != null) {
      try {
        Files.writeString(options.json(), ComparisonReport.json(facts, options, comparisons));
      } catch (IOException e) {
        System.err.println("cannot write " + options.json() + ": " + e);
        return 2;
      }
    }
    return comparisons.stream().anyMatch(each -> each.refusal == null) ? 0 : 1;
  }
}
