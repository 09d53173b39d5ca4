// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.octet.DelegateException;
import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Octet;
import dev.octet.TensorType;
import dev.octet.program.Peaks;
import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.RandomInput;
import dev.octet.toolkit.text.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet report}: one file on this machine, for whoever looks into its speed or a fault. */
@Command(
    name = "report",
    description = {
      "Writes one JSON file that tells what this machine is, which instructions it has, how fast"
          + " Octet is on it and whether its answers are right, for sending to somebody else.",
      "It holds no name of host, user or file. Kernels of every instruction set are compared with"
          + " the reference in Java."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class ReportCommand implements Callable<Integer> {
  private static final int FORMAT = 1;
  private static final List<String> SHIPPED = List.of("digits_int8.tflite", "digits_float.tflite");
  private static final List<Long> SIZES = List.of(1L << 14, 1L << 18, 1L << 22, 1L << 25);

  /** Layers of MobileNet V2 and of a dense network. */
  private static final List<String[]> LAYERS =
      List.of(
          new String[] {"conv_i8", "56,56,24,144,1,1,1"},
          new String[] {"conv_i8", "14,14,64,384,1,1,1"},
          new String[] {"conv_i8", "28,28,16,16,3,3,1"},
          new String[] {"dwconv_i8", "56,56,144,3,3,1"},
          new String[] {"dwconv_i8", "14,14,576,3,3,2"},
          new String[] {"gemm_i8", "1,1001,1280"},
          new String[] {"conv_f32", "14,14,64,384,1,1,1"},
          new String[] {"dwconv_f32", "28,28,192,3,3,1"},
          new String[] {"gemm_f32", "1,1001,1280"},
          new String[] {"conv_i16", "14,14,32,64,3,3,1"});

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description = "Models to time and check beside the shipped ones; numbered, not named.")
  private List<Path> models = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "octet-report.json",
      description = "The file to write (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "1",
      description = "For each layer and model (default: ${DEFAULT-VALUE}).")
  private double seconds;

  private final JsonArray timings = new JsonArray();
  private final JsonArray layers = new JsonArray();
  private final BackendChecks checks = new BackendChecks();
  private int done;

  /** Returns 0, or 1 when an answer was wrong. */
  @Override
  public Integer call() throws IOException {
    if (!(seconds > 0 && seconds <= 3600)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds " + seconds + " is not in (0, 3600]");
    }
    AtomicFile.requireWritable(output);
    JsonObject report = new JsonObject();
    report.addProperty("format", FORMAT);
    report.addProperty("octet", Octet.version());
    report.addProperty("backend", Octet.backend());
    report.addProperty("isa", Octet.isa());
    Throwable cause = Octet.unavailabilityCause();
    report.addProperty("unavailability_cause", cause == null ? null : cause.getMessage());
    report.addProperty("edge_tpu", edgeTpu());
    report.add("machine", MachineFacts.json());
    report.add("before", MachineFacts.state());
    int steps = (cause == null ? LAYERS.size() : 0) + SHIPPED.size() + models.size();
    try (Progress progress = Progress.onTerminal(spec.commandLine().getErr(), "measuring")) {
      report.add("peaks", cause == null ? peaks() : JsonNull.INSTANCE);
      for (String[] layer : cause == null ? LAYERS : List.<String[]>of()) {
        layer(KernelCase.parse(layer[0], layer[1]));
        progress.update(++done, steps);
      }
      for (String name : SHIPPED) {
        model(name, shipped(name));
        progress.update(++done, steps);
      }
      for (int i = 0; i < models.size(); i++) {
        model("model " + (i + 1), Files.readAllBytes(models.get(i)));
        progress.update(++done, steps);
      }
      demo();
    }
    report.add("layers", layers);
    report.add("models", timings);
    report.add("checks", checks.json());
    report.add("after", MachineFacts.state());
    AtomicFile.write(output, (Json.text(report) + "\n").getBytes(StandardCharsets.UTF_8));
    print(spec.commandLine().getOut());
    return checks.failed() == 0 ? 0 : 1;
  }

  private static String edgeTpu() {
    DelegateException cause = EdgeTpu.unavailabilityCause();
    return cause == null
        ? EdgeTpu.devices().size() + " devices, " + EdgeTpu.runtimeVersion()
        : cause.reason().name();
  }

  private static JsonObject peaks() {
    JsonObject peaks = new JsonObject();
    for (String isa : KernelRanking.isasHere()) {
      JsonObject rates = new JsonObject();
      for (TensorType type : List.of(TensorType.INT8, TensorType.INT16, TensorType.FLOAT32)) {
        rates.add(type.name().toLowerCase(Locale.ROOT), Json.number(Peaks.macs(type, isa)));
      }
      peaks.add("gmacs_per_second_" + isa, rates);
    }
    JsonObject reads = new JsonObject();
    for (long bytes : SIZES) {
      reads.add(Long.toString(bytes), Json.number(Peaks.bandwidth(bytes, false)));
    }
    peaks.add("read_gb_per_second", reads);
    return peaks;
  }

  private void layer(KernelCase layer) {
    layers.add(KernelRanking.measure(layer, new InterpreterOptions(), seconds, 0).json());
    checks.check(layer.describe() + " of " + layer.type(), layer.model());
  }

  private void model(String name, byte[] file) {
    int processors = Runtime.getRuntime().availableProcessors();
    try (Model model = Model.load(ByteBuffer.wrap(file))) {
      for (int threads = 1; threads <= processors; threads *= 2) {
        JsonObject timing = new JsonObject();
        timing.addProperty("model", name);
        timing.addProperty("bytes", file.length);
        timing.addProperty("threads", threads);
        try (Interpreter interpreter =
            model.interpreter(new InterpreterOptions().threads(threads))) {
          new RandomInput(0).fill(interpreter);
          Percentiles times = RunTimes.measure(interpreter, seconds, Progress.silent());
          timing.addProperty("runs", times.count());
          timing.add("min_us", Json.number(times.min()));
          timing.add("p50_us", Json.number(times.at(50)));
          timing.add("p99_us", Json.number(times.at(99)));
          timing.addProperty("weight_bytes", interpreter.weightBytes());
          timing.addProperty("interpreter_bytes", interpreter.memoryBytes());
        }
        timings.add(timing);
      }
    }
    checks.check(name, file);
  }

  private static byte[] shipped(String name) throws IOException {
    try (InputStream in = DemoCommand.resource(name)) {
      return in.readAllBytes();
    }
  }

  private void demo() {
    for (String numerics : List.of("fast", "exact")) {
      PrintWriter nowhere = new PrintWriter(new StringWriter());
      int code = OctetCommand.execute(nowhere, nowhere, "demo", "--json", "--numerics", numerics);
      checks.count("octet demo --numerics " + numerics, code == 0);
    }
  }

  private void print(PrintWriter out) {
    out.printf("%s, %s%n", Machine.describe(), Octet.isa());
    timings.forEach(
        each -> {
          JsonObject timing = each.getAsJsonObject();
          out.printf(
              "%s, threads %d: %s \u00b5s (median of %,d)%n",
              timing.get("model").getAsString(),
              timing.get("threads").getAsInt(),
              Micros.text(timing.get("p50_us").getAsDouble()),
              timing.get("runs").getAsInt());
        });
    out.printf("%d checks passed, %d failed%n", checks.passed(), checks.failed());
    out.printf("written to %s%n", output);
    out.flush();
  }
}
