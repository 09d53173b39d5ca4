// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.TensorType;
import dev.octet.graph.Value;
import java.util.List;

/**
 * Whether a {@link CompiledPackage} takes and gives the tensors of its operator: the rules by which
 * the Edge TPU's runtime refuses an operator when it is prepared.
 */
public final class PackageFit {
  private PackageFit() {}

  /**
   * What does not fit, in a sentence, or null.
   *
   * @param inputs the operator's, none of them null
   * @param outputs the operator's
   */
  public static String fault(CompiledPackage compiled, List<Value> inputs, List<Value> outputs) {
    List<DeviceLayer> takes = compiled.inputs();
    List<DeviceLayer> gives = compiled.outputs();
    if (takes.size() != inputs.size()) {
      return count(inputs.size(), takes.size(), "input", "takes");
    }
    if (gives.size() != outputs.size()) {
      return count(outputs.size(), gives.size(), "output", "gives");
    }
    long batches = 0;
    for (int i = 0; i < takes.size(); i++) {
      Value input = inputs.get(i);
      if (input.type() != takes.get(i).type().tensorType()) {
        return "input " + i + " " + input + " is not what the device takes, " + takes.get(i);
      }
      long own = batches(input, takes.get(i));
      if (own == 0 || batches != 0 && own != batches) {
        return size("input " + i, input, takes.get(i));
      }
      batches = own;
    }
    for (int i = 0; i < gives.size(); i++) {
      Value output = outputs.get(i);
      if (!gives(output.type(), gives.get(i))) {
        return "output " + i + " " + output + " is not what the device gives, " + gives.get(i);
      }
      long own = batches(output, gives.get(i), output.type());
      if (own == 0 || own != Math.max(1, batches)) {
        return size("output " + i, output, gives.get(i));
      }
    }
    return null;
  }

  private static String count(int have, int want, String what, String does) {
    return "the operator has "
        + have
        + " "
        + what
        + (have == 1 ? "" : "s")
        + ", the device "
        + does
        + " "
        + want;
  }

  private static String size(String what, Value value, DeviceLayer layer) {
    return what
        + " "
        + value
        + " does not have the "
        + layer.bytes()
        + " bytes of the device's "
        + layer
        + ", or so many for each row";
  }

  /** The device's classifiers of 16 bits and more may give bytes: the runtime converts. */
  private static boolean gives(TensorType type, DeviceLayer layer) {
    boolean converted = layer.type() == LayerType.SINGLE || layer.type() == LayerType.FIXED_POINT16;
    return type == layer.type().tensorType()
        || type == TensorType.UINT8 && converted && layer.flat();
  }

  private static long batches(Value value, DeviceLayer layer) {
    return batches(value, layer, layer.type().tensorType());
  }

  /** How many inferences the value's bytes are: 1, its first dimension, or 0 for neither. */
  private static long batches(Value value, DeviceLayer layer, TensorType type) {
    if (!Value.fits(value.type(), value.shape())) {
      return 0;
    }
    long one = layer.bytes() / layer.type().tensorType().bytes() * type.bytes();
    long bytes = value.bytes();
    int rows = value.rank() == 0 ? 1 : value.dim(0);
    return rows * one == bytes ? rows : bytes == one ? 1 : 0;
  }
}
