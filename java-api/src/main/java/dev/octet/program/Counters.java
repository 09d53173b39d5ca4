// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.presets.OctetNative;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the profiled runs of one execution took, by instruction. */
final class Counters {
  /** What {@link System#nanoTime} takes. */
  private static final double HOST_CLOCK_NANOS = hostClock();

  private final ByteBuffer ticks;
  private final int natives;
  private final long[] hostNanos;
  private int runs;

  Counters(int natives, int hosts) {
    this.natives = natives;
    this.hostNanos = new long[hosts];
    this.ticks =
        NativeMemory.allocate(8L * (natives + 1), "a profile").order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What {@link Bound#run} adds to. */
  long address() {
    return NativeMemory.address(ticks);
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
    double cost = runs * OctetNative.octet_tick_cost();
    double spent = Math.max(0, ticks.getLong(8 * instruction) - cost);
    return Math.round(spent * OctetNative.octet_tick_nanos());
  }

  /** Time of all native instructions, the clock's included. */
  long allNatives() {
    return Math.round(ticks.getLong(8 * natives) * OctetNative.octet_tick_nanos());
  }
}
