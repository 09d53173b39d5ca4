// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What an interpreter remembers beside its variable tensors, for all its entry points: resource
 * variables, hash tables, which initial subgraphs have run. One thread's at a time.
 */
public final class Resources {
  private final Map<Object, Object> contents = new HashMap<>();

  /** The thing of that key, made when it is new. Keys of different kinds differ by their class. */
  @SuppressWarnings("unchecked")
  public <T> T get(Object key, Supplier<T> initial) {
    return (T) contents.computeIfAbsent(key, k -> initial.get());
  }

  void clear() {
    contents.clear();
  }

  void clear(Class<?> keys) {
    contents.keySet().removeIf(keys::isInstance);
  }
}
