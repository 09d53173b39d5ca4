// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.program.Plan;
import java.util.Comparator;
import java.util.List;

/**
 * The instruction during which most bytes of the arena hold live values: what no plan could do with
 * less of.
 *
 * @param instruction its number, 0 in a plan without instructions
 * @param bytes live during it; values that share bytes count once
 */
record PeakMemory(int instruction, long bytes) {
  static PeakMemory of(Plan plan) {
    List<Plan.Placement> placements =
        plan.placements().stream()
            .sorted(Comparator.comparingLong(Plan.Placement::offset))
            .toList();
    PeakMemory peak = new PeakMemory(0, live(placements, 0));
    for (int i = 1; i < plan.instructionCount(); i++) {
      long bytes = live(placements, i);
      if (bytes > peak.bytes()) {
        peak = new PeakMemory(i, bytes);
      }
    }
    return peak;
  }

  private static long live(List<Plan.Placement> byOffset, int instruction) {
    long bytes = 0;
    long end = 0;
    for (Plan.Placement each : byOffset) {
      if (each.first() <= instruction && instruction <= each.last()) {
        long from = Math.max(end, each.offset());
        long to = each.offset() + each.bytes();
        bytes += Math.max(0, to - from);
        end = Math.max(end, to);
      }
    }
    return bytes;
  }
}
