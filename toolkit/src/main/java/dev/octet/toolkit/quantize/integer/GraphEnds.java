// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import java.util.List;
import java.util.Map;

/** The forms that the float inputs and outputs of a graph get. */
final class GraphEnds {
  private final IntegerOptions options;
  private final Map<Compute, Propagation> scales;
  private final List<String> remarks;
  private final CarriedValues carried;

  /**
   * @param carried the forms of a called graph's ends, or null for a graph that users run
   * @param remarks where it is said which end keeps its floats
   */
  GraphEnds(
      IntegerOptions options,
      Map<Compute, Propagation> scales,
      CarriedValues carried,
      List<String> remarks) {
    this.options = options;
    this.scales = scales;
    this.carried = carried;
    this.remarks = remarks;
  }

  Form input(EditableTensor tensor) {
    return carried != null ? carried.end(tensor) : form(tensor, options.input(), "input");
  }

  /**
   * @param written what the output's operator writes
   */
  Form output(EditableTensor tensor, Form written) {
    if (carried != null) {
      return carried.end(tensor);
    }
    Activation activation = written.activation();
    if (activation != null && options.output().name().equals(activation.type().name())) {
      return written;
    }
    if (activation != null
        && options.output() == IoType.UINT8
        && activation.type() == dev.octet.TensorType.INT8) {
      return new Form(activation.asUint8());
    }
    return form(tensor, options.output(), "output");
  }

  private Form form(EditableTensor tensor, IoType type, String end) {
    if (type == IoType.FLOAT) {
      return Form.FLOAT;
    }
    Compute compute = type == IoType.INT16 ? Compute.INT16X8 : Compute.INT8;
    Activation home =
        tensor.constant()
            ? Constants.activation(tensor, compute)
            : scales.get(compute).home(tensor);
    if (home == null) {
      remarks.add(end + " " + tensor + " keeps its floats: no range of it was measured");
      return Form.FLOAT;
    }
    return new Form(type == IoType.UINT8 ? home.asUint8() : home);
  }
}
