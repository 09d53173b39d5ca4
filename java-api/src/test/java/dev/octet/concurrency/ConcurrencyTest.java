// SPDX-License-Identifier: Apache-2.0
package dev.octet.concurrency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Emulation;
import dev.octet.Fixtures;
import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One model serves threads, and closing at the wrong moment is at worst an exception. */
final class ConcurrencyTest {
  private static final int RUNS = 10_000;
  private static final int INPUTS = 16;
  private static final int SLOTS = 4;
  private static final long STORM_NANOS = TimeUnit.SECONDS.toNanos(6);

  private static byte[] run(Interpreter interpreter, long seed) {
    byte[] values = new byte[interpreter.input(0).elements()];
    new Random(seed).nextBytes(values);
    interpreter.input(0).set(values);
    interpreter.run();
    return interpreter.output(0).toBytes();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void twoThreadsGiveWhatOneGives(int threadsOfARun) throws Exception {
    InterpreterOptions options = new InterpreterOptions().threads(threadsOfARun);
    try (Model model = Model.load(Fixtures.convolutions(7))) {
      List<byte[]> expected = new ArrayList<>();
      try (Interpreter alone = model.interpreter()) {
        for (int i = 0; i < INPUTS; i++) {
          expected.add(run(alone, i));
        }
      }
      assertTrue(
          expected.stream().map(java.util.Arrays::hashCode).distinct().count() > INPUTS / 2,
          "outputs are too alike to tell");
      Callable<Void> worker =
          () -> {
            try (Interpreter mine = model.interpreter(options)) {
              for (int i = 0; i < RUNS; i++) {
                assertArrayEquals(expected.get(i % INPUTS), run(mine, i % INPUTS));
              }
            }
            return null;
          };
      together(List.of(worker, worker));
    }
  }

  private static void together(List<Callable<Void>> workers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    try {
      for (Future<Void> each : threads.invokeAll(workers)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** A model and an interpreter that any thread may use, close or lose at any moment. */
  private record Slot(Model model, Interpreter interpreter) {
    static Slot fresh() {
      Model model = Model.load(Fixtures.convolutions(3));
      return new Slot(model, model.interpreter());
    }
  }

  @Test
  void closingAtAnyMomentIsAtWorstAnIllegalState() throws Exception {
    AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);
    for (int i = 0; i < SLOTS; i++) {
      slots.set(i, Slot.fresh());
    }
    LongAdder runs = new LongAdder();
    LongAdder refused = new LongAdder();
    long end = System.nanoTime() + STORM_NANOS;
    Callable<Void> runner =
        () -> {
          while (System.nanoTime() < end) {
            attempt(slots.get(ThreadLocalRandom.current().nextInt(SLOTS)), runs, refused);
          }
          return null;
        };
    Callable<Void> closer =
        () -> {
          while (System.nanoTime() < end) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            int index = random.nextInt(SLOTS);
            Slot slot = slots.get(index);
            end(slot, random.nextInt(5), refused);
            slots.set(index, Slot.fresh());
          }
          return null;
        };
    Callable<Void> collector =
        () -> {
          while (System.nanoTime() < end) {
            System.gc();
            Thread.sleep(ThreadLocalRandom.current().nextInt(20));
          }
          return null;
        };
    together(List.of(runner, runner, closer, collector));
    System.out.printf("%d runs, %d calls refused%n", runs.sum(), refused.sum());
    assertTrue(runs.sum() > 100 / Emulation.SLOWER, "hardly anything ran");
    assertTrue(refused.sum() > 0, "nothing was closed while it was used");
  }

  private static void attempt(Slot slot, LongAdder runs, LongAdder refused) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    try {
      switch (random.nextInt(8)) {
        case 0 -> slot.interpreter().resize(0, 1 + random.nextInt(3), 8, 8, 4);
        case 1 -> slot.model().interpreter().close();
        case 2 -> slot.interpreter().cancel();
        case 3 -> slot.interpreter().input(0).buffer().put(0, (byte) random.nextInt());
        default -> {
          slot.interpreter().run();
          runs.increment();
        }
      }
    } catch (IllegalStateException e) {
      refused.increment();
    } catch (InferenceException e) {
      if (e.kind() != InferenceException.Kind.CANCELLED) {
        throw e;
      }
    }
  }

  /** Closes in one order or the other, or leaves all to the collector. */
  private static void end(Slot slot, int how, LongAdder refused) {
    try {
      switch (how) {
        case 0 -> slot.interpreter().close();
        case 1 -> slot.model().close();
        case 2 -> {
          slot.model().close();
          slot.interpreter().close();
        }
        case 3 -> {
          slot.interpreter().close();
          slot.model().close();
        }
        default -> {
          // unreachable from now on
        }
      }
    } catch (IllegalStateException e) {
      refused.increment();
    }
  }
}
