// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonObject;
import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Octet;
import dev.octet.toolkit.data.RandomInput;
import dev.octet.toolkit.load.LoadOptions;
import dev.octet.toolkit.load.LoadReport;
import dev.octet.toolkit.load.LoadResult;
import dev.octet.toolkit.load.LoadTest;
import dev.octet.toolkit.text.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet bench}: how long a run takes, by percentiles and by operator. */
@Command(
    name = "bench",
    description = {
      "Measures one run after another on random inputs: least time and percentiles in"
          + " microseconds.",
      "Each run is timed alone, as its caller sees it. A fifth of the seconds goes to warming up"
          + " first. With --load requests arrive by the clock instead.",
      "With --device the first run, in which the model gets into the Edge TPU, is told apart."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private DeviceOptions device;
  @Mixin private LoadArguments load;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description = "The .tflite file; none with --kernels.")
  private Path model;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long to measure (default: ${DEFAULT-VALUE}); at least one run is made.")
  private double seconds;

  @Option(
      names = "--signature",
      paramLabel = "KEY",
      description = "The entry point (default: the model's first).")
  private String signature;

  @Option(
      names = "--profile",
      description = {
        "Then measure each instruction for as long again, and print a table: time, rate, the bytes"
            + " that it has to move, and its share of the roofline, that is of the rate that this"
            + " machine's core reaches at most. The peaks are measured then."
      })
  private boolean profile;

  @Option(
      names = "--twin",
      paramLabel = "MODEL",
      description = {
        "With --device: run the model that MODEL was compiled from on the CPU, in turn with the"
            + " Edge TPU, and print both side by side with the ratio and how far their outputs are"
            + " apart."
      })
  private Path twin;

  @Option(
      names = "--kernels",
      paramLabel = "FAMILY SHAPE",
      arity = "2",
      hideParamSyntax = true,
      description = {
        "Instead of a model: the kernels of this machine for one shape, the fastest first, and the"
            + " one that models get. gemm_T m,n,k; conv_T h,w,ci,co,kh,kw,stride; dwconv_T"
            + " h,w,c,kh,kw,stride; T is i8, i16 or f32. Such as: --kernels gemm_i8 64,64,512"
      })
  private String[] kernels;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Of the random inputs (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (!(seconds > 0 && seconds <= 86400)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds " + seconds + " is not in (0, 86400]");
    }
    InterpreterOptions options = engine.toInterpreterOptions();
    if (signature != null) {
      options = options.signature(signature);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (kernels != null) {
      rank(out, options);
      return 0;
    }
    if (model == null) {
      throw new ParameterException(spec.commandLine(), "MODEL is missing");
    }
    if (twin != null && (!device.given() || load.given() || profile)) {
      throw new ParameterException(
          spec.commandLine(), "--twin goes with --device, and not with --load or --profile");
    }
    try (EdgeTpu tpu = device.open()) {
      if (load.given()) {
        load(out, options.delegate(tpu));
      } else if (twin != null) {
        sideBySide(out, options, tpu);
      } else {
        measure(out, options.delegate(tpu));
      }
    }
    out.flush();
    return 0;
  }

  private void measure(PrintWriter out, InterpreterOptions options) {
    try (Model loaded = Model.load(model);
        Interpreter interpreter = loaded.interpreter(options)) {
      new RandomInput(seed).fill(interpreter);
      double first = device.given() ? RunTimes.one(interpreter) : Double.NaN;
      Percentiles times = measure(interpreter);
      ProfileTable profiled = profile ? profile(interpreter, times) : null;
      if (json) {
        JsonObject report = json(interpreter, first, times);
        if (profiled != null) {
          profiled.addTo(report);
        }
        out.println(Json.text(report));
      } else {
        print(out, interpreter, first, times);
        if (profiled != null) {
          out.println();
          profiled.print(out);
        }
      }
    }
  }

  private void sideBySide(PrintWriter out, InterpreterOptions options, EdgeTpu tpu) {
    try (Model compiled = Model.load(model);
        Model plain = Model.load(twin);
        Interpreter onDevice = compiled.interpreter(options.delegate(tpu));
        Interpreter onCpu = plain.interpreter(options);
        Progress progress = progress()) {
      new RandomInput(seed).fill(onDevice);
      new RandomInput(seed).fill(onCpu);
      SideBySide both = SideBySide.measure(onDevice, onCpu, seconds, progress);
      if (json) {
        JsonObject report = json(onDevice, both.first(), both.device());
        both.addTo(report);
        report.getAsJsonObject("twin").addProperty("model", twin.toString());
        out.println(Json.text(report));
      } else {
        printHead(out);
        printFirst(out, both.first());
        both.print(out);
      }
    }
  }

  private void rank(PrintWriter out, InterpreterOptions options) {
    KernelCase wanted;
    try {
      wanted = KernelCase.parse(kernels[0], kernels[1]);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--kernels: " + e.getMessage(), e);
    }
    KernelRanking ranking = KernelRanking.measure(wanted, options, seconds, seed);
    if (json) {
      JsonObject report = head();
      report.add("ranking", ranking.json());
      out.println(Json.text(report));
    } else {
      printHead(out);
      ranking.print(out);
    }
    out.flush();
  }

  private void load(PrintWriter out, InterpreterOptions options) {
    LoadOptions wanted = load.options(seed);
    int workers = load.workers();
    List<Interpreter> interpreters = new ArrayList<>();
    try (Model loaded = Model.load(model)) {
      List<LoadTest.Request> requests = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        Interpreter interpreter = loaded.interpreter(options);
        interpreters.add(interpreter);
        new RandomInput(seed).fill(interpreter);
        requests.add(interpreter::run);
      }
      LoadResult result = new LoadTest(requests, wanted).run();
      if (json) {
        JsonObject report = head();
        report.add("load", LoadReport.json(result, wanted, workers));
        out.println(Json.text(report));
      } else {
        printHead(out);
        out.print(LoadReport.text(result, wanted, workers));
      }
      out.flush();
    } finally {
      interpreters.forEach(Interpreter::close);
    }
  }

  private Percentiles measure(Interpreter interpreter) {
    try (Progress progress = progress()) {
      return RunTimes.measure(interpreter, seconds, progress);
    }
  }

  private Progress progress() {
    return json ? Progress.silent() : Progress.onTerminal(spec.commandLine().getErr(), "measuring");
  }

  private ProfileTable profile(Interpreter interpreter, Percentiles times) {
    ProfileRounds rounds = ProfileRounds.measure(interpreter, times.at(50), seconds);
    long bytes = interpreter.weightBytes() + interpreter.memoryBytes();
    return new ProfileTable(rounds, Roofline.of(engine.threads(), bytes));
  }

  private void printHead(PrintWriter out) {
    if (model != null) {
      out.printf("%s%n", model);
    }
    out.printf(
        "%s, %s, %d %s, %s%s%n",
        Machine.describe(),
        Octet.isa(),
        engine.threads(),
        engine.threads() == 1 ? "thread" : "threads",
        engine.numericsName(),
        device.given() ? ", Edge TPU " + device.device() : "");
  }

  private static void printFirst(PrintWriter out, double first) {
    out.printf(
        "first run: %s \u00b5s, in which the model gets into the Edge TPU%n", Micros.text(first));
  }

  private JsonObject head() {
    JsonObject report = new JsonObject();
    report.addProperty("model", model == null ? null : model.toString());
    report.addProperty("machine", Machine.describe());
    report.addProperty("isa", Octet.isa());
    report.addProperty("threads", engine.threads());
    report.addProperty("numerics", engine.numericsName());
    report.addProperty("device", device.device());
    return report;
  }

  private void print(PrintWriter out, Interpreter interpreter, double first, Percentiles times) {
    printHead(out);
    if (device.given()) {
      printFirst(out, first);
    }
    out.printf(
        "%d runs: min %s  p50 %s  p90 %s  p99 %s  p99.9 %s \u00b5s%n",
        times.count(),
        Micros.text(times.min()),
        Micros.text(times.at(50)),
        Micros.text(times.at(90)),
        Micros.text(times.at(99)),
        Micros.text(times.at(99.9)));
    out.printf(
        "memory: %,d bytes of packed weights (shared), %,d bytes for each interpreter%n",
        interpreter.weightBytes(), interpreter.memoryBytes());
  }

  /** With the time of the first run when it is known, else null. */
  private JsonObject json(Interpreter interpreter, double first, Percentiles times) {
    JsonObject report = head();
    report.add("first_us", Json.number(first));
    RunTimes.addTo(report, times);
    report.addProperty("weight_bytes", interpreter.weightBytes());
    report.addProperty("interpreter_bytes", interpreter.memoryBytes());
    return report;
  }
}
