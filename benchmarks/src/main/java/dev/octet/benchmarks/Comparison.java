// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import dev.octet.peer.Difference;
import dev.octet.peer.PeerAnswer;
import dev.octet.peer.PeerKernels;
import dev.octet.peer.PeerProcess;
import dev.octet.peer.PeerTensor;
import dev.octet.peer.SeededInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One model, run by Octet and by TensorFlow Lite in turn. */
final class Comparison {
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(30);
  private static final int CHECKED_INPUTS = 3;
  private static final int SEED = 1;

  /**
   * So that threads of one engine, which wait actively for a while, do not take the other's time.
   */
  private static final int PAUSE_MILLIS = 50;

  final String title;

  /** Why there is nothing to compare, or null. */
  String refusal;

  /** How near the outputs are. */
  Difference difference;

  final List<Samples> octet = new ArrayList<>();
  final List<Samples> peer = new ArrayList<>();

  private Comparison(String title) {
    this.title = title;
  }

  static Comparison of(Path file, ComparisonOptions options) {
    Comparison comparison = new Comparison(ModelFiles.title(file));
    try {
      comparison.run(file, options);
    } catch (RuntimeException | IOException e) {
      comparison.refusal = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    return comparison;
  }

  private void run(Path file, ComparisonOptions options) throws IOException {
    PeerAnswer probe = probe(file, options.threads());
    if (!probe.ok()) {
      refusal = "TensorFlow Lite: " + probe.status() + ": " + probe.message();
      return;
    }
    List<List<byte[]>> inputs = SeededInputs.of(kinds(probe), CHECKED_INPUTS, SEED);
    try (Contender ours = Contender.octet(file, options.octet());
        Contender theirs = Contender.peer(file, options.threads())) {
      List<TensorType> types = probe.outputs().stream().map(PeerTensor::type).toList();
      difference = difference(ours, theirs, inputs, types);
      ours.set(inputs.get(0));
      theirs.set(inputs.get(0));
      // a quarter of a round each, not counted: the JVM compiles the calls
      new Samples().measure(ours, options.seconds() / 4);
      new Samples().measure(theirs, options.seconds() / 4);
      for (int round = 0; round < options.rounds(); round++) {
        boolean oursFirst = round % 2 == 0;
        measure(oursFirst ? ours : theirs, oursFirst ? octet : peer, options.seconds());
        measure(oursFirst ? theirs : ours, oursFirst ? peer : octet, options.seconds());
      }
    }
  }

  /** A load and a run in another process: what crashes there is not tried here. */
  private static PeerAnswer probe(Path file, int threads) throws IOException {
    try (PeerProcess process = new PeerProcess(PROBE_TIMEOUT)) {
      PeerAnswer loaded = process.load(Files.readAllBytes(file), PeerKernels.XNNPACK, threads);
      if (!loaded.ok()) {
        return loaded;
      }
      PeerAnswer ran = process.run(SeededInputs.of(kinds(loaded), 1, SEED).get(0));
      return ran.ok() ? loaded : ran;
    }
  }

  private static List<SeededInputs.Kind> kinds(PeerAnswer loaded) {
    return loaded.inputs().stream()
        .map(
            tensor ->
                new SeededInputs.Kind(
                    tensor.type(), (int) (tensor.bytes() / Math.max(1, tensor.type().bytes()))))
        .toList();
  }

  private static Difference difference(
      Contender ours, Contender theirs, List<List<byte[]>> inputs, List<TensorType> types) {
    Difference difference = new Difference();
    for (List<byte[]> each : inputs.subList(0, CHECKED_INPUTS)) {
      ours.set(each);
      ours.run();
      theirs.set(each);
      theirs.run();
      difference.add(types, ours.outputs(), theirs.outputs());
    }
    return difference;
  }

  private static void measure(Contender contender, List<Samples> rounds, double seconds) {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Samples samples = new Samples();
    samples.measure(contender, seconds);
    rounds.add(samples);
  }

  private static Samples all(List<Samples> rounds) {
    Samples all = new Samples();
    rounds.forEach(all::addAll);
    return all;
  }

  /** The least of the rounds' means: what a benchmark of means would report of a quiet machine. */
  static double mean(List<Samples> rounds) {
    return rounds.stream().mapToDouble(Samples::mean).min().orElse(Double.NaN);
  }

  Samples octetTimes() {
    return all(octet);
  }

  Samples peerTimes() {
    return all(peer);
  }
}
