// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;
import dev.octet.program.NativeError;
import java.util.Map;

/** A library of an external delegate with its options. */
public final class PluginSource extends DelegateSource {
  private final DelegateLibrary library;
  private final String options;

  /** Made to see that it can be made; the first interpreter takes it. */
  private final HeldDelegate first;

  private PluginSource(DelegateLibrary library, String options) {
    this.library = library;
    this.options = options;
    this.first = new HeldDelegate(make());
  }

  /**
   * @throws DelegateException LIBRARY_UNSUITABLE, or REFUSED
   */
  public static PluginSource open(DelegateLibrary library, Map<String, String> options) {
    if (!library.plugin()) {
      throw new DelegateException(
          Reason.LIBRARY_UNSUITABLE,
          library.name()
              + " has no external delegate: it exports no tflite_plugin_create_delegate");
    }
    return new PluginSource(library, lines(options));
  }

  @Override
  public String name() {
    return "the delegate of " + library.name();
  }

  @Override
  public String kernel() {
    return "delegate";
  }

  @Override
  long create() {
    long taken = first.take();
    return taken != 0 ? taken : make();
  }

  private long make() {
    NativeError error = new NativeError();
    long address = library.createPlugin(options, error);
    if (address == 0) {
      String given = options.isEmpty() ? "" : " with the options " + options.strip();
      throw new DelegateException(
          Reason.REFUSED,
          name() + " cannot be made" + given.replace("\n", ", ") + ": " + error.message());
    }
    return address;
  }

  @Override
  public void close() {
    first.close();
  }
}
