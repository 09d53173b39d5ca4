// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.delegate.DelegateLibrary;
import dev.octet.delegate.PluginSource;
import java.util.Map;

/**
 * A delegate from a shared library that exports {@code tflite_plugin_create_delegate} and {@code
 * tflite_plugin_destroy_delegate}, TensorFlow Lite's interface of external delegates.
 *
 * <p>Octet is not TensorFlow Lite: it gives a delegate the C interface ({@code TfLiteContext} and
 * what it points to) and nothing of the C++ classes behind it. Libraries that stay inside the C
 * interface work; one that takes the context for a {@code tflite::Subgraph} may crash the process.
 * Operators are offered whose shapes are known and whose options Octet can lay out as TensorFlow
 * Lite's C structures; control flow, strings and resources are not.
 *
 * <p>A run inside the library cannot be interrupted: {@link Interpreter#cancel} and the deadline
 * are asked before it and after it.
 */
public final class PluginDelegate extends Delegate {
  private PluginDelegate(PluginSource source) {
    super(source);
  }

  /**
   * Loads a library, which stays loaded, and makes a delegate of it.
   *
   * @param library a file, or a name for the dynamic linker
   * @param options of the library's own, by name, without line breaks; may be empty
   * @throws IllegalArgumentException for a name with {@code '='} or a line break, or a value with
   *     one
   * @throws DelegateException when the library cannot be used or refuses the options
   */
  public static PluginDelegate load(String library, Map<String, String> options) {
    return new PluginDelegate(PluginSource.open(DelegateLibrary.open(library), options));
  }

  /** {@link #load(String, Map)} without options. */
  public static PluginDelegate load(String library) {
    return load(library, Map.of());
  }
}
