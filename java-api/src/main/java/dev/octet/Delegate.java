// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.delegate.DelegateSource;

/**
 * Something that computes parts of a model in Octet's place: an {@link EdgeTpu}, or another library
 * that has a TensorFlow Lite delegate ({@link PluginDelegate}). An interpreter made with {@link
 * InterpreterOptions#delegate} offers it the operators whose shapes are known; each connected part
 * that it claims becomes one instruction, the rest runs on Octet's kernels, and both work on the
 * interpreter's own memory.
 *
 * <p>Thread-safe: any number of interpreters, of any models, may use one delegate at once. Each has
 * a native delegate of its own inside; what they share, such as the device, is the library's to
 * guard.
 *
 * <p>A delegate is native code of others in this process: when it crashes or aborts, so does the
 * Java virtual machine.
 */
public abstract sealed class Delegate implements AutoCloseable permits EdgeTpu, PluginDelegate {
  private final DelegateSource source;
  private volatile boolean closed;

  Delegate(DelegateSource source) {
    this.source = source;
  }

  /**
   * @throws IllegalStateException when closed
   */
  DelegateSource source() {
    if (closed) {
      throw new IllegalStateException(name() + " is closed");
    }
    return source;
  }

  /** What it is and where, for messages. */
  public String name() {
    return source.name();
  }

  /**
   * No new interpreters from now on. Those that there are keep working and keep the device; it is
   * let go with the last of them. Closing twice has no effect.
   */
  @Override
  public void close() {
    closed = true;
    source.close();
  }

  @Override
  public String toString() {
    return name();
  }
}
