// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that allocates as the rest of a server would, so that garbage is collected meanwhile.
 * Every two milliseconds it makes its share in pieces of 4 KiB; the last 8 MiB stay reachable, so
 * that a collection has something to copy.
 */
public final class Neighbour implements AutoCloseable {
  private static final int PIECE = 4096;
  private static final int KEPT = 2048;
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param megabytesPerSecond at least 0; 0 starts no thread
   */
  public Neighbour(double megabytesPerSecond) {
    if (!(megabytesPerSecond >= 0 && megabytesPerSecond <= 1e6)) {
      throw new IllegalArgumentException(megabytesPerSecond + " MB/s are not in [0, 1e6]");
    }
    thread = new Thread(() -> allocate(megabytesPerSecond), "octet-neighbour");
    thread.setDaemon(true);
    if (megabytesPerSecond > 0) {
      thread.start();
    }
  }

  private void allocate(double megabytesPerSecond) {
    byte[][] kept = new byte[KEPT][];
    long start = System.nanoTime();
    long pieces = 0;
    while (!closed) {
      double due = (System.nanoTime() - start) / 1e9 * megabytesPerSecond * 1e6 / PIECE;
      for (; pieces < due && !closed; pieces++) {
        kept[(int) (pieces % KEPT)] = new byte[PIECE];
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
