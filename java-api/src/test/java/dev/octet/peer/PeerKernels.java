// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

/** Which kernels of TensorFlow Lite run a model. */
public enum PeerKernels {
  /** Its own kernels and no delegate: the integers that {@code Numerics.EXACT} repeats. */
  BUILT_IN,
  /** The default: XNNPACK for what it takes, built-in kernels for the rest. */
  XNNPACK
}
