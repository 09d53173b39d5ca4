// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.load;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * An open-loop load: requests are due at times that do not depend on the answers, and the latency
 * of each counts from when it was due. So a pause of the process is seen by every request that it
 * delays, not only by the one that it hits.
 */
public final class LoadTest {
  /** Answers one request; each worker has its own and calls it from its thread alone. */
  @FunctionalInterface
  public interface Request {
    void run();
  }

  /** Parking wakes up late, by 50 us or more. */
  private static final long SPIN_NANOS = 80_000;

  private static final double WARM_UP_SECONDS = 1;
  private static final int DIGITS = 3;

  private final List<Request> workers;
  private final LoadOptions options;

  /**
   * @param workers one for each thread
   */
  public LoadTest(List<? extends Request> workers, LoadOptions options) {
    if (workers.isEmpty()) {
      throw new IllegalArgumentException("no workers");
    }
    this.workers = List.copyOf(workers);
    this.options = options;
  }

  /**
   * Measures the capacity, then puts the load on.
   *
   * @throws RuntimeException that a request threw
   */
  public LoadResult run() {
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    try (Neighbour neighbour = new Neighbour(options.neighbourMegabytes())) {
      capacity(threads, WARM_UP_SECONDS);
      double capacity = capacity(threads, Math.max(1, Math.min(5, options.seconds() / 5)));
      double rate = options.share() ? options.rate() * capacity : options.rate();
      return load(threads, capacity, rate);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Requests in a second, one after the other in every worker. */
  private double capacity(ExecutorService threads, double seconds) {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    AtomicLong done = new AtomicLong();
    List<Future<?>> running = new ArrayList<>();
    for (Request worker : workers) {
      running.add(
          threads.submit(
              () -> {
                long count = 0;
                do {
                  worker.run();
                  count++;
                } while (System.nanoTime() < end);
                done.addAndGet(count);
              }));
    }
    await(running);
    return done.get() / ((System.nanoTime() - start) / 1e9);
  }

  private LoadResult load(ExecutorService threads, double capacity, double rate) {
    Arrivals arrivals = new Arrivals(options.arrivals(), rate, options.seed());
    long duration = (long) (options.seconds() * 1e9);
    AtomicLong unanswered = new AtomicLong();
    AtomicLong last = new AtomicLong();
    List<Histogram> histograms = new ArrayList<>();
    List<Future<?>> running = new ArrayList<>();
    long collections = collections();
    long millis = collectionMillis();
    long start = System.nanoTime();
    for (Request worker : workers) {
      // sized for two durations at once, so that recording does not allocate
      Histogram histogram = new Histogram(Math.max(2, 3 * duration), DIGITS);
      histograms.add(histogram);
      running.add(
          threads.submit(
              () -> {
                for (long due = arrivals.next(); due < duration; due = arrivals.next()) {
                  if (System.nanoTime() - start >= 2 * duration) {
                    unanswered.incrementAndGet();
                    continue;
                  }
                  waitUntil(start + due);
                  worker.run();
                  long answered = System.nanoTime() - start;
                  histogram.recordValue(answered - due);
                  last.accumulateAndGet(answered, Math::max);
                }
              }));
    }
    await(running);
    Histogram all = new Histogram(Math.max(2, 3 * duration), DIGITS);
    histograms.forEach(all::add);
    long answered = all.getTotalCount();
    double seconds = Math.max(duration, last.get()) / 1e9;
    return new LoadResult(
        capacity,
        rate,
        answered / seconds,
        answered,
        unanswered.get(),
        all,
        collections() - collections,
        collectionMillis() - millis);
  }

  private static void waitUntil(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }

  private static void await(List<Future<?>> running) {
    try {
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static long collectionMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }
}
