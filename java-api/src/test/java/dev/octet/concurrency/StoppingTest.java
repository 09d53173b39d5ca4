// SPDX-License-Identifier: Apache-2.0
package dev.octet.concurrency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deadlines and cancel end runs that would take long or for ever. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StoppingTest {
  private static final Duration DEADLINE = Duration.ofMillis(30);

  /** Of the processor, for a run with {@link #DEADLINE}: the machine may be busy otherwise. */
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  private static void start(Interpreter loop, float start, float step, float limit) {
    loop.input("start").set(new float[] {start});
    loop.input("step").set(new float[] {step});
    loop.input("limit").set(new float[] {limit});
  }

  private static void endsAtItsDeadline(Interpreter interpreter) {
    interpreter.deadline(DEADLINE);
    var threads = ManagementFactory.getThreadMXBean();
    long nanos = threads.getCurrentThreadCpuTime();
    InferenceException e = assertThrows(InferenceException.class, interpreter::run);
    nanos = threads.getCurrentThreadCpuTime() - nanos;
    assertEquals(InferenceException.Kind.DEADLINE_EXCEEDED, e.kind(), e.getMessage());
    assertTrue(nanos < MOST_NANOS, nanos + " ns for a deadline of " + DEADLINE);
  }

  @Test
  void theDeadlineEndsAnEndlessLoop() {
    try (Model model = Model.load(Models.loop());
        Interpreter interpreter = model.interpreter()) {
      start(interpreter, 0, 0, 1);
      endsAtItsDeadline(interpreter);
      interpreter.deadline(Duration.ZERO);
      start(interpreter, 0, 0.75f, 2);
      interpreter.run();
      assertArrayEquals(new float[] {2.25f}, interpreter.output("y").toFloats());
    }
  }

  @Test
  void cancelEndsAnEndlessLoop() throws InterruptedException {
    try (Model model = Model.load(Models.loop());
        Interpreter interpreter = model.interpreter()) {
      for (int i = 0; i < 5; i++) {
        start(interpreter, 0, 0, 1);
        InferenceException e =
            assertThrows(InferenceException.class, () -> cancelled(interpreter));
        assertEquals(InferenceException.Kind.CANCELLED, e.kind(), e.getMessage());
        start(interpreter, 0, 0.75f, 2);
        interpreter.run();
        assertArrayEquals(new float[] {2.25f}, interpreter.output("y").toFloats());
      }
    }
  }

  /** Runs while another thread cancels again and again. */
  private static void cancelled(Interpreter interpreter) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Thread canceller =
        new Thread(
            () -> {
              try {
                while (!ended.await(10, TimeUnit.MILLISECONDS)) {
                  interpreter.cancel();
                }
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    canceller.start();
    try {
      interpreter.run();
    } finally {
      ended.countDown();
      canceller.join();
    }
  }

  /** A model whose one run takes seconds. */
  private record Long_(String name, ByteBuffer model, int[] shape) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Table of(String options) {
    return Table.of(options);
  }
