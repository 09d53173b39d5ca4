// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/**
 * A kernel in plain Java: the formula that stands at the head of the native kernel's {@code .cc}
 * file, computed in the most obvious way. Stateless and thread-safe; values were checked when the
 * operator was, so it checks only what a run decides.
 */
@FunctionalInterface
public interface ReferenceKernel {
  /**
   * Runs an instruction. Inputs are read before outputs are written, as outputs may share their
   * memory.
   *
   * @throws dev.octet.InferenceException see {@link Call#checkStopped} and {@link Call#failure}
   */
  void run(Call call);
}
