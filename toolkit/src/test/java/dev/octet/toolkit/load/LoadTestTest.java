// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LoadTestTest {
  private static void sleep(double millis) {
    long end = System.nanoTime() + (long) (millis * 1e6);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static LoadOptions options(String rate, double seconds) {
    return new LoadOptions(1, false, Arrivals.Kind.FIXED, seconds, 0, 1).withRate(rate);
  }

  @Test
  void aPauseIsSeenByAllThatItDelays() {
    // 100 requests/s for 2 s; one of them takes 500 ms, so that the 50 behind it wait too
    long start = System.nanoTime();
    boolean[] paused = new boolean[1];
    LoadTest.Request request =
        () -> {
          boolean late = System.nanoTime() - start > 3_000_000_000L;
          sleep(late && !paused[0] ? 500 : 0.1);
          paused[0] |= late;
        };
    LoadResult result = new LoadTest(List.of(request), options("100", 2)).run();
    assertEquals(200, result.answered());
    assertEquals(0, result.unanswered());
    assertTrue(result.micros(80) > 100_000, "p80 " + result.micros(80));
    assertTrue(result.micros(100) >= 490_000, "max " + result.micros(100));
    assertTrue(result.micros(50) < 100_000, "p50 " + result.micros(50));
    assertEquals(100, result.achieved(), 5);
  }

  @Test
  void whatTheWorkersCannotDoIsTold() {
    LoadTest.Request slow = () -> sleep(20);
    LoadResult result = new LoadTest(List.of(slow), options("500", 0.5)).run();
    assertTrue(result.capacity() < 51, "capacity " + result.capacity());
    assertTrue(result.unanswered() > 100, result.unanswered() + " unanswered");
    assertEquals(250, result.answered() + result.unanswered());
    assertTrue(result.achieved() < 60, "achieved " + result.achieved());
    assertTrue(result.micros(99) > 400_000, "p99 " + result.micros(99));
  }

  @Test
  void aShareIsOfTheCapacityOfAllWorkers() {
    List<LoadTest.Request> two = List.of(() -> sleep(10), () -> sleep(10));
    LoadResult result = new LoadTest(two, options("50%", 1)).run();
    assertTrue(result.capacity() > 100 && result.capacity() < 201, "" + result.capacity());
    assertEquals(0.5 * result.capacity(), result.intended(), 1e-9);
    assertEquals(0, result.unanswered());
    assertTrue(result.micros(50) >= 9_990, "p50 " + result.micros(50));
  }

  @Test
  void theNeighbourMakesGarbage() {
    LoadOptions noisy = new LoadOptions(10, false, Arrivals.Kind.POISSON, 2, 2000, 1);
    LoadResult result = new LoadTest(List.of(() -> {}), noisy).run();
    assertTrue(result.collections() > 0, "no collection of 4 GB");
  }

  @Test
  void whatARequestThrowsEndsTheTest() {
    LoadTest.Request bad =
        () -> {
          throw new IllegalStateException("closed");
        };
    LoadTest test = new LoadTest(List.of(bad), options("10", 0.1));
    assertEquals("closed", assertThrows(IllegalStateException.class, test::run).getMessage());
  }

  @Test
  void arrivalsHaveTheirRate() {
    for (Arrivals.Kind kind : Arrivals.Kind.values()) {
      Arrivals arrivals = new Arrivals(kind, 1000, 7);
      List<Long> times = new ArrayList<>();
      long time;
      while ((time = arrivals.next()) < 20_000_000_000L) {
        times.add(time);
      }
      assertEquals(20_000, times.size(), kind == Arrivals.Kind.FIXED ? 1 : 600);
      long near = 0;
      for (int i = 1; i < times.size(); i++) {
        near += times.get(i) - times.get(i - 1) < 500_000 ? 1 : 0;
      }
      // 1 - exp(-1/2) of the distances of a Poisson process are below half the mean
      assertEquals(kind == Arrivals.Kind.FIXED ? 0 : 0.393, near / 20_000.0, 0.02);
    }
  }

  @Test
  void ratesAreChecked() {
    assertTrue(options("70%", 1).share());
    assertEquals(0.7, options("70%", 1).rate(), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> options("fast", 1));
    assertThrows(IllegalArgumentException.class, () -> options("-1", 1));
    assertThrows(IllegalArgumentException.class, () -> options("0%", 1));
    assertThrows(IllegalArgumentException.class, () -> options("1", 0));
  }
}
