// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Emulation;
import dev.octet.Fixtures;
import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads, deadlines and cancellation of the reference backend are as documented. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReferenceRunsTest {
  private static final InterpreterOptions JAVA = new InterpreterOptions().isa("java");
  private static final int THREADS = 4;
  private static final int RUNS = 200;
  private static final int INPUTS = 8;
  private static final long MOST_NANOS = 5_000_000_000L * Emulation.SLOWER;

  private static byte[] run(Interpreter interpreter, long seed) {
    byte[] values = new byte[interpreter.input(0).elements()];
    new Random(seed).nextBytes(values);
    interpreter.input(0).set(values);
    interpreter.run();
    return interpreter.output(0).toBytes();
  }

  @Test
  void threadsWithAnInterpreterEachGiveWhatOneGives() throws Exception {
    try (Model model = Model.load(Fixtures.convolutions(7))) {
      List<byte[]> expected = new ArrayList<>();
      try (Interpreter alone = model.interpreter()) {
        for (int i = 0; i < INPUTS; i++) {
          expected.add(run(alone, i));
        }
      }
      Callable<Void> worker =
          () -> {
            try (Interpreter mine = model.interpreter(JAVA.threads(2))) {
              for (int i = 0; i < RUNS; i++) {
                assertArrayEquals(expected.get(i % INPUTS), run(mine, i % INPUTS));
              }
            }
            return null;
          };
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        for (Future<Void> each : threads.invokeAll(Collections.nCopies(THREADS, worker))) {
          each.get();
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /** A product of two matrices that takes a minute. */
  private static Model slow() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int a = graph.input("a", TensorType.FLOAT32, 4096, 4096);
    int b = graph.input("b", TensorType.FLOAT32, 4096, 4096);
    int y = graph.output("y", TensorType.FLOAT32, 4096, 4096);
    graph.operator(
        BuiltinOperator.BATCH_MATMUL,
        1,
        Table.of("BatchMatMulOptions"),
        new int[] {a, b},
        new int[] {y});
    return Model.load(model.write());
  }

  @Test
  void theDeadlineEndsALongInstruction() {
    try (Model model = slow();
        Interpreter interpreter = model.interpreter(JAVA.deadline(Duration.ofMillis(20)))) {
      long start = System.nanoTime();
      InferenceException e = assertThrows(InferenceException.class, interpreter::run);
      assertEquals(InferenceException.Kind.DEADLINE_EXCEEDED, e.kind());
      assertEquals(0, e.instruction());
      assertTrue(e.getMessage().contains("operator 0 BATCH_MATMUL"), e.getMessage());
      assertTrue(System.nanoTime() - start < MOST_NANOS);
    }
  }

  @Test
  void cancelEndsALongInstruction() throws InterruptedException {
    try (Model model = slow();
        Interpreter interpreter = model.interpreter(JAVA)) {
      interpreter.cancel(); // of no run
      Thread other =
          new Thread(
              () -> {
                for (int i = 0; i < 600 && !Thread.interrupted(); i++) {
                  interpreter.cancel();
                  try {
                    Thread.sleep(50);
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              });
      other.start();
      InferenceException e = assertThrows(InferenceException.class, interpreter::run);
      other.interrupt();
      other.join();
      assertEquals(InferenceException.Kind.CANCELLED, e.kind());
    }
  }
}
