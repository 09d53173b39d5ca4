// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Octet;
import dev.octet.Profile;
import dev.octet.TensorType;
import dev.octet.program.Engine;
import dev.octet.program.Peaks;
import java.util.Map;
import java.util.TreeMap;

/**
 * The least time that this machine could take for an instruction: the greater of its
 * multiplications at the peak rate and its bytes at the peak bandwidth, both measured now.
 * Activations come from the smallest cache that holds this instruction's, weights from the one that
 * holds all of the model, as they are used once a run. Sizes are rounded down to a power of two, so
 * that the bound stays one.
 */
final class Roofline {
  private static final long LEAST = 1L << 14;
  private static final long MOST = 1L << 26;

  private final String isa;
  private final int threads;
  private final long modelBytes;
  private final Map<TensorType, Double> macs = new TreeMap<>();
  private final Map<Long, Double> reads = new TreeMap<>();
  private final Map<Long, Double> writes = new TreeMap<>();

  /**
   * @param isa the instruction set in use
   * @param threads of a run; what several can do is taken for that many times what one can
   * @param modelBytes weights and activations
   */
  Roofline(String isa, int threads, long modelBytes) {
    this.isa = isa;
    this.threads = threads;
    this.modelBytes = modelBytes;
  }

  static Roofline of(int threads, long modelBytes) {
    return new Roofline(Octet.isa(), threads, modelBytes);
  }

  /** False for the reference backend, which has no loops to measure. */
  boolean known() {
    return !isa.equals(Engine.JAVA_NAME);
  }

  /** Nanoseconds of one execution; 0 where that is not {@link #known}. */
  double floor(Profile.Work work) {
    if (!known()) {
      return 0;
    }
    double compute = work.macs() == 0 ? 0 : work.macs() / peak(work.factors());
    long activations = work.readBytes() + work.writtenBytes();
    double memory =
        time(work.weightBytes(), modelBytes, false)
            + time(work.readBytes(), activations, false)
            + time(work.writtenBytes(), activations, true);
    return Math.max(compute, memory) / threads;
  }

  private double peak(TensorType factors) {
    return macs.computeIfAbsent(factors, type -> Peaks.macs(type, isa));
  }

  private double time(long bytes, long used, boolean write) {
    if (bytes == 0) {
      return 0;
    }
    long size = Math.max(LEAST, Math.min(MOST, Long.highestOneBit(used)));
    return bytes
        / (write ? writes : reads).computeIfAbsent(size, key -> Peaks.bandwidth(key, write));
  }

  /** Peaks of a core that were needed: GMAC/s by type. */
  Map<TensorType, Double> macs() {
    return macs;
  }

  /** GB/s by bytes that are used over and over. */
  Map<Long, Double> reads() {
    return reads;
  }

  /** GB/s by bytes that are used over and over. */
  Map<Long, Double> writes() {
    return writes;
  }
}
