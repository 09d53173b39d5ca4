// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Overwrites memory that no live value holds, for the reference backend. Only bytes of values that
 * are written inside a run; where several share memory, one that lives wins.
 */
final class Poison {
  private static final byte FILL = (byte) 0xa5;

  /** Of a slot: its bytes, and the native instructions of first write and last read. */
  private record Life(int from, int to, int first, int last) {}

  private final ByteBuffer arena;
  private final List<Life> lives = new ArrayList<>();

  Poison(Plan plan, ByteBuffer arena) {
    this.arena = arena;
    for (Slot slot : plan.slots()) {
      if (slot.inArena()) {
        Slot root = slot.root();
        int from = (int) root.offset;
        int to = from + (int) slot.ownBytes();
        lives.add(new Life(from, to, plan.nativeFirst(root), plan.nativeLast(root)));
      }
    }
  }

  void beforeRun() {
    for (Life life : lives) {
      if (life.first() >= 0) {
        fill(life.from(), life.to());
      }
    }
  }

  void after(int instruction) {
    for (Life dead : lives) {
      if (dead.last() != instruction) {
        continue;
      }
      for (int chunk = dead.from(); chunk < dead.to(); chunk += MemoryPlan.ALIGNMENT) {
        int at = chunk;
        boolean live =
            lives.stream()
                .anyMatch(
                    other ->
                        other.first() <= instruction
                            && other.last() > instruction
                            && at >= other.from()
                            && at < other.to());
        if (!live) {
          fill(chunk, Math.min(dead.to(), chunk + MemoryPlan.ALIGNMENT));
        }
      }
    }
  }

  private void fill(int from, int to) {
    for (int i = from; i < to; i++) {
      arena.put(i, FILL);
    }
  }
}
