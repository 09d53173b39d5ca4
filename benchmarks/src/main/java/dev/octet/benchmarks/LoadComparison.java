// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.peer.PeerKernels;
import dev.octet.toolkit.load.Arrivals;
import dev.octet.toolkit.load.LoadOptions;
import dev.octet.toolkit.load.LoadReport;
import dev.octet.toolkit.load.LoadResult;
import dev.octet.toolkit.load.LoadTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code load}: latency of Octet, then of the peer, under requests that do not wait for answers.
 */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "What 'octet bench --load' does, for Octet and then for TensorFlow Lite with XNNPACK in the"
          + " same process, each at the given share of its own capacity (or at the same rate).",
      "With one core: taskset -c 0 java -jar octet-benchmarks.jar load MODEL --threads 2"
    })
final class LoadComparison implements Callable<Integer> {
  private static final double ASKED_SPREAD = 1.5;
  private static final double ASKED_PEER = 0.6;

  @Parameters(paramLabel = "MODEL", description = "The .tflite file.")
  private Path model;

  @Option(
      names = "--rate",
      defaultValue = "70%",
      description = "Requests/s, or a share of the capacity (default: 70%%).")
  private String rate;

  @Option(
      names = "--duration",
      defaultValue = "300",
      description = "Seconds for each engine (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--threads", defaultValue = "1", description = "Of each engine and worker.")
  private int threads;

  @Option(names = "--workers", defaultValue = "1", description = "Threads that answer.")
  private int workers;

  @Option(
      names = "--arrivals",
      defaultValue = "FIXED",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Arrivals.Kind arrivals;

  @Option(
      names = "--neighbour",
      defaultValue = "100",
      description = "MB/s that another thread allocates (default: ${DEFAULT-VALUE}).")
  private double neighbour;

  @Option(names = "--numerics", defaultValue = "FAST", description = "How Octet rounds.")
  private Numerics numerics;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there too.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    LoadOptions options = new LoadOptions(1, false, arrivals, seconds, neighbour, 1).withRate(rate);
    JsonObject report = new JsonObject();
    JsonObject machine = new JsonObject();
    Machine.facts()
        .forEach(
            (name, value) -> {
              System.out.printf("%-9s %s%n", name, value);
              machine.addProperty(name, value);
            });
    report.add("machine", machine);
    report.addProperty("model", ModelFiles.title(model));
    report.addProperty("threads", threads);
    System.out.printf("model     %s, %d threads%n%n", ModelFiles.title(model), threads);
    LoadResult octet = run("octet", octet(), options, report);
    LoadResult peer = run("peer", peer(), options, report);
    double spread = octet.micros(99) / octet.micros(50);
    double share = octet.micros(99) / peer.micros(99);
    System.out.printf(
        Locale.ROOT,
        "Octet's p99 is %.2f times its p50 (at most %.1f asked) and %.2f times the peer's p99"
            + " (at most %.1f asked)%n",
        spread,
        ASKED_SPREAD,
        share,
        ASKED_PEER);
    if (json != null) {
      Files.writeString(json, new GsonBuilder().setPrettyPrinting().create().toJson(report) + "\n");
    }
    return 0;
  }

  private List<Contender> octet() {
    List<Contender> contenders = new ArrayList<>();
    InterpreterOptions options = new InterpreterOptions().threads(threads).numerics(numerics);
    for (int i = 0; i < workers; i++) {
      contenders.add(Contender.octet(Model.load(model), options));
    }
    return contenders;
  }

  private List<Contender> peer() {
    List<Contender> contenders = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      contenders.add(Contender.peer(dev.octet.peer.Peer.load(model, PeerKernels.XNNPACK, threads)));
    }
    return contenders;
  }

  private LoadResult run(
      String name, List<Contender> contenders, LoadOptions options, JsonObject report) {
    try {
      List<LoadTest.Request> requests = new ArrayList<>();
      for (Contender contender : contenders) {
        requests.add(contender::run);
      }
      LoadResult result = new LoadTest(requests, options).run();
      System.out.printf("%s%n%s%n", name, LoadReport.text(result, options, workers));
      report.add(name, LoadReport.json(result, options, workers));
      return result;
    } finally {
      contenders.forEach(Contender::close);
    }
  }
}
