// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the profiled runs of one execution took, by instruction. */
final class Counters {
  /** What {@link System#nanoTime} takes. */
  private static final double HOST_CLOCK_NANOS = hostClock();

  private final ByteBuffer ticks;
  private final int natives;
  private final double tickNanos;
  private final double tickCost;
  private final long[] hostNanos;
  private int runs;

  /**
   * @param tickNanos nanoseconds of a tick
   * @param tickCost ticks that reading the clock adds to an instruction
   */
  Counters(int natives, int hosts, double tickNanos, double tickCost) {
    this.natives = natives;
    this.tickNanos = tickNanos;
    this.tickCost = tickCost;
    this.hostNanos = new long[hosts];
    this.ticks =
        DirectMemory.allocate(8L * (natives + 1), "a profile").order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Direct memory that a run adds to: one int64 an instruction and one for their sum. */
  ByteBuffer ticks() {
    return ticks;
  }

  /** What {@link System#nanoTime} takes, in nanoseconds. */
  static double hostClockNanos() {
    return HOST_CLOCK_NANOS;
  }

  void countRun() {
    runs++;
  }

  int runs() {
    return runs;
  }

  void addHost(int host, long nanos) {
    hostNanos[host] += nanos;
  }

  /** Time of an operator that Java computes, without what reading the clock took. */
  long hostNanos(int host) {
    return Math.round(Math.max(0, hostNanos[host] - runs * HOST_CLOCK_NANOS));
  }

  private static double hostClock() {
    int readings = 500;
    long best = Long.MAX_VALUE;
    for (int stretch = 0; stretch < 200; stretch++) {
      long first = System.nanoTime();
      long last = first;
      for (int i = 0; i < readings; i++) {
        last = System.nanoTime();
      }
      best = Math.min(best, last - first);
    }
    return (double) best / readings;
  }

  /** Time of a native instruction without what reading the clock took. */
  long nativeNanos(int instruction) {
    double cost = runs * tickCost;
    double spent = Math.max(0, ticks.getLong(8 * instruction) - cost);
    return Math.round(spent * tickNanos);
  }

  /** Time of all native instructions, the clock's included. */
  long allNatives() {
    return Math.round(ticks.getLong(8 * natives) * tickNanos);
  }
}
