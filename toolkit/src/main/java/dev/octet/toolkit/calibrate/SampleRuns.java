// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.InferenceException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.ProgressListener;
import dev.octet.toolkit.data.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Hands the samples of a data set to workers, each a thread. */
final class SampleRuns {
  private static final int POLL_MILLIS = 20;

  private final String source;
  private final DataSet data;
  private final int first;
  private final ProgressListener listener;
  private final BooleanSupplier stop;
  private final List<SampleExtremes> done = new ArrayList<>();
  private Iterator<Sample> samples;
  private int taken;
  private volatile boolean stopped;
  private Throwable failure;

  SampleRuns(
      String source, DataSet data, int first, ProgressListener listener, BooleanSupplier stop) {
    this.source = source;
    this.data = data;
    this.first = first;
    this.listener = listener;
    this.stop = stop;
  }

  /** In the order of the data set. */
  List<SampleExtremes> done() {
    return done;
  }

  void run(List<CalibrationWorker> workers) {
    samples = data.iterator();
    List<Thread> threads = new ArrayList<>();
    try {
      wait(workers, threads);
    } finally {
      end(workers, threads);
    }
  }

  private void wait(List<CalibrationWorker> workers, List<Thread> threads) {
    for (CalibrationWorker worker : workers) {
      Thread thread = new Thread(() -> work(worker), "octet-calibration-" + threads.size());
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    boolean interrupted = false;
    boolean asked = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        asked |= interrupted || stop.getAsBoolean();
        stopped |= asked;
        if (stopped) {
          workers.forEach(CalibrationWorker::cancel);
        }
        try {
          thread.join(POLL_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (interrupted || asked || stop.getAsBoolean()) {
      throw new InferenceException(
          InferenceException.Kind.CANCELLED,
          -1,
          source + ": calibration was stopped after " + done.size() + " samples");
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
    done.sort(Comparator.comparingInt(SampleExtremes::index));
  }

  /** What {@link #stop} or a start of a thread throws finds threads that still run. */
  private void end(List<CalibrationWorker> workers, List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        stopped = true;
        workers.forEach(CalibrationWorker::cancel);
        try {
          thread.join(POLL_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(CalibrationWorker worker) {
    try {
      while (true) {
        Sample sample;
        int index;
        synchronized (this) {
          if (stopped || stop.getAsBoolean() || !samples.hasNext()) {
            return;
          }
          sample = samples.next();
          index = first + taken++;
        }
        SampleExtremes extremes = worker.run(index, sample);
        synchronized (this) {
          done.add(extremes);
          listener.progress(done.size(), data.size());
        }
      }
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        failure = failure == null ? e : failure;
      }
      stopped = true;
    }
  }
}
