// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Operator versions, and the oldest TensorFlow Lite that runs them, which a file's metadata {@code
 * min_runtime_version} names (16 bytes, zeros behind the text).
 */
public final class RuntimeVersions {
  private static final String METADATA = "min_runtime_version";
  private static final int BYTES = 16;
  private static final Map<String, String[]> TABLE = read();

  private RuntimeVersions() {}

  private static Map<String, String[]> read() {
    Map<String, String[]> table = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                RuntimeVersions.class.getResourceAsStream("runtime_versions.txt"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] words = line.split(" ");
          table.put(words[0], Arrays.copyOfRange(words, 1, words.length));
        }
      }
      return table;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The oldest TensorFlow Lite that runs an operator of this version, such as {@code 2.5.0}; null
   * for custom operators and for versions that have no release yet.
   */
  public static String oldest(EditableOperator operator) {
    String[] versions = TABLE.getOrDefault(operator.name(), new String[0]);
    int at = operator.version() - 1;
    return at >= 0 && at < versions.length ? versions[at] : null;
  }

  /**
   * Gives all operators of a kind the greatest version that one of them has, as TensorFlow's
   * converter does: the file then names each kind once.
   */
  static void unify(EditableModel model) {
    Map<String, Integer> greatest = new HashMap<>();
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator operator : graph.operators()) {
        greatest.merge(operator.name(), operator.version(), Math::max);
      }
    }
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator operator : graph.operators()) {
        operator.version(greatest.get(operator.name()));
      }
    }
  }

  /** Raises the version in the metadata, if the model has one there. */
  static void update(EditableModel model) {
    ByteBuffer metadata = model.metadata().get(METADATA);
    if (metadata == null) {
      return;
    }
    byte[] bytes = new byte[metadata.remaining()];
    metadata.duplicate().get(bytes);
    String needed = new String(bytes, StandardCharsets.US_ASCII).replace("\0", "");
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator operator : graph.operators()) {
        String oldest = oldest(operator);
        if (oldest != null && later(oldest, needed)) {
          needed = oldest;
        }
      }
    }
    byte[] padded = needed.getBytes(StandardCharsets.US_ASCII);
    model
        .metadata()
        .put(METADATA, ByteBuffer.wrap(Arrays.copyOf(padded, Math.max(BYTES, padded.length))));
  }

  /** True when version {@code a} came after {@code b}; what is no version came before all. */
  public static boolean later(String a, String b) {
    return Arrays.compare(numbers(a), numbers(b)) > 0;
  }

  private static int[] numbers(String version) {
    return version.matches("[0-9]{1,6}([.][0-9]{1,6})*")
        ? Arrays.stream(version.split("[.]")).mapToInt(Integer::parseInt).toArray()
        : new int[0];
  }
}
