// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.passes.Passes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How an {@link Interpreter} is to be made; immutable. {@code new InterpreterOptions()} has one
 * thread, {@link Numerics#FAST}, the model's first signature, no deadline and no taps.
 */
public final class InterpreterOptions {
  private final Choices choices;

  /** What was chosen; a copy changes before anybody sees it, never after. */
  private static final class Choices implements Cloneable {
    int threads = 1;
    Numerics numerics = Numerics.FAST;
    String signature;
    Duration deadline = Duration.ZERO;
    Set<String> taps = Set.of();
    String isa;
    boolean reference;
    boolean float16Arithmetic;
    boolean poison;
    SubgraphTaps subgraphTaps;
    Set<String> withoutPasses = Set.of();
    Delegate delegate;

    @Override
    public Choices clone() {
      try {
        return (Choices) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** The defaults. */
  public InterpreterOptions() {
    this(new Choices());
  }

  private InterpreterOptions(Choices choices) {
    this.choices = choices;
  }

  private InterpreterOptions with(Consumer<Choices> change) {
    Choices changed = choices.clone();
    change.accept(changed);
    return new InterpreterOptions(changed);
  }

  /**
   * At most so many threads work on one run, the caller among them; 1 (the default) uses the caller
   * alone. A run uses no more than the processors of the process's affinity mask, nor than the
   * whole ones of its CPU quota (control groups): more would be held up.
   *
   * @throws IllegalArgumentException unless {@code 1 <= threads <= 256}
   */
  public InterpreterOptions threads(int threads) {
    if (threads < 1 || threads > 256) {
      throw new IllegalArgumentException("threads is " + threads + ", not 1 to 256");
    }
    return with(c -> c.threads = threads);
  }

  /** Rounding of quantized sums. */
  public InterpreterOptions numerics(Numerics numerics) {
    return with(c -> c.numerics = Objects.requireNonNull(numerics));
  }

  /** The entry point to run, one of {@link Model#signatures()}. */
  public InterpreterOptions signature(String key) {
    return with(c -> c.signature = Objects.requireNonNull(key));
  }

  /**
   * A run that takes longer ends with {@link InferenceException.Kind#DEADLINE_EXCEEDED}. It is
   * checked between instructions and inside long ones. {@link Duration#ZERO} means none.
   */
  public InterpreterOptions deadline(Duration deadline) {
    if (deadline.isNegative()) {
      throw new IllegalArgumentException("deadline is negative: " + deadline);
    }
    return with(c -> c.deadline = deadline);
  }

  /**
   * Intermediate tensors, by name, to be kept for {@link Interpreter#tap}. Outputs stay the same;
   * memory and time may grow.
   */
  public InterpreterOptions taps(String... names) {
    return with(c -> c.taps = Set.copyOf(List.of(names)));
  }

  /**
   * Caps the instruction set of the kernels ({@code scalar}, {@code avx2}, {@code avx512}, {@code
   * avx512vnni}), or, with {@code java}, chooses the reference backend, which is plain Java and
   * slow, see {@link Octet#backend}: for tests and comparisons.
   */
  public InterpreterOptions isa(String name) {
    return with(c -> c.isa = name);
  }

  /** Runs the plain reference kernels instead of the fast ones: slow, for checking. */
  public InterpreterOptions reference(boolean reference) {
    return with(c -> c.reference = reference);
  }

  /**
   * Allows convolutions of float32 models (CONV_2D, CONV_3D, TRANSPOSE_CONV) to multiply in float16
   * where the processor has such arithmetic, as the Cortex-A76 of a Raspberry Pi 5 (13.5 products a
   * cycle instead of 8, by a model of that family); ignored elsewhere, see {@link
   * Octet#float16Arithmetic()}. Off unless asked for.
   *
   * <p>Weights and inputs of a convolution are rounded to float16, whose range is ±65504, and up to
   * 64 products of an output are summed in float16 before they are added in float32; outputs stay
   * float32. An output is within 2<sup>-6</sup>, measured within 2<sup>-9</sup>, of the sum of its
   * products' magnitudes; inputs beyond the range become infinite, a convolution with a weight
   * beyond it stays in float32. Depthwise convolutions, fully connected layers and quantized models
   * compute as they do without it. An instruction set chosen by {@link #isa} or the reference
   * kernels overrule it.
   */
  public InterpreterOptions float16Arithmetic(boolean allowed) {
    return with(c -> c.float16Arithmetic = allowed);
  }

  /** Overwrites memory that no live tensor holds while running: slow, for checking. */
  public InterpreterOptions poison(boolean poison) {
    return with(c -> c.poison = poison);
  }

  /** Sees what the subgraphs compute that operators run; null (the default) for none. */
  public InterpreterOptions subgraphTaps(SubgraphTaps observer) {
    return with(c -> c.subgraphTaps = observer);
  }

  /**
   * Leaves passes over the graph out, by name: for tests, and to see what one gains. {@link
   * #passes()} names those that can be.
   *
   * @throws IllegalArgumentException for a name that is none of them
   */
  public InterpreterOptions withoutPasses(String... names) {
    for (String name : names) {
      if (!passes().contains(name)) {
        throw new IllegalArgumentException("no pass " + name + ", only " + passes());
      }
    }
    return with(c -> c.withoutPasses = Set.of(names));
  }

  /**
   * Offers the model to a delegate; null (the default) for none. What it claims runs there, the
   * rest on Octet's kernels. Subgraphs of control flow and operators whose shapes only a run knows
   * are offered when they are compiled, each time for the shapes they have then.
   *
   * <p>The delegate must not be closed when the interpreter is made. {@link #numerics}, {@link
   * #threads} and {@link #deadline} do not reach into it.
   */
  public InterpreterOptions delegate(Delegate delegate) {
    return with(c -> c.delegate = delegate);
  }

  /** The passes that {@link #withoutPasses} can leave out, in their order. */
  public static List<String> passes() {
    return Passes.optional();
  }

  public int threads() {
    return choices.threads;
  }

  public Numerics numerics() {
    return choices.numerics;
  }

  /** The entry point, or null for the model's first. */
  public String signature() {
    return choices.signature;
  }

  public Duration deadline() {
    return choices.deadline;
  }

  public Set<String> taps() {
    return choices.taps;
  }

  /** The cap, or null for none. */
  public String isa() {
    return choices.isa;
  }

  public boolean reference() {
    return choices.reference;
  }

  /** True when float convolutions may multiply in float16. */
  public boolean float16Arithmetic() {
    return choices.float16Arithmetic;
  }

  public boolean poison() {
    return choices.poison;
  }

  /** What sees the subgraphs, or null. */
  public SubgraphTaps subgraphTaps() {
    return choices.subgraphTaps;
  }

  /** The delegate, or null. */
  public Delegate delegate() {
    return choices.delegate;
  }

  /** Names of the passes that are left out. */
  public Set<String> withoutPasses() {
    return choices.withoutPasses;
  }
}
