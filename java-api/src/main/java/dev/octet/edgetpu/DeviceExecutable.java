// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.util.List;

/**
 * A program for an Edge TPU in a {@link CompiledPackage}.
 *
 * @param type what it is for
 * @param name the compiler's name for it; may be empty
 * @param chip what it was compiled for: {@code beagle} is the Coral Edge TPU; may be empty
 * @param batch inferences at once, 1 or more
 * @param instructionBytes bytes of instructions
 * @param parameterBytes bytes of parameters
 * @param scratchBytes bytes on the host that it works in, 0 or more
 * @param parameterCachingToken parameters of the same token stay in the device's memory side by
 *     side: models that were compiled together; unsigned, 0 for none
 * @param inputs in the order of the operator's inputs
 * @param outputs those that are recurrent states (see {@link CompiledPackage#outputs}) included
 */
public record DeviceExecutable(
    ExecutableType type,
    String name,
    String chip,
    int batch,
    long instructionBytes,
    long parameterBytes,
    int scratchBytes,
    long parameterCachingToken,
    List<DeviceLayer> inputs,
    List<DeviceLayer> outputs) {
  public DeviceExecutable {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
