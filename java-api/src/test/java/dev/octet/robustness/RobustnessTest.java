// SPDX-License-Identifier: Apache-2.0
package dev.octet.robustness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.octet.Emulation;
import dev.octet.Fixtures;
import dev.octet.OctetException;
import dev.octet.differential.Shared;
import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.graph.Graph;
import dev.octet.graph.GraphReader;
import dev.octet.graph.Value;
import dev.octet.passes.Passes;
import dev.octet.tflite.TableMutator;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import java.io.IOException;
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
 * Damaged models end in runs or in an {@link OctetException}: soon, with memory in proportion, and
 * with the process alive. Half of the damage is of bytes, half of what the model says. A failure
 * names model and seed. {@code -Doctet.mutations=N} sets how many mutations of each published model
 * are tried, {@code -Doctet.operator.mutations=N} of each operator's, {@code -Doctet.mutation.seed}
 * the first seed.
 */
final class RobustnessTest {
  private static final int MUTATIONS = Integer.getInteger("octet.mutations", 60);
  private static final int OPERATOR_MUTATIONS = Integer.getInteger("octet.operator.mutations", 4);
  private static final long FIRST_SEED = Long.getLong("octet.mutation.seed", 0);
  private static final Duration DEADLINE = Duration.ofMillis(100L * Emulation.SLOWER);

  /**
   * Of the processor, for loading, two interpreters and three runs; without the kernel's, whose
   * fresh pages cost seconds a GiB where a virtual machine has to ask its host for them.
   */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(2) * Emulation.SLOWER;

  /** Of the clock: the machine may be busy with other things. */
  private static final long HANGS_SECONDS = 30;

  /** Of a stack, in a failure's message. */
  private static final int FRAMES = 6;

  private static final long SPARE_BYTES = 64 << 20;
  private static final int TIMES_THE_TENSORS = 16;

  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> endings = new TreeMap<>();
  private int tried;
  private long greatestMemory;
  private long greatestNanos;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/kws_ref_model.tflite",
        "models/person_detect.tflite",
        "models/micro_speech_quantized.tflite",
        "models/trained_lstm_int8.tflite",
        "models/lstm.bin",
        "models/nested_while.bin",
        "models/multi_signatures.bin",
        "models/call_once_mul.bin",
        "models/string_input_model_with_signature.bin",
        "models/rope.tflite",
        "models/simple_composite.tflite",
        "models/ssd_mobilenet_v1_coco_quant_postprocess_head_layers.tflite",
        "models/audio_preprocessor_int8.tflite",
        "models/embedding_lookup.tflite",
        "models/q_einsum.tflite",
        "reference/mnist_articles/int8_float_io.tflite",
        "reference/mnist_lstm/float.tflite"
      })
  void damagedPublishedModels(String model) throws IOException, InterruptedException {
    byte[] bytes = Files.readAllBytes(Shared.require(model));
    Trial sound = new Trial(0, DEADLINE);
    sound.run(bytes);
    assertTrue(sound.ending().contains("runs"), () -> model + ": " + sound.ending());
    damage(model, bytes, MUTATIONS);
    report(model);
  }

  @Test
  void damagedSmallModels() throws InterruptedException {
    damage("linear", bytes(Fixtures.linear()), MUTATIONS);
    damage("chain", bytes(Fixtures.chain()), MUTATIONS);
    damage("convolutions", bytes(Fixtures.convolutions(1)), MUTATIONS);
    report("small models");
  }

  @Test
  void damagedOperators() throws InterruptedException {
    for (OpGenerator generator : AllCases.generators()) {
      damage(generator.toString(), generator.of(FIRST_SEED).model(), OPERATOR_MUTATIONS);
    }
    report("operators");
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private void damage(String name, byte[] model, int mutations) throws InterruptedException {
    Mutation bytes = new Mutation(model);
    TableMutator structure = new TableMutator(model);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + mutations; seed++) {
      attempt(name, seed, seed % 2 == 0 ? structure.of(seed) : bytes.of(seed));
    }
  }

  private void attempt(String name, long seed, byte[] damaged) throws InterruptedException {
    String id = name + " seed " + seed;
    FutureTask<Void> task = new FutureTask<>(() -> measured(id, seed, damaged), null);
    Thread thread = new Thread(task, id);
    thread.setDaemon(true);
    thread.start();
    tried++;
    try {
      task.get(HANGS_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      StringBuilder stack = new StringBuilder();
      for (StackTraceElement each : thread.getStackTrace()) {
        stack.append("\n    ").append(each);
      }
      fail(id + " hangs" + stack);
    } catch (ExecutionException e) {
      fail(id + ": " + text(e.getCause()));
    }
  }

  private synchronized void fail(String failure) {
    System.out.println("FAILS " + failure);
    failures.add(failure);
  }

  private static String text(Throwable e) {
    StringBuilder text = new StringBuilder(e.toString());
    StackTraceElement[] trace = e.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, trace.length); i++) {
      text.append(" at ").append(trace[i]);
    }
    return e.getCause() == null ? text.toString() : text + " by " + text(e.getCause());
  }

  private void measured(String id, long seed, byte[] model) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long heap = threads.getThreadAllocatedBytes(thread);
    long nanos = threads.getCurrentThreadUserTime();
    Trial trial = new Trial(seed, DEADLINE);
    trial.beforeResize(
        interpreter -> {
          long memory = threads.getThreadAllocatedBytes(thread) - heap;
          memory += interpreter.weightBytes() + interpreter.memoryBytes();
          greatestMemory = Math.max(greatestMemory, memory);
          long most = TIMES_THE_TENSORS * tensorBytes(model) + SPARE_BYTES;
          if (memory > most) {
            fail(id + " takes " + memory + " bytes, more than " + most);
          }
        });
    trial.run(model);
    nanos = threads.getCurrentThreadUserTime() - nanos;
    greatestNanos = Math.max(greatestNanos, nanos);
    if (nanos > MOST_NANOS) {
      fail(id + " takes " + nanos / 1_000_000 + " ms: " + trial.ending());
    }
    endings.merge(trial.ending(), 1, Integer::sum);
  }

  private void report(String name) {
    System.out.printf(
        "%s: %d mutations, greatest memory %d KiB, greatest time %d ms, endings %s%n",
        name, tried, greatestMemory >> 10, greatestNanos / 1_000_000, endings);
    assertTrue(failures.isEmpty(), () -> failures.size() + " fail, " + failures.get(0));
    int ran = 0;
    for (Map.Entry<String, Integer> ending : endings.entrySet()) {
      ran += ending.getKey().startsWith("runs") ? ending.getValue() : 0;
    }
    assertTrue(ran >= tried / 50, ran + " ran of " + tried);
  }

  /**
   * What the tensors take by the shapes of the file or, where that is more, by those that follow
   * from its inputs. Where only a run knows them, that bound says nothing.
   */
  private static long tensorBytes(byte[] model) {
    TfliteModel read = TfliteReader.read("need", model);
    long file = model.length;
    for (TfliteSubgraph subgraph : read.subgraphs()) {
      for (TfliteTensor tensor : subgraph.tensors()) {
        file += (long) tensor.elements() * Math.max(8, tensor.type().bits()) / 8;
      }
    }
    long inferred = model.length;
    for (Graph graph : GraphReader.read(read, operator -> null)) {
      try {
        for (Value value : Passes.apply(graph, Set.of(), Set.of()).values()) {
          if (value.dynamic()) {
            return Integer.MAX_VALUE;
          }
          inferred += value.elements() * Math.max(1, value.type().bytes());
        }
      } catch (OctetException e) {
        // a subgraph that nothing runs
      }
    }
    return Math.max(file, inferred);
  }
}
