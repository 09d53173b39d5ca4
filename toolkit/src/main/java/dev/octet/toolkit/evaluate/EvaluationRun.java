// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.toolkit.data.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Gives batches of samples to threads that have an interpreter of each model, and takes the results
 * in the order of the samples, so that they do not depend on the threads.
 */
final class EvaluationRun implements AutoCloseable {
  private static final int BATCH = 32;

  private final Batch.Plan plan;
  private final List<Lane> lanes = new ArrayList<>();
  private final BlockingQueue<Lane> free;
  private final ExecutorService threads;

  /**
   * @param first a lane that is there already; it is closed with this
   * @param workers number of lanes and threads
   */
  EvaluationRun(Batch.Plan plan, Lane first, int workers) {
    this.plan = plan;
    lanes.add(first);
    free = new ArrayBlockingQueue<>(workers);
    try {
      while (lanes.size() < workers) {
        lanes.add(new Lane(plan.candidates()));
      }
    } catch (RuntimeException e) {
      lanes.forEach(Lane::close);
      throw e;
    }
    free.addAll(lanes);
    threads =
        Executors.newFixedThreadPool(
            workers,
            task -> {
              Thread thread = new Thread(task, "octet-evaluate");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs all samples.
   *
   * @param head the first samples, taken from {@code rest} already
   * @param progress is told how many are done
   * @throws CancellationException when the calling thread is interrupted; it stays so
   */
  List<Batch> run(List<Sample> head, Iterator<Sample> rest, LongConsumer progress)
      throws IOException {
    Iterator<Sample> samples = new Chain(head.iterator(), rest);
    List<Batch> done = new ArrayList<>();
    Deque<Future<Batch>> pending = new ArrayDeque<>();
    long count = 0;
    try {
      boolean more = samples.hasNext();
      while (more || !pending.isEmpty()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        // two batches a lane: one running, one waiting
        if (more && pending.size() < 2 * lanes.size()) {
          Batch batch = new Batch(plan, next(samples));
          pending.add(threads.submit(() -> work(batch)));
          more = samples.hasNext();
          continue;
        }
        Batch batch = pending.remove().get();
        done.add(batch.withoutInputs());
        count += batch.size();
        progress.accept(count);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the evaluation was interrupted after " + count + " samples");
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
    return done;
  }

  private Batch work(Batch batch) throws IOException, InterruptedException {
    Lane lane = free.take();
    try {
      batch.run(lane);
      return batch;
    } finally {
      free.add(lane);
    }
  }

  private record Chain(Iterator<Sample> head, Iterator<Sample> rest) implements Iterator<Sample> {
    @Override
    public boolean hasNext() {
      return head.hasNext() || rest.hasNext();
    }

    @Override
    public Sample next() {
      return head.hasNext() ? head.next() : rest.next();
    }
  }

  private static List<Sample> next(Iterator<Sample> samples) {
    List<Sample> some = new ArrayList<>(BATCH);
    while (some.size() < BATCH && samples.hasNext()) {
      some.add(samples.next());
    }
    return some;
  }

  /** Ends what is in progress and frees the interpreters. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = Thread.interrupted();
    while (!threads.isTerminated()) {
      lanes.forEach(Lane::cancel);
      try {
        threads.awaitTermination(10, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    lanes.forEach(Lane::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
