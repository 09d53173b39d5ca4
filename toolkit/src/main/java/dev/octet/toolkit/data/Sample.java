// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.util.List;

/**
 * One item of a {@link DataSet}.
 *
 * @param name how messages name it: a file, or a file and a number
 * @param inputs what each input of the model takes, in the signature's order: real numbers
 *     (FLOAT32) for an input that is a float or quantized, whole numbers for an integer one
 * @param label the class, 0 or greater, or -1 when it is not known
 * @param target what the first output should be (regression), or null
 */
public record Sample(String name, List<NpyArray> inputs, int label, float[] target) {
  public Sample {
    inputs = List.copyOf(inputs);
  }
}
