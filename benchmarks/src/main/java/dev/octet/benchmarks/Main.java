// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine;

/**
 * The benchmarks' command: {@code table} measures all that the project is held to, {@code load} its
 * latency under load, {@code peer ...} compares Octet with TensorFlow Lite on models, {@code
 * operators ...} on single operators, {@code chart} draws a table; anything else goes to JMH.
 *
 * <p>Both unpack their native libraries into a folder of this process alone: JavaCPP's own cache
 * may hold yesterday's library, whose times would be reported as today's.
 */
public final class Main {
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  private static final Map<String, Supplier<Callable<Integer>>> COMMANDS =
      Map.of("table", SpeedTable::new, "load", LoadComparison::new, "chart", SpeedChart::new);

  private Main() {}

  public static void main(String[] args)
      throws RunnerException, CommandLineOptionException, IOException {
    if (System.getProperty(CACHE) == null) {
      System.setProperty(CACHE, TemporaryFolder.create("octet-benchmarks").toString());
    }
    if (args.length > 0 && args[0].equals("peer")) {
      System.exit(PeerComparison.run(Arrays.asList(args).subList(1, args.length)));
    }
    if (args.length > 0 && args[0].equals("operators")) {
      System.exit(OperatorComparison.run(Arrays.asList(args).subList(1, args.length)));
    }
    if (args.length > 0 && COMMANDS.containsKey(args[0])) {
      CommandLine command = new CommandLine(COMMANDS.get(args[0]).get());
      System.exit(command.execute(Arrays.copyOfRange(args, 1, args.length)));
    }
    CommandLineOptions commandLine = new CommandLineOptions(args);
    if (commandLine.shouldHelp()) {
      System.out.println(
          "table, load, peer, operators and chart have a --help of their own; of JMH:");
      commandLine.showHelp();
      return;
    }
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .parent(commandLine)
            .jvmArgsAppend(
                "--enable-native-access=ALL-UNNAMED",
                "-D" + CACHE + "=" + System.getProperty(CACHE));
    if (!commandLine.getParameter(ModelBenchmark.MODEL).hasValue()) {
      List<String> models = ModelFiles.present();
      if (!models.isEmpty()) {
        options.param(ModelBenchmark.MODEL, models.toArray(new String[0]));
      }
    }
    Runner runner = new Runner(options.build());
    if (commandLine.shouldList()) {
      runner.list();
    } else {
      runner.run();
    }
  }
}
