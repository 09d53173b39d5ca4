// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Runs one model from many threads: up to {@code size} interpreters that share the weights, made
 * when they are first needed. Thread-safe. Waiting for a free one parks the thread without holding
 * a monitor, so it suits virtual threads.
 *
 * <pre>{@code
 * try (InterpreterPool pool = model.pool(4)) {
 *   float[] scores = pool.run(interpreter -> {
 *     interpreter.input(0).set(pixels);
 *     interpreter.run();
 *     return interpreter.output(0).toFloats();
 *   });
 * }
 * }</pre>
 */
public final class InterpreterPool implements AutoCloseable {
  private final Model model;
  private final InterpreterOptions options;
  private final int size;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<Interpreter> idle = new ConcurrentLinkedDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  InterpreterPool(Model model, int size, InterpreterOptions options) {
    if (size < 1) {
      throw new IllegalArgumentException("size is " + size);
    }
    this.model = model;
    this.options = options;
    this.size = size;
    this.permits = new Semaphore(size);
  }

  /** The most interpreters there can be. */
  public int size() {
    return size;
  }

  /**
   * Lends an interpreter to {@code body} and gives what it returns. The interpreter must not be
   * kept: an array that it filled may be, a {@link Tensor} not. Shapes that the body changed by a
   * resize stay so for the next borrower.
   *
   * @throws IllegalStateException when the pool is closed, or when the thread was interrupted while
   *     it waited (it stays interrupted)
   */
  public <R> R run(Function<Interpreter, R> body) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an interpreter", e);
    }
    try {
      requireOpen();
      Interpreter interpreter = idle.pollFirst();
      if (interpreter == null) {
        interpreter = model.interpreter(options);
      }
      try {
        return body.apply(interpreter);
      } finally {
        giveBack(interpreter);
      }
    } finally {
      permits.release();
    }
  }

  private void giveBack(Interpreter interpreter) {
    if (interpreter.isClosed()) {
      return;
    }
    idle.addFirst(interpreter);
    if (closed.get() && idle.remove(interpreter)) {
      interpreter.close();
    }
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("this pool is closed");
    }
  }

  /** Closes idle interpreters at once and lent ones when they come back. */
  @Override
  public void close() {
    closed.set(true);
    for (Interpreter each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
      each.close();
    }
  }
}
