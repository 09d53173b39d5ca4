// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.Model;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import java.util.List;
import java.util.function.Function;

/** Small models quantized, and what is asked of them. */
final class SmallQuantization {
  static final int[] ROW = {1, 8};
  static final Function<EditableOperator, OperatorConfig> INT8 =
      op -> OperatorConfig.of(Compute.INT8);

  static EditableModel quantized(
      SmallModel m, Function<EditableOperator, OperatorConfig> configs, IntegerOptions options) {
    return quantized(m, measured(m), configs, options);
  }

  static EditableModel quantized(
      SmallModel m,
      ActivationRanges ranges,
      Function<EditableOperator, OperatorConfig> configs,
      IntegerOptions options) {
    EditableModel model = EditableModel.read("small", m.bytes());
    IntegerQuantization.apply(model, ranges, configs, options);
    return EditableModel.read("small", model.toBytes());
  }

  static ActivationRanges measured(SmallModel m) {
    try (Model model = Model.load(m.bytes())) {
      return new Calibrator("small", m.bytes())
          .calibrate(null, DataSets.random(5, 10, model.inputs()));
    }
  }

  static EditableModel int8(SmallModel m) {
    return quantized(m, INT8, IntegerOptions.of(IoType.INT8));
  }

  static List<String> kinds(EditableModel model) {
    return model.graphs().get(0).operators().stream().map(EditableOperator::name).toList();
  }

  static EditableOperator op(EditableModel model, int index) {
    return model.graphs().get(0).operators().get(index);
  }

  static String scale(EditableTensor tensor) {
    return tensor.quantization().affine().toString();
  }

  private SmallQuantization() {}
}
