// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Octet;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code octet} command. Exit codes: 0 success; 1 a failure, told in one line on standard
 * error; 2 wrong usage; 3 the command did what it was to, and the answer is no: a loss beyond a
 * limit of {@code octet evaluate}, no device that can be used in {@code octet edgetpu doctor},
 * operators that {@code octet edgetpu check} leaves to the CPU.
 */
@Command(
    name = "octet",
    description = "Runs, measures, explains and quantizes TensorFlow Lite models.",
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ClassifyCommand.class,
      DetectCommand.class,
      InspectCommand.class,
      BenchCommand.class,
      ReportCommand.class,
      EdgeTpuCommand.class,
      EvaluateCommand.class,
      DebugCommand.class,
      QuantizeCommand.class,
      QuantizeAllCommand.class
    },
    footer = {"", "Try: octet demo"})
public final class OctetCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = console(FileDescriptor.out, "stdout.encoding");
    PrintWriter err = console(FileDescriptor.err, "stderr.encoding");
    int code = execute(out, err, args);
    out.flush();
    err.flush();
    System.exit(code);
  }

  private static PrintWriter console(FileDescriptor descriptor, String encodingProperty) {
    FileOutputStream stream = new FileOutputStream(descriptor);
    return new PrintWriter(new OutputStreamWriter(stream, charset(encodingProperty)), true);
  }

  private static Charset charset(String property) {
    String name = System.getProperty(property);
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  /** The charset of standard output: Java 19 and newer tell it, older ones use the default. */
  static Charset outputCharset() {
    return charset("stdout.encoding");
  }

  /**
   * Runs one command line within this process.
   *
   * @param out takes what the command says
   * @param err takes the line that tells a failure
   * @return the exit code
   */
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new OctetCommand());
    line.setOut(out);
    line.setErr(err);
    line.setUsageHelpWidth(100);
    line.setExecutionExceptionHandler(Failures::report);
    line.setParameterExceptionHandler(Failures::reportUsage);
    return line.execute(args);
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      boolean runs = Octet.backend().equals("reference") || Octet.isAvailable();
      String isa = runs ? Octet.isa() : "native library not available";
      return new String[] {
        "octet " + Octet.version() + " (" + isa + ", Java " + Runtime.version() + ")"
      };
    }
  }
}
