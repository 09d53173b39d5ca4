// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A named entry point.
 *
 * @param key its name, unique in the model
 * @param subgraph the subgraph it runs
 * @param inputs tensor indices by argument name, in the file's order
 * @param outputs tensor indices by result name, in the file's order
 */
public record TfliteSignature(
    String key, int subgraph, Map<String, Integer> inputs, Map<String, Integer> outputs) {
  public TfliteSignature {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }
}
