// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An input or output of a {@link DeviceExecutable}.
 *
 * @param name the compiler's name, most often the tensor's
 * @param type elements
 * @param dims dimensions, each 1 or more: the whole shape with its batch where the file has one,
 *     else {@code [y, x, z]}
 * @param sizeBytes bytes on the device for each execution, with padding; not less than {@code y * x
 *     * z} elements take
 * @param executions how often it is executed in one inference, 1 or more
 */
public record DeviceLayer(String name, LayerType type, int[] dims, int sizeBytes, int executions) {
  private static final int LONGEST_NAME = 80;

  public DeviceLayer {
    dims = dims.clone();
  }

  @Override
  public int[] dims() {
    return dims.clone();
  }

  /** Bytes of one inference's elements without padding: what the tensor must have. */
  public long bytes() {
    long elements = executions;
    for (int dim : dims) {
      elements *= dim;
    }
    return elements * type.tensorType().bytes();
  }

  /** True for an output that is a recurrent state: the runtime writes it into an input. */
  public boolean state() {
    return name.endsWith("_variable_output");
  }

  /** True when only the last dimension is not 1. */
  boolean flat() {
    int[] last = {dims[dims.length - 1]};
    return bytes() == new DeviceLayer(name, type, last, sizeBytes, executions).bytes();
  }

  /** The name, cut when long, the tensor's type and the dimensions. */
  @Override
  public String toString() {
    return (name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...")
        + ": "
        + type.tensorType()
        + Arrays.stream(dims)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining("x", "[", "]"));
  }
}
