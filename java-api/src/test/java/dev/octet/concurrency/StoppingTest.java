// SPDX-License-Identifier: Apache-2.0
package dev.octet.concurrency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Emulation;
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
import java.util.function.Consumer;
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
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(400) * Emulation.SLOWER;

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
        InferenceException e = assertThrows(InferenceException.class, () -> cancelled(interpreter));
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

  /** A model of one operator whose run takes a second or more. */
  private record Slow(String name, Consumer<TestModel.Graph> operator) {
    Model load() {
      TestModel model = new TestModel();
      operator.accept(model.graph());
      return Model.load(model.write());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static int[] in(int... tensors) {
    return tensors;
  }

  private static int dims(TestModel.Graph graph, int... dims) {
    return graph.constant("dims", TensorType.INT32, TestModel.ints(dims), dims.length);
  }

  private static void batchMatmul(TestModel.Graph graph) {
    int a = graph.input("a", TensorType.FLOAT32, 4096, 2048);
    int b = graph.input("b", TensorType.FLOAT32, 2048, 4096);
    int y = graph.output("y", TensorType.FLOAT32, 4096, 4096);
    graph.operator(
        BuiltinOperator.BATCH_MATMUL, 1, Table.of("BatchMatMulOptions"), in(a, b), in(y));
  }

  private static void power(TestModel.Graph graph) {
    int x = graph.input("x", TensorType.FLOAT32, 64, 1024, 1024);
    int y = graph.output("y", TensorType.FLOAT32, 64, 1024, 1024);
    graph.operator(BuiltinOperator.POW, 1, Table.of("PowOptions"), in(x, x), in(y));
  }

  private static void unique(TestModel.Graph graph) {
    int x = graph.input("x", TensorType.INT32, 16 << 20);
    int y = graph.output("y", TensorType.INT32, 1);
    int places = graph.output("places", TensorType.INT32, 16 << 20);
    Table options = Table.builder("UniqueOptions").set("idx_out_type", TensorType.INT32).build();
    graph.operator(BuiltinOperator.UNIQUE, 1, options, in(x), in(y, places));
  }

  private static void fourier(TestModel.Graph graph) {
    int x = graph.input("x", TensorType.FLOAT32, 2048, 4096);
    int y = graph.output("y", TensorType.COMPLEX64, 2048, 2049);
    graph.operator(
        BuiltinOperator.RFFT2D,
        1,
        Table.of("Rfft2dOptions"),
        in(x, dims(graph, 2048, 4096)),
        in(y));
  }

  private static void random(TestModel.Graph graph) {
    int y = graph.output("y", TensorType.FLOAT32, 64 << 20);
    graph.operator(
        BuiltinOperator.RANDOM_STANDARD_NORMAL,
        1,
        Table.builder("RandomOptions").set("seed", 1L).set("seed2", 2L).build(),
        in(dims(graph, 64 << 20)),
        in(y));
  }

  private static void nonMaxSuppression(TestModel.Graph graph) {
    int n = 60000;
    int boxes = graph.input("boxes", TensorType.FLOAT32, n, 4);
    int scores = graph.input("scores", TensorType.FLOAT32, n);
    int most = graph.constant("most", TensorType.INT32, TestModel.ints(n));
    int overlap = graph.constant("overlap", TensorType.FLOAT32, TestModel.floats(0.5f));
    int least = graph.constant("least", TensorType.FLOAT32, TestModel.floats(-1));
    int selected = graph.output("selected", TensorType.INT32, n);
    int count = graph.output("count", TensorType.INT32);
    graph.operator(
        BuiltinOperator.NON_MAX_SUPPRESSION_V4,
        1,
        Table.of("NonMaxSuppressionV4Options"),
        in(boxes, scores, most, overlap, least),
        in(selected, count));
  }

  static Stream<Slow> slow() {
    return Stream.of(
        new Slow("BATCH_MATMUL", StoppingTest::batchMatmul),
        new Slow("POW", StoppingTest::power),
        new Slow("UNIQUE", StoppingTest::unique),
        new Slow("RFFT2D", StoppingTest::fourier),
        new Slow("RANDOM_STANDARD_NORMAL", StoppingTest::random),
        new Slow("NON_MAX_SUPPRESSION_V4", StoppingTest::nonMaxSuppression));
  }

  /** Different elements, so that nothing is over soon. */
  private static void fill(Interpreter interpreter) {
    for (int i = 0; i < interpreter.inputCount(); i++) {
      ByteBuffer memory = interpreter.input(i).buffer();
      boolean real = interpreter.input(i).type() == TensorType.FLOAT32;
      for (int k = 0; memory.hasRemaining(); k++) {
        if (real) {
          memory.putFloat(1 + k * 1e-3f);
        } else {
          memory.putInt(k);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("slow")
  void theDeadlineEndsALongOperator(Slow slow) {
    try (Model model = slow.load();
        Interpreter interpreter = model.interpreter()) {
      fill(interpreter);
      endsAtItsDeadline(interpreter);
      endsAtItsDeadline(interpreter);
    }
  }

  @ParameterizedTest
  @MethodSource("slow")
  void cancelEndsALongOperator(Slow slow) {
    try (Model model = slow.load();
        Interpreter interpreter = model.interpreter()) {
      fill(interpreter);
      InferenceException e = assertThrows(InferenceException.class, () -> cancelled(interpreter));
      assertEquals(InferenceException.Kind.CANCELLED, e.kind(), e.getMessage());
    }
  }
}
