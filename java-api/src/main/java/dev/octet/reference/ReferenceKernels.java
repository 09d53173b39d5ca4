// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.HashMap;
import java.util.Map;

/** Every kernel of the reference backend by its name. */
public final class ReferenceKernels {
  private static final Map<String, ReferenceKernel> BY_NAME = new HashMap<>();

  static {
    BY_NAME.put("copy", new Copy());
    BY_NAME.put("copy_strided", new CopyStrided());
    BY_NAME.put("fill", new Fill());
  }

  /** All, unmodifiable. */
  public static final Map<String, ReferenceKernel> ALL = Map.copyOf(BY_NAME);

  private ReferenceKernels() {}

  /**
   * The kernel of that name.
   *
   * @throws IllegalStateException when there is none
   */
  public static ReferenceKernel of(String name) {
    ReferenceKernel kernel = ALL.get(name);
    if (kernel == null) {
      throw new IllegalStateException("the reference backend has no kernel " + name);
    }
    return kernel;
  }
}
