// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.Sha256;
import dev.octet.toolkit.data.WholeFile;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
   * @param hash of its contents, {@link dev.octet.toolkit.data.DataSetHash#hex}
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

  /**
   * Writes all of it as JSON, whole or not at all.
   *
   * @throws IOException when the file cannot be written
   */
  public void save(Path file) throws IOException {
    AtomicFile.write(file, StatisticsJson.write(this).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @param source names the model in messages
   * @param model the float model's file, for which alone the statistics are good
   * @throws DataFormatException naming the file, when it holds no statistics or another model's
   * @throws IOException when the file cannot be read
   */
  public static CalibrationStatistics load(Path file, String source, byte[] model)
      throws IOException {
    CalibrationStatistics statistics;
    try {
      statistics = StatisticsJson.read(new String(WholeFile.read(file), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | MalformedInputException e) {
      throw new DataFormatException(file.toString(), e.getMessage(), e);
    }
    String hash = Sha256.of(model);
    if (!statistics.modelHash.equals(hash)) {
      throw new DataFormatException(
          file.toString(),
          "was made for another model than "
              + source
              + " (SHA-256 "
              + statistics.modelHash
              + ", not "
              + hash
              + ")");
    }
    return statistics;
  }

  /** Whether the samples were enough. */
  public Convergence convergence() {
    return Convergence.of(this);
  }

  /** Tensors of which few samples set the range, the worst first. */
  public List<Outlier> outliers() {
    return Outlier.find(this);
  }

  /** Tensors that were NaN or infinite in some sample, in order. */
  public List<TensorStatistics> nonFinite() {
    return tensors.values().stream().filter(t -> t.nans() + t.infinities() > 0).toList();
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
