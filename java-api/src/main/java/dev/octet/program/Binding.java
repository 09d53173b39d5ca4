// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

/** A plan bound to memory by one of the backends. It refers to no {@link Bound}. */
interface Binding {
  /** Bytes beside the arena: instruction state and scratch. */
  long bytes();

  /**
   * Runs a segment once; one thread at a time.
   *
   * @param timeoutNanos 0 for none
   * @param counters what to add the time of each instruction to, or null
   * @throws dev.octet.InferenceException when the run did not finish
   */
  void run(int segment, long timeoutNanos, Counters counters);

  /** Asks a run in progress to stop; without one it has no effect. Any thread, also after free. */
  void cancel();

  /** No run from now on; more than once has no effect. */
  void free();

  /** Nanoseconds of a tick of {@link Counters}. */
  double tickNanos();

  /** Ticks that reading the clock adds to an instruction. */
  double tickCost();
}
