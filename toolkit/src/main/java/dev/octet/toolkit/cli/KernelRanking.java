// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Profile;
import dev.octet.Tensor;
import dev.octet.program.Engine;
import dev.octet.program.Kernels;
import dev.octet.toolkit.data.RandomInput;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The kernels of this machine for one shape, the fastest first: those of every instruction set,
 * each with the tiles that it takes for the shape, and the plain one. They take turns; each has the
 * least mean of its rounds. Models get the best set's: nothing else is chosen at run time.
 */
final class KernelRanking {
  private static final String SCALAR = "scalar";
  private static final List<String> ISAS =
      List.of("avx512vnni", "avx512", "avx2", "neondot", "neon", SCALAR);
  private static final String PLAIN = "plain";
  private static final double ROUND_MICROS = 1000;

  private record Row(String kernel, String isa, boolean chosen, double micros, double floor) {}

  private static final class Candidate implements AutoCloseable {
    final String isa;
    final Interpreter interpreter;
    int runs = 1;
    long spentNanos;
    double micros = Double.POSITIVE_INFINITY;
    Profile.Entry entry;

    Candidate(String isa, Interpreter interpreter) {
      this.isa = isa;
      this.interpreter = interpreter;
    }

    void round() {
      Profile profile = interpreter.profile(runs);
      spentNanos += profile.totalNanos();
      for (Profile.Entry each : profile.entries()) {
        if (each.work().macs() > 0) {
          entry = each;
          double now = Math.max(1e-3, each.nanos() / 1e3 / profile.runs());
          micros = Math.min(micros, now);
          runs = (int) Math.max(1, Math.min(100_000, ROUND_MICROS / now));
        }
      }
    }

    @Override
    public void close() {
      interpreter.close();
    }
  }

  private final KernelCase wanted;
  private final InterpreterOptions options;
  private final List<Row> rows = new ArrayList<>();

  private KernelRanking(KernelCase wanted, InterpreterOptions options) {
    this.wanted = wanted;
    this.options = options;
  }

  static KernelRanking measure(
      KernelCase wanted, InterpreterOptions options, double seconds, long seed) {
    KernelRanking ranking = new KernelRanking(wanted, options);
    List<Candidate> candidates = new ArrayList<>();
    try (Model model = Model.load(ByteBuffer.wrap(wanted.model()))) {
      for (String isa : isasHere()) {
        candidates.add(new Candidate(isa, model.interpreter(options.isa(isa))));
      }
      candidates.add(new Candidate(PLAIN, model.interpreter(options.reference(true))));
      for (Candidate each : candidates) {
        Tensor input = each.interpreter.input(0);
        input.buffer().put(new RandomInput(seed).next(input.type(), input.shape()));
      }
      // each has the same time, so that slow ones leave the fast ones many rounds
      long share = (long) (seconds * 1e9 / candidates.size());
      boolean more = true;
      while (more) {
        more = false;
        for (Candidate each : candidates) {
          if (each.spentNanos < share) {
            each.round();
            more = true;
          }
        }
      }
      candidates.forEach(ranking::add);
    } finally {
      candidates.forEach(Candidate::close);
    }
    ranking.rows.sort(Comparator.comparingDouble(Row::micros));
    return ranking;
  }

  /** Names of the instruction sets that this machine has, best first. */
  static List<String> isasHere() {
    return ISAS.stream().filter(KernelRanking::here).toList();
  }

  private static boolean here(String isa) {
    try {
      Engine.isa(isa);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void add(Candidate candidate) {
    boolean plain = candidate.isa.equals(PLAIN);
    List<String> own = Kernels.isas(candidate.entry.kernel());
    boolean known = rows.stream().anyMatch(row -> row.kernel.equals(candidate.entry.kernel()));
    boolean another = own.contains(candidate.isa) || candidate.isa.equals(SCALAR);
    if (plain ? known && own.isEmpty() : !another) {
      return;
    }
    Roofline roofline =
        new Roofline(
            plain ? SCALAR : candidate.isa,
            options.threads(),
            candidate.entry.work().weightBytes() + candidate.interpreter.memoryBytes());
    rows.add(
        new Row(
            candidate.entry.kernel(),
            candidate.isa,
            rows.isEmpty(),
            candidate.micros,
            roofline.floor(candidate.entry.work()) / 1e3));
  }

  private double gmacsPerSecond(Row row) {
    return wanted.macs() / row.micros / 1e3;
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: %s, %.3g MMAC%n%n",
        wanted.family(),
        wanted.describe(),
        wanted.macs() / 1e6);
    out.println("rank    kernel                  instructions         us  GMAC/s  roof%  slower");
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      out.printf(
          Locale.ROOT,
          "%4d  %s %-23s %-12s %10s %7.1f %6.0f %7.2f%n",
          i + 1,
          row.chosen ? "*" : " ",
          row.kernel,
          row.isa,
          Micros.text(row.micros),
          gmacsPerSecond(row),
          100 * row.floor / row.micros,
          row.micros / rows.get(0).micros);
    }
    out.println();
    out.println("* is what a model gets here; roof% is of what its own instructions could do");
  }

  JsonObject json() {
    JsonObject report = new JsonObject();
    report.addProperty("family", wanted.family());
    report.addProperty("shape", wanted.describe());
    report.addProperty("macs", wanted.macs());
    JsonArray array = new JsonArray();
    for (Row row : rows) {
      JsonObject object = new JsonObject();
      object.addProperty("kernel", row.kernel);
      object.addProperty("instructions", row.isa);
      object.addProperty("chosen", row.chosen);
      object.add("us", Json.number(row.micros));
      object.add("gmacs_per_second", Json.number(gmacsPerSecond(row)));
      object.add("roofline_share", Json.number(row.floor / row.micros));
      array.add(object);
    }
    report.add("kernels", array);
    return report;
  }
}
