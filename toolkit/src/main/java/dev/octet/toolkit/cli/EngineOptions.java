// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.InterpreterOptions;
import dev.octet.Numerics;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options of every command that runs a model. */
final class EngineOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of one run, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--numerics",
      paramLabel = "fast|exact",
      defaultValue = "fast",
      converter = NumericsConverter.class,
      description = {
        "Rounding of quantized sums. fast: float multiplication, as TensorFlow Lite's default"
            + " delegate; exact: bit for bit TensorFlow Lite's built-in kernels (default:"
            + " ${DEFAULT-VALUE})."
      })
  private Numerics numerics;

  @Option(
      names = "--float16",
      description = {
        "Allows float convolutions to multiply in float16 where the processor has such arithmetic:"
            + " faster, less exact, range 65504. Ignored elsewhere."
      })
  private boolean float16;

  @Option(
      names = "--without-pass",
      paramLabel = "PASS",
      description = {
        "Leaves out a pass that makes a graph faster, to see what it gains:"
            + " ${COMPLETION-CANDIDATES}."
      },
      completionCandidates = PassNames.class)
  private String[] withoutPasses = {};

  int threads() {
    return threads;
  }

  Numerics numerics() {
    return numerics;
  }

  /** The name of the numerics as the option takes it. */
  String numericsName() {
    return numerics.name().toLowerCase(java.util.Locale.ROOT);
  }

  InterpreterOptions toInterpreterOptions() {
    try {
      return new InterpreterOptions()
          .threads(threads)
          .numerics(numerics)
          .float16Arithmetic(float16)
          .withoutPasses(withoutPasses);
    } catch (IllegalArgumentException e) {
      String option = e.getMessage().startsWith("no pass") ? "--without-pass: " : "--";
      throw new ParameterException(spec.commandLine(), option + e.getMessage(), e);
    }
  }

  /** For the help text. */
  static final class PassNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return InterpreterOptions.passes().iterator();
    }
  }

  static final class NumericsConverter implements ITypeConverter<Numerics> {
    @Override
    public Numerics convert(String value) {
      return switch (value) {
        case "fast" -> Numerics.FAST;
        case "exact" -> Numerics.EXACT;
        default -> throw new TypeConversionException("'" + value + "' is not fast or exact");
      };
    }
  }
}
