// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.InferenceException;

/** The run that an instruction is part of. */
public interface Run {
  /**
   * @throws InferenceException when the run was cancelled or is past its deadline
   */
  void checkStopped();

  /** To be thrown by an instruction whose data break a rule. */
  InferenceException failure(String message);
}
