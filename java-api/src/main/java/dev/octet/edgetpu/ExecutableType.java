// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

/** What an executable of a {@link CompiledPackage} is for; its ordinal is the code in the file. */
public enum ExecutableType {
  /** All that an inference needs; its parameters are sent with each. */
  STAND_ALONE,
  /** Puts parameters into the Edge TPU's memory, once. */
  PARAMETER_CACHING,
  /** Runs on parameters that are in the Edge TPU's memory. */
  EXECUTION_ONLY;

  private static final ExecutableType[] BY_CODE = values();

  /** The type of a code, or null for an unknown one. */
  static ExecutableType of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
