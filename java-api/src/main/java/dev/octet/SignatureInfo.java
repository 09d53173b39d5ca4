// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One entry point of a model.
 *
 * @param key its name; {@code ""} for the default entry of a model without signatures
 * @param subgraph the subgraph that it runs
 * @param inputs tensors by argument name, in the model's order
 * @param outputs tensors by result name, in the model's order
 */
public record SignatureInfo(
    String key, int subgraph, Map<String, TensorInfo> inputs, Map<String, TensorInfo> outputs) {
  public SignatureInfo {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }
}
