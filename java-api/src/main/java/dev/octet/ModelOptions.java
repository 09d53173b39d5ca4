// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** How a {@link Model} is to be read; immutable. */
public final class ModelOptions {
  private final Map<String, CustomOperator> customOperators;

  /** The defaults: no custom operators beside those that Octet has. */
  public ModelOptions() {
    this(Map.of());
  }

  private ModelOptions(Map<String, CustomOperator> customOperators) {
    this.customOperators = customOperators;
  }

  /** Computes the custom operators of that name with {@code operator}, also one that Octet has. */
  public ModelOptions customOperator(String name, CustomOperator operator) {
    Map<String, CustomOperator> more = new HashMap<>(customOperators);
    more.put(Objects.requireNonNull(name), Objects.requireNonNull(operator));
    return new ModelOptions(Map.copyOf(more));
  }

  /** Custom operators by name. */
  public Map<String, CustomOperator> customOperators() {
    return customOperators;
  }
}
