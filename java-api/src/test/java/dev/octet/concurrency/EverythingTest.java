// SPDX-License-Identifier: Apache-2.0
package dev.octet.concurrency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterPool;
import dev.octet.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model of loops, variables, strings and run-time shapes serves threads as any other does. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EverythingTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 25;
  private static final int STEPS = 12;

  /** Sets the inputs of that step, runs, and gives all outputs. */
  private static List<Object> step(Interpreter interpreter, int step) {
    Random random = new Random(step);
    float[] x = new float[6];
    byte[] mask = new byte[6];
    String[] words = new String[4];
    for (int i = 0; i < 6; i++) {
      x[i] = 0.25f + random.nextInt(20);
      mask[i] = (byte) random.nextInt(2);
    }
    for (int i = 0; i < 4; i++) {
      words[i] = "abcdexyz".substring(random.nextInt(4), 4 + random.nextInt(5));
    }
    words[random.nextInt(4)] = String.valueOf((char) ('a' + random.nextInt(6)));
    interpreter.input("x").set(x);
    interpreter.input("limit").set(new float[] {random.nextInt(900)});
    interpreter.input("words").set(words);
    interpreter.input("mask").set(mask);
    interpreter.run();
    List<Object> outputs = new ArrayList<>();
    for (String name : List.of("sum", "looped", "picked")) {
      outputs.add(Arrays.toString(interpreter.output(name).toFloats()));
    }
    outputs.add(Arrays.toString(interpreter.output("where").toLongs()));
    outputs.add(Arrays.toString(interpreter.output("where").shape()));
    outputs.add(Arrays.toString(interpreter.output("found").toLongs()));
    outputs.add(Arrays.toString(interpreter.output("turned").toStrings()));
    return outputs;
  }

  /** What a fresh or reset interpreter gives in the steps one after another. */
  private static List<List<Object>> steps(Interpreter interpreter) {
    List<List<Object>> all = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      all.add(step(interpreter, i));
    }
    return all;
  }

  private static void together(int count, Callable<Void> worker) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(threads.submit(worker));
      }
      for (Future<Void> each : all) {
        each.get(100, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void oneStepIsRight() {
    try (Model model = Model.load(Models.everything());
        Interpreter interpreter = model.interpreter()) {
      interpreter.input("x").set(new float[] {1, 2, 3, 4, 5, 6});
      interpreter.input("limit").set(new float[] {13});
      interpreter.input("words").set("b", "none", "d", "");
      interpreter.input("mask").set(new byte[] {0, 1, 0, 0, 1, 0});
      interpreter.run();
      interpreter.run();
      assertArrayEquals(
          new float[] {2, 4, 6, 8, 10, 12}, interpreter.output("sum").toFloats(), "two runs");
      assertArrayEquals(new float[] {3, 6, 9, 12, 15, 18}, interpreter.output("looped").toFloats());
      assertArrayEquals(new long[] {1, 4}, interpreter.output("where").toLongs());
      assertArrayEquals(new float[] {4, 10}, interpreter.output("picked").toFloats());
      assertArrayEquals(new long[] {2, -1, 4, -1}, interpreter.output("found").toLongs());
      assertArrayEquals(
          new String[] {"", "d", "none", "b"}, interpreter.output("turned").toStrings());
    }
  }

  @Test
  void manyThreadsGiveWhatOneGives() throws Exception {
    try (Model model = Model.load(Models.everything())) {
      List<List<Object>> expected;
      try (Interpreter alone = model.interpreter()) {
        expected = steps(alone);
      }
      assertEquals(STEPS, expected.stream().distinct().count(), "steps are too alike to tell");
      together(
          THREADS,
          () -> {
            try (Interpreter mine = model.interpreter()) {
              for (int i = 0; i < ROUNDS; i++) {
                assertEquals(expected, steps(mine));
                mine.resetVariables();
              }
            }
            return null;
          });
    }
  }

  @Test
  void aPoolGivesWhatOneGives() throws Exception {
    try (Model model = Model.load(Models.everything());
        InterpreterPool pool = model.pool(3)) {
      List<List<Object>> expected;
      try (Interpreter alone = model.interpreter()) {
        expected = steps(alone);
      }
      together(
          THREADS,
          () -> {
            for (int i = 0; i < ROUNDS; i++) {
              List<List<Object>> got =
                  pool.run(
                      interpreter -> {
                        interpreter.resetVariables();
                        return steps(interpreter);
                      });
              assertEquals(expected, got);
            }
            return null;
          });
    }
  }

  /** New interpreters are refused from then on; those that run end their steps as if alone. */
  @Test
  void aModelMayBeClosedWhileOthersRun() throws Exception {
    List<List<Object>> expected;
    try (Model model = Model.load(Models.everything());
        Interpreter alone = model.interpreter()) {
      expected = steps(alone);
    }
    for (int i = 0; i < ROUNDS; i++) {
      Model model = Model.load(Models.everything());
      CyclicBarrier start = new CyclicBarrier(THREADS);
      AtomicBoolean closer = new AtomicBoolean(true);
      together(
          THREADS,
          () -> {
            if (closer.getAndSet(false)) {
              start.await();
              Thread.sleep(0, new Random().nextInt(999_999));
              model.close();
              assertThrows(IllegalStateException.class, model::interpreter);
              return null;
            }
            Interpreter mine = model.interpreter();
            start.await();
            // bodies of other shapes, which are compiled in a run, need the model's weights too
            try {
              assertEquals(expected, steps(mine));
            } finally {
              mine.close();
            }
            return null;
          });
    }
  }

  @Test
  void aSecondThreadIsRefused() throws Exception {
    try (Model model = Model.load(Models.loop());
        Interpreter interpreter = model.interpreter()) {
      interpreter.input("start").set(new float[] {0});
      interpreter.input("step").set(new float[] {0});
      interpreter.input("limit").set(new float[] {1});
      interpreter.deadline(Duration.ofSeconds(30));
      Thread endless =
          new Thread(() -> assertThrows(InferenceException.class, () -> interpreter.run()));
      endless.start();
      while (!refused(interpreter)) {
        assertTrue(endless.isAlive());
        Thread.sleep(1);
      }
      assertThrows(IllegalStateException.class, interpreter::run);
      assertThrows(IllegalStateException.class, () -> interpreter.resize("start"));
      assertThrows(IllegalStateException.class, interpreter::resetVariables);
      assertThrows(IllegalStateException.class, () -> interpreter.withSignature(""));
      assertThrows(IllegalStateException.class, () -> interpreter.profile(1));
      assertThrows(IllegalStateException.class, interpreter::close);
      interpreter.cancel();
      endless.join();
      interpreter.input("step").set(new float[] {1});
      interpreter.run();
      assertArrayEquals(new float[] {1}, interpreter.output("y").toFloats());
    }
  }

  private static boolean refused(Interpreter interpreter) {
    try {
      interpreter.resetVariables();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
