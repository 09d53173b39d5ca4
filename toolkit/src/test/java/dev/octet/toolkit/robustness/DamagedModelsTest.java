// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.robustness;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.robustness.Mutation;
import dev.octet.tflite.TableMutator;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.quantize.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged models through the quantizer ({@link QuantizerTrial}). A failure names model and seed.
 * {@code -Doctet.mutations=N} sets how many mutations of each published model are tried, {@code
 * -Doctet.operator.mutations=N} of each operator's, {@code -Doctet.mutation.seed} the first seed.
 */
class DamagedModelsTest {
  private static final int FEW = 3;
  private static final int MUTATIONS = Integer.getInteger("octet.mutations", FEW);
  private static final int OPERATOR_MUTATIONS = Integer.getInteger("octet.operator.mutations", 0);
  private static final long FIRST_SEED = Long.getLong("octet.mutation.seed", 0);

  /** Of the clock: the machine may be busy with other things. */
  private static final long HANGS_SECONDS = 60;

  private static final String SOUND = " as it is";

  /** Of the greatest output: what int8 weights cost on random inputs. */
  private static final double GREATEST_ERROR = 0.1;

  /** What dynamic ranges cost: vww_96 on noise has 0.45. */
  private static final double GREATEST_DYNAMIC_ERROR = 0.5;

  private static final int FRAMES = 9;

  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> endings = new TreeMap<>();
  private int tried;
  private double greatest;
  private long slowest;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/branching_conv_fc.tflite",
        "models/call_once_mul.bin",
        "models/constant_output_tensor.tflite",
        "models/embedding_lookup.tflite",
        "models/hello_world_float.tflite",
        "models/kws_ref_model_float32.tflite",
        "models/lstm.bin",
        "models/multi_signatures.bin",
        "models/nested_while.bin",
        "models/rope.tflite",
        "models/simple_composite.tflite",
        "models/split_concat.tflite",
        "models/string_input_model_with_signature.bin",
        "models/trained_lstm.tflite",
        "models/two_signatures.tflite",
        "models/unidirectional_sequence_lstm.bin",
        "models/weight_sharing_fcs.tflite",
        "reference/mnist_articles/float.tflite",
        "reference/mnist_lstm_fused/float.tflite",
        "reference/mnist_separable/float.tflite"
      })
  void published(String name) throws IOException, InterruptedException {
    damage(name, Files.readAllBytes(SharedFolder.file(name)), MUTATIONS);
    report(name);
  }

  /** With more mutations than the suite has time for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/ad01_fp32.tflite",
        "models/audio_preprocessor_float.tflite",
        "models/conv_fc_mnist.tflite",
        "models/pretrainedResnet.tflite",
        "models/vww_96_float.tflite",
        "reference/mnist_lstm/float.tflite"
      })
  void larger(String name) throws IOException, InterruptedException {
    assumeTrue(MUTATIONS > FEW, () -> name + " takes long: -Doctet.mutations");
    published(name);
  }

  @Test
  void shipped() throws IOException, InterruptedException {
    String name = "digits_float.tflite";
    damage(name, ShippedFiles.bytes(name), MUTATIONS);
    report(name);
  }

  @Test
  void operators() throws InterruptedException {
    for (OpGenerator generator : AllCases.generators()) {
      damage(generator.toString(), generator.of(FIRST_SEED).model(), OPERATOR_MUTATIONS);
    }
    report("operators");
  }

  /** The sound model, then damaged ones. */
  private void damage(String name, byte[] model, int mutations) throws InterruptedException {
    attempt(name + SOUND, FIRST_SEED, model, Mode.values());
    Mutation bytes = new Mutation(model);
    TableMutator structure = new TableMutator(model);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + mutations; seed++) {
      byte[] damaged = seed % 4 == 0 ? bytes.of(seed) : structure.of(seed);
      Mode[] modes = Mode.values();
      int one = new Random(seed).nextInt(modes.length);
      int other = (one + 1 + (int) (seed % (modes.length - 1))) % modes.length;
      attempt(name + " seed " + seed, seed, damaged, modes[one], modes[other]);
    }
  }

  private void attempt(String id, long seed, byte[] damaged, Mode... modes)
      throws InterruptedException {
    QuantizerTrial trial = new QuantizerTrial(seed);
    FutureTask<Void> task = new FutureTask<>(() -> trial.run(damaged, modes), null);
    Thread thread = new Thread(task, id);
    thread.setDaemon(true);
    long start = System.nanoTime();
    thread.start();
    tried++;
    try {
      task.get(HANGS_SECONDS, TimeUnit.SECONDS);
      trial.endings().forEach((ending, count) -> endings.merge(ending, count, Integer::sum));
    } catch (TimeoutException e) {
      StringBuilder stack = new StringBuilder();
      for (StackTraceElement each : thread.getStackTrace()) {
        stack.append("\n    ").append(each);
      }
      fail(id + " hangs" + stack);
    } catch (ExecutionException e) {
      fail(id + ": " + text(e.getCause()));
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    slowest = Math.max(slowest, millis);
    boolean sound = id.endsWith(SOUND);
    greatest = sound ? Math.max(greatest, trial.greatestError()) : greatest;
    if (sound && !(trial.greatestError() <= GREATEST_ERROR)) {
      fail(id + " is off by " + trial.greatestError());
    }
    if (sound && !(trial.greatestDynamicError() <= GREATEST_DYNAMIC_ERROR)) {
      fail(id + " in dynamic mode is off by " + trial.greatestDynamicError());
    }
  }

  private void fail(String failure) {
    System.out.println("FAILS " + failure);
    failures.add(failure);
  }

  private static String text(Throwable e) {
    StringBuilder text = new StringBuilder(e.toString());
    StackTraceElement[] trace = e.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, trace.length); i++) {
      text.append("\n      at ").append(trace[i]);
    }
    return e.getCause() == null ? text.toString() : text + "\n    by " + text(e.getCause());
  }

  private void report(String name) {
    System.out.printf(
        "%s: %d models, slowest %d ms, greatest error %.3g, %s%n",
        name, tried, slowest, greatest, endings);
    assertTrue(failures.isEmpty(), () -> failures.size() + " fail, " + failures.get(0));
  }
}
