// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import dev.octet.delegate.Simulators;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.junit.jupiter.api.Test;

/** A run allocates nothing in Java, whatever the deadline and the number of threads. */
class AllocationTest {
  private static final int RUNS = 10_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Bytes that this thread allocates over {@link #RUNS} calls, after the compiler is done. */
  private static long allocated(Runnable run) {
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 20 && least >= RUNS; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        run.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  private static void assertAllocatesNothing(Runnable run) {
    long bytes = allocated(run);
    assertTrue(bytes < RUNS, bytes + " bytes in " + RUNS + " runs");
  }

  @Test
  void theCounterCounts() {
    Object[] kept = new Object[1];
    assertTrue(allocated(() -> kept[0] = new byte[1]) >= 16L * RUNS);
  }

  @Test
  void int8ThroughBuffers() {
    try (Model model = Model.load(Fixtures.convolutions(1));
        Interpreter interpreter = model.interpreter()) {
      ByteBuffer input = interpreter.input(0).buffer();
      ByteBuffer output = interpreter.output(0).buffer();
      byte[] sample = new byte[input.capacity()];
      byte[] result = new byte[output.capacity()];
      assertAllocatesNothing(
          () -> {
            sample[5]++;
            input.put(0, sample);
            interpreter.run();
            output.get(0, result);
          });
    }
  }

  @Test
  void aDelegatesPart() {
    assumeFalse(Emulation.ON, "TensorFlow Lite is the machine's own, not the emulated one's");
    String plugin = Simulators.require("libxnnpack_plugin.so").toString();
    String tensorFlowLite = Loader.load(tensorflowlite.class);
    try (PluginDelegate xnnpack = PluginDelegate.load(plugin, Map.of("library", tensorFlowLite));
        Model model = Model.load(Fixtures.convolutions(1));
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(xnnpack))) {
      assertTrue(
          interpreter.profile(1).entries().stream()
              .anyMatch(entry -> entry.kernel().equals("delegate")),
          "nothing was claimed");
      assertAllocatesNothing(interpreter::run);
    }
  }

  @Test
  void floatsThroughBuffers() {
    try (Model model = Model.load(Fixtures.linear());
        Interpreter interpreter = model.interpreter()) {
      FloatBuffer input = interpreter.input(0).buffer().asFloatBuffer();
      FloatBuffer output = interpreter.output(0).buffer().asFloatBuffer();
      float[] sample = {1, 2};
      float[] result = new float[2];
      assertAllocatesNothing(
          () -> {
            input.put(0, sample);
            interpreter.run();
            output.get(0, result);
          });
      assertEquals(5.5f, result[0]);
    }
  }

  @Test
  void withThreadsAndADeadline() {
    InterpreterOptions options =
        new InterpreterOptions().threads(2).deadline(Duration.ofMinutes(1));
    try (Model model = Model.load(Fixtures.convolutions(2));
        Interpreter interpreter = model.interpreter(options)) {
      assertAllocatesNothing(interpreter::run);
    }
  }
}
