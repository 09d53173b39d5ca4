// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * How an {@link Interpreter} is to be made; immutable. {@code new InterpreterOptions()} has one
 * thread, {@link Numerics#FAST}, the model's first signature, no deadline and no taps.
 */
public final class InterpreterOptions {
  private final int threads;
  private final Numerics numerics;
  private final String signature;
  private final Duration deadline;
  private final Set<String> taps;
  private final String isa;
  private final boolean reference;
  private final boolean poison;
  private final SubgraphTaps subgraphTaps;

  /** The defaults. */
  public InterpreterOptions() {
    this(1, Numerics.FAST, null, Duration.ZERO, Set.of(), null, false, false, null);
  }

  private InterpreterOptions(
      int threads,
      Numerics numerics,
      String signature,
      Duration deadline,
      Set<String> taps,
      String isa,
      boolean reference,
      boolean poison,
      SubgraphTaps subgraphTaps) {
    this.threads = threads;
    this.numerics = numerics;
    this.signature = signature;
    this.deadline = deadline;
    this.taps = taps;
    this.isa = isa;
    this.reference = reference;
    this.poison = poison;
    this.subgraphTaps = subgraphTaps;
  }

  /**
   * At most so many threads work on one run, the caller among them; 1 (the default) uses the caller
   * alone.
   *
   * @throws IllegalArgumentException unless {@code 1 <= threads <= 256}
   */
  public InterpreterOptions threads(int threads) {
    if (threads < 1 || threads > 256) {
      throw new IllegalArgumentException("threads is " + threads + ", not 1 to 256");
    }
    return new InterpreterOptions(
        threads, numerics, signature, deadline, taps, isa, reference, poison, subgraphTaps);
  }

  /** Rounding of quantized sums. */
  public InterpreterOptions numerics(Numerics numerics) {
    return new InterpreterOptions(
        threads,
        Objects.requireNonNull(numerics),
        signature,
        deadline,
        taps,
        isa,
        reference,
        poison,
        subgraphTaps);
  }

  /** The entry point to run, one of {@link Model#signatures()}. */
  public InterpreterOptions signature(String key) {
    return new InterpreterOptions(
        threads,
        numerics,
        Objects.requireNonNull(key),
        deadline,
        taps,
        isa,
        reference,
        poison,
        subgraphTaps);
  }

  /**
   * A run that takes longer ends with {@link InferenceException.Kind#DEADLINE_EXCEEDED}. It is
   * checked between instructions and inside long ones. {@link Duration#ZERO} means none.
   */
  public InterpreterOptions deadline(Duration deadline) {
    if (deadline.isNegative()) {
      throw new IllegalArgumentException("deadline is negative: " + deadline);
    }
    return new InterpreterOptions(
        threads, numerics, signature, deadline, taps, isa, reference, poison, subgraphTaps);
  }

  /**
   * Intermediate tensors, by name, to be kept for {@link Interpreter#tap}. Outputs stay the same;
   * memory and time may grow.
   */
  public InterpreterOptions taps(String... names) {
    Set<String> set = new LinkedHashSet<>(java.util.List.of(names));
    return new InterpreterOptions(
        threads,
        numerics,
        signature,
        deadline,
        Set.copyOf(set),
        isa,
        reference,
        poison,
        subgraphTaps);
  }

  /**
   * Caps the instruction set of the kernels ({@code scalar}, {@code avx2}, {@code avx512}, {@code
   * avx512vnni}): for tests and comparisons.
   */
  public InterpreterOptions isa(String name) {
    return new InterpreterOptions(
        threads, numerics, signature, deadline, taps, name, reference, poison, subgraphTaps);
  }

  /** Runs the plain reference kernels instead of the fast ones: slow, for checking. */
  public InterpreterOptions reference(boolean reference) {
    return new InterpreterOptions(
        threads, numerics, signature, deadline, taps, isa, reference, poison, subgraphTaps);
  }

  /** Overwrites memory that no live tensor holds while running: slow, for checking. */
  public InterpreterOptions poison(boolean poison) {
    return new InterpreterOptions(
        threads, numerics, signature, deadline, taps, isa, reference, poison, subgraphTaps);
  }

  /** Sees what the subgraphs compute that operators run; null (the default) for none. */
  public InterpreterOptions subgraphTaps(SubgraphTaps observer) {
    return new InterpreterOptions(
        threads, numerics, signature, deadline, taps, isa, reference, poison, observer);
  }

  public int threads() {
    return threads;
  }

  public Numerics numerics() {
    return numerics;
  }

  /** The entry point, or null for the model's first. */
  public String signature() {
    return signature;
  }

  public Duration deadline() {
    return deadline;
  }

  public Set<String> taps() {
    return taps;
  }

  /** The cap, or null for none. */
  public String isa() {
    return isa;
  }

  public boolean reference() {
    return reference;
  }

  public boolean poison() {
    return poison;
  }

  /** What sees the subgraphs, or null. */
  public SubgraphTaps subgraphTaps() {
    return subgraphTaps;
  }
}
