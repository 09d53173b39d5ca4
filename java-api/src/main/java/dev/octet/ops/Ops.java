// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Every operator that Octet runs. */
public final class Ops {
  public static final List<OpSpec> ALL =
      List.of(
          Add.SPEC,
          Conv2d.SPEC,
          DepthwiseConv2d.SPEC,
          Dequantize.SPEC,
          FullyConnected.SPEC,
          Mean.SPEC,
          Pool2d.AVERAGE,
          Pool2d.MAX,
          Quantize.SPEC,
          Reshape.SPEC,
          Softmax.SPEC);

  private static final Map<BuiltinOperator, OpSpec> BY_CODE = new EnumMap<>(BuiltinOperator.class);

  static {
    for (OpSpec spec : ALL) {
      BY_CODE.put(spec.builtin(), spec);
    }
  }

  private Ops() {}

  /** The operator, or an {@link UnsupportedOp} that says why there is none. */
  public static Op read(TfliteOperator operator) {
    OpSpec spec = BY_CODE.get(operator.builtin());
    if (spec == null) {
      return new UnsupportedOp(
          operator.name(),
          operator.builtin() == BuiltinOperator.CUSTOM
              ? "custom operators are not supported"
              : "this operator is not supported");
    }
    if (operator.version() > spec.maxVersion()) {
      return new UnsupportedOp(
          operator.name(),
          "version "
              + operator.version()
              + " is not known, only versions up to "
              + spec.maxVersion());
    }
    return spec.reader().read(operator);
  }
}
