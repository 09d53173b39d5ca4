// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Single operators at the sizes of real models: Octet, FAST, and the built-in kernels of TensorFlow
 * Lite 2.20 without its delegate, each with one thread, in turn in one process.
 */
final class OperatorComparison {
  static final String USAGE =
      """
      usage: operators [options]
        --only REGEX     cases whose title has a match, such as '^ADD i8' (default all)
        --rounds N       rounds; who runs first alternates (default 5)
        --seconds S      time of each engine in each round (default 0.05)
        --list           the titles, and no more
      """;

  private Pattern only = Pattern.compile("");
  private int rounds = 5;
  private double seconds = 0.05;
  private boolean list;

  private OperatorComparison() {}

  /** The exit code: 2 for wrong usage, 1 when a case could not be compared, otherwise 0. */
  static int run(List<String> args) {
    OperatorComparison comparison = new OperatorComparison();
    try {
      if (!comparison.parse(args)) {
        System.out.print(USAGE);
        return 0;
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      return 2;
    }
    return comparison.run();
  }

  private boolean parse(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String option = args.get(i);
      if (option.equals("--help") || option.equals("-h")) {
        return false;
      }
      if (option.equals("--list")) {
        list = true;
        continue;
      }
      if (i + 1 == args.size()) {
        throw new IllegalArgumentException(option + " is not an option, or lacks its value");
      }
      String value = args.get(++i);
      switch (option) {
        case "--only" -> only = Pattern.compile(value);
        case "--rounds" -> rounds = Math.max(1, Integer.parseInt(value));
        case "--seconds" -> seconds = Double.parseDouble(value);
        default -> throw new IllegalArgumentException(option + " is not an option");
      }
    }
    return true;
  }

  private int run() {
    List<OperatorCase> cases =
        OperatorCase.all().filter(each -> only.matcher(each.title()).find()).toList();
    if (list) {
      cases.forEach(each -> System.out.println(each.title()));
      return 0;
    }
    System.out.print(OperatorReport.head(Machine.facts(), cases.size(), rounds, seconds));
    List<OperatorTimes> rows = new ArrayList<>();
    for (OperatorCase each : cases) {
      rows.add(compare(each));
    }
    System.out.print(OperatorReport.table(rows));
    return rows.stream().anyMatch(row -> row.refusal() != null) ? 1 : 0;
  }

  private OperatorTimes compare(OperatorCase each) {
    Samples octet = new Samples();
    Samples peer = new Samples();
    try (Contender ours =
            Contender.octet(Model.load(each.model()), new InterpreterOptions().threads(1));
        Contender theirs = Contender.peer(Peer.load(each.model(), PeerKernels.BUILT_IN, 1))) {
      ours.set(each.inputs());
      theirs.set(each.inputs());
      new Samples().measure(ours, seconds);
      new Samples().measure(theirs, seconds);
      for (int round = 0; round < rounds; round++) {
        if (round % 2 == 0) {
          octet.measure(ours, seconds);
          peer.measure(theirs, seconds);
        } else {
          peer.measure(theirs, seconds);
          octet.measure(ours, seconds);
        }
      }
      return new OperatorTimes(each.title(), octet, peer, null);
    } catch (RuntimeException e) {
      return new OperatorTimes(
          each.title(), octet, peer, e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
