// SPDX-License-Identifier: Apache-2.0
package dev.octet.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.octet.Fixtures;
import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.OctetException;
import dev.octet.differential.Shared;
import dev.octet.graph.GraphReader;
import dev.octet.graph.Value;
import dev.octet.passes.Passes;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged models end in a run or in an {@link OctetException}: soon, with memory in proportion, and
 * with the process alive. A failure names model and seed.
 */
final class RobustnessTest {
  private static final int MUTATIONS = 400;
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /** Of loading and compiling, beside a run that its deadline ends. */
  private static final long SPARE_SECONDS = 5;

  private static final long SPARE_BYTES = 64 << 20;
  private static final int TIMES_THE_TENSORS = 8;

  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> endings = new TreeMap<>();
  private long greatestMemory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/mobilenet_v1_0.25_128_quant.tflite",
        "models/kws_ref_model.tflite",
        "models/micro_speech_quantized.tflite",
        "models/hello_world_int8.tflite",
        "reference/mnist_articles/int8_float_io.tflite"
      })
  void damagedPublishedModels(String model) throws IOException, InterruptedException {
    damage(model, Files.readAllBytes(Shared.require(model)));
  }

  @Test
  void damagedSmallModels() throws InterruptedException {
    damage("linear", bytes(Fixtures.linear()));
    damage("chain", bytes(Fixtures.chain()));
    damage("convolutions", bytes(Fixtures.convolutions(1)));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private void damage(String name, byte[] model) throws InterruptedException {
    assertEquals("runs", attempt(model), "the model itself");
    endings.clear();
    Mutation mutation = new Mutation(model);
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] damaged = mutation.of(seed);
      String id = name + " seed " + seed;
      FutureTask<String> task = new FutureTask<>(() -> measured(id, damaged));
      Thread thread = new Thread(task, id);
      thread.setDaemon(true);
      thread.start();
      try {
        String ending = task.get(DEADLINE.toSeconds() + SPARE_SECONDS, TimeUnit.SECONDS);
        endings.merge(ending, 1, Integer::sum);
      } catch (TimeoutException e) {
        StringBuilder stack = new StringBuilder();
        for (StackTraceElement each : thread.getStackTrace()) {
          stack.append("\n    ").append(each);
        }
        failures.add(id + " hangs" + stack);
        break;
      } catch (ExecutionException e) {
        StackTraceElement[] trace = e.getCause().getStackTrace();
        failures.add(id + ": " + e.getCause() + " at " + (trace.length == 0 ? "?" : trace[0]));
      }
    }
    System.out.printf(
        "%s: %d mutations %s, greatest memory %d KiB%n",
        name, MUTATIONS, endings, greatestMemory >> 10);
    assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
  }

  /** Gives the ending; any exception that is not Octet's passes through. */
  private String measured(String id, byte[] model) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long heap = threads.getThreadAllocatedBytes(thread);
    long direct = directBytes();
    long[] weights = {0};
    String ending = attempt(model, weights);
    long memory =
        threads.getThreadAllocatedBytes(thread)
            - heap
            + Math.max(0, directBytes() - direct)
            + weights[0];
    greatestMemory = Math.max(greatestMemory, memory);
    long most = TIMES_THE_TENSORS * tensorBytes(model) + SPARE_BYTES;
    if (memory > most) {
      failures.add(id + " takes " + memory + " bytes, more than " + most + ": " + ending);
    }
    return ending;
  }

  private static String attempt(byte[] model) {
    return attempt(model, new long[1]);
  }

  private static String attempt(byte[] bytes, long[] weights) {
    InterpreterOptions options =
        new InterpreterOptions().numerics(Numerics.EXACT).deadline(DEADLINE);
    try (Model model = Model.load(bytes);
        Interpreter interpreter = model.interpreter(options)) {
      weights[0] = interpreter.weightBytes();
      for (int i = 0; i < interpreter.inputCount(); i++) {
        ByteBuffer input = interpreter.input(i).buffer();
        input.put(new byte[input.remaining()]);
      }
      interpreter.run();
      return "runs";
    } catch (InferenceException e) {
      return e.kind().name() + (e.kind() == InferenceException.Kind.INTERNAL ? cause(e) : "");
    } catch (OctetException e) {
      return e.getClass().getSimpleName().replace("Exception", "");
    }
  }

  /** Want of memory is the machine's; that the engine refuses what was compiled is to be seen. */
  private static String cause(InferenceException e) {
    return e.getMessage().startsWith("no memory") ? " memory" : " " + e.getMessage();
  }

  private static long directBytes() {
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        return pool.getMemoryUsed();
      }
    }
    throw new AssertionError("no pool of direct buffers");
  }

  /**
   * What the tensors take by the shapes of the file or, where that is more, by those that follow
   * from its inputs; the size of a file that cannot be read.
   */
  private static long tensorBytes(byte[] model) {
    long file = 0;
    try {
      TfliteModel read = TfliteReader.read("need", model);
      for (TfliteSubgraph subgraph : read.subgraphs()) {
        for (TfliteTensor tensor : subgraph.tensors()) {
          file += (long) tensor.elements() * tensor.type().bits() / 8;
        }
      }
      long inferred = 0;
      for (Value value :
          Passes.apply(GraphReader.read(read, operator -> null).get(0), Set.of()).values()) {
        inferred += value.bytes();
      }
      return model.length + Math.max(file, inferred);
    } catch (OctetException e) {
      return model.length + file;
    }
  }
}
