// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What an interpreter remembers beside its variable tensors, for all its entry points: resource
 * variables, hash tables, which initial subgraphs have run. One thread's at a time.
 */
public final class Resources {
  private final Map<Object, Object> contents = new HashMap<>();

  /** Variables by the very tensor that named them last time; forgotten when there are many. */
  private final Map<HostTensor, Object> variables = new IdentityHashMap<>();

  private static final int HANDLES = 256;

  /** The thing of that key, made when it is new. Keys of different kinds differ by their class. */
  @SuppressWarnings("unchecked")
  public <T> T get(Object key, Supplier<T> initial) {
    return (T) contents.computeIfAbsent(key, k -> initial.get());
  }

  /**
   * The variable of the key that a handle spells, which is asked for only when the handle is
   * another tensor than before. Handles of other kinds are for {@link #get(Object, Supplier)}.
   */
  @SuppressWarnings("unchecked")
  public <T> T variable(HostTensor handle, Supplier<Object> key, Supplier<T> initial) {
    T thing = (T) variables.get(handle);
    if (thing == null) {
      thing = get(key.get(), initial);
      if (variables.size() == HANDLES) {
        variables.clear();
      }
      variables.put(handle, thing);
    }
    return thing;
  }

  void clear() {
    contents.clear();
    variables.clear();
  }

  void clear(Class<?> keys) {
    contents.keySet().removeIf(keys::isInstance);
    variables.clear();
  }
}
