// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a {@link Calibrator} saw: for each float tensor of the model that is no constant, enough for
 * every {@link CalibrationMethod}, so that one pass over the samples serves them all. As {@link
 * ActivationRanges} it gives the least and the greatest number seen, TensorFlow's rule. Immutable.
 */
public final class CalibrationStatistics implements ActivationRanges {
  /**
   * A data set that ran.
   *
   * @param signature the entry point that it ran through, or null for the model's first
   * @param data its name
   * @param hash SHA-256, in hexadecimal, over the samples' SHA-256 in order, each over the contents
   *     of its inputs
   * @param samples how many
   */
  public record Source(String signature, String data, String hash, int samples) {}

  private final String modelHash;
  private final List<Source> sources;
  private final List<String> samples;
  private final SortedMap<TensorKey, TensorStatistics> tensors;

  CalibrationStatistics(
      String modelHash,
      List<Source> sources,
      List<String> samples,
      SortedMap<TensorKey, TensorStatistics> tensors) {
    this.modelHash = modelHash;
    this.sources = List.copyOf(sources);
    this.samples = samples;
    this.tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  /** SHA-256 of the float model's file, in hexadecimal. */
  public String modelHash() {
    return modelHash;
  }

  /** The data sets that ran, in order. */
  public List<Source> sources() {
    return sources;
  }

  /** Names of all samples, in order. */
  public List<String> samples() {
    return samples;
  }

  /** All tensors, by graph and index. */
  public Collection<TensorStatistics> tensors() {
    return tensors.values();
  }

  /** What a tensor held, or null for one that was not watched. */
  public TensorStatistics tensor(int graph, int tensor) {
    return tensors.get(new TensorKey(graph, tensor));
  }

  /** The least and the greatest number seen. */
  @Override
  public Range range(int graph, int tensor) {
    return using(CalibrationMethod.minMax(), 8).range(graph, tensor);
  }

  /**
   * Ranges by another method.
   *
   * @param bits of the quantized activations, 8 or 16: some methods weigh what rounding costs
   */
  public ActivationRanges using(CalibrationMethod method, int bits) {
    if (bits != 8 && bits != 16) {
      throw new IllegalArgumentException("activations have 8 or 16 bits, not " + bits);
    }
    TreeMap<TensorKey, Range> known = new TreeMap<>();
    return (graph, tensor) -> {
      TensorStatistics statistics = tensor(graph, tensor);
      if (statistics == null || statistics.count() == 0) {
        return null;
      }
      synchronized (known) {
        return known.computeIfAbsent(statistics.key(), key -> method.range(statistics, bits));
      }
    };
  }
}
