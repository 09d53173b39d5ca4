// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.toolkit.data.RandomInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet run}: one or several runs of one interpreter on given or random inputs. */
@Command(
    name = "run",
    description = {
      "Runs a model and shows, or writes, its outputs.",
      "Inputs come from files; an input without one gets random numbers by --seed, the same on"
          + " every machine (floats in [-1, 1), 8 and 16 bits over their whole range, wider"
          + " integers 0 to 9, strings a few letters)."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private DeviceOptions device;
  @Mixin private PictureOptions pictures;

  @Parameters(paramLabel = "MODEL", description = "The .tflite file.")
  private Path model;

  @Option(
      names = "--input",
      paramLabel = "NAME_OR_INDEX=FILE",
      parameterConsumer = InputConsumer.class,
      description = {
        "What an input tensor takes: .npy; .png, .jpg or .bmp; any other file as raw little-endian"
            + " elements. May be given for several inputs. NAME_OR_INDEX= may be left out for a"
            + " model of one input."
      })
  private Steps inputs;

  @Option(
      names = "--next",
      arity = "0",
      parameterConsumer = NextConsumer.class,
      description = {
        "The --input options that follow belong to another run of the same interpreter. Variables"
            + " of the model keep their values from run to run, and so do inputs that are not given"
            + " again."
      })
  private Steps next;

  @Option(
      names = "--sequence",
      paramLabel = "NAME_OR_INDEX=FILE",
      description = {
        "As --input, but the file (.npy, or raw) holds one tensor behind the other: one run for"
            + " each, of the same interpreter. Several sequences must be of the same length; --next"
            + " does not go with it."
      })
  private List<String> sequences = List.of();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = {
        "Write output i as DIR/<i>.bin (raw little-endian) and DIR/outputs.json (name, type, shape,"
            + " scale, zero_point); of several runs into DIR/<step>/, steps from 0."
      })
  private Path output;

  @Option(
      names = "--signature",
      paramLabel = "KEY",
      description = "The entry point (default: the model's first).")
  private String signature;

  @Option(
      names = "--resize",
      paramLabel = "NAME_OR_INDEX=1x224x224x3",
      description = "Give an input another shape before the runs.")
  private List<String> resize = List.of();

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Of the random numbers (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "Print the summary as JSON.")
  private boolean json;

  /** The --input options of each run. */
  static final class Steps {
    private final List<List<String>> steps = new ArrayList<>(List.of(new ArrayList<>()));

    private static Steps of(CommandSpec command) {
      RunCommand run = (RunCommand) command.userObject();
      if (run.inputs == null) {
        run.inputs = new Steps();
      }
      return run.inputs;
    }
  }

  static final class InputConsumer implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
      if (args.isEmpty()) {
        throw new ParameterException(command.commandLine(), "--input needs NAME_OR_INDEX=FILE");
      }
      Steps steps = Steps.of(command);
      steps.steps.get(steps.steps.size() - 1).add(args.pop());
    }
  }

  static final class NextConsumer implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
      Steps.of(command).steps.add(new ArrayList<>());
    }
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    InterpreterOptions options = engine.toInterpreterOptions();
    if (signature != null) {
      options = options.signature(signature);
    }
    InputFiles files = new InputFiles(pictures.normalization());
    List<List<String>> steps = inputs == null ? List.of(List.of()) : inputs.steps;
    JsonArray reports = new JsonArray();
    try (Model loaded = Model.load(model);
        EdgeTpu tpu = device.open();
        Interpreter interpreter = loaded.interpreter(options.delegate(tpu))) {
      resize(interpreter);
      if (!sequences.isEmpty() && steps.size() > 1) {
        throw new ParameterException(spec.commandLine(), "--sequence does not go with --next");
      }
      Sequences rows = Sequences.read(interpreter, sequences);
      int count = sequences.isEmpty() ? steps.size() : rows.length();
      Set<Integer> given = new HashSet<>();
      RandomInput random = new RandomInput(seed);
      rows.inputs().forEach(given::add);
      for (int step = 0; step < count; step++) {
        rows.fill(interpreter, step);
        List<String> now = step < steps.size() ? steps.get(step) : List.of();
        fill(interpreter, now, files, given, random);
        interpreter.run();
        if (output != null) {
          Path directory = count == 1 ? output : output.resolve(Integer.toString(step));
          OutputFiles.write(interpreter, directory);
        }
        List<OutputSummary> summaries = OutputSummary.of(interpreter);
        if (json) {
          reports.add(OutputSummary.json(summaries));
        } else {
          if (count > 1) {
            out.println("step " + step);
          }
          summaries.forEach(summary -> out.print(summary.text()));
        }
      }
    }
    if (json) {
      JsonObject report = new JsonObject();
      report.addProperty("model", model.toString());
      report.add("steps", reports);
      out.println(Json.text(report));
    }
    out.flush();
    return 0;
  }

  private void resize(Interpreter interpreter) {
    for (String each : resize) {
      InputName name = InputName.parse(interpreter, each);
      int[] shape;
      try {
        shape =
            java.util.Arrays.stream(name.value().split("x"))
                .mapToInt(Integer::parseUnsignedInt)
                .toArray();
      } catch (NumberFormatException e) {
        throw new ParameterException(
            spec.commandLine(), "--resize " + each + ": shapes look like 1x224x224x3", e);
      }
      interpreter.resize(name.index(), shape);
    }
  }

  private static void fill(
      Interpreter interpreter,
      List<String> step,
      InputFiles files,
      Set<Integer> given,
      RandomInput random)
      throws IOException {
    for (String each : step) {
      InputName name = InputName.parse(interpreter, each);
      files.fill(interpreter.input(name.index()), Path.of(name.value()));
      given.add(name.index());
    }
    for (int i = 0; i < interpreter.inputCount(); i++) {
      if (given.add(i)) {
        Tensor tensor = interpreter.input(i);
        ByteBuffer contents = random.next(tensor.type(), tensor.shape());
        if (tensor.type() == TensorType.STRING) {
          tensor.setStrings(contents);
        } else {
          tensor.buffer().put(contents);
        }
      }
    }
  }
}
