// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.toolkit.calibrate.CalibrationMethod;
import dev.octet.toolkit.quantize.IoType;
import dev.octet.toolkit.quantize.OperatorConfig;
import dev.octet.toolkit.quantize.Quantizer;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How weights, biases and ends of a model are quantized. */
final class QuantizeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--io",
      paramLabel = "TYPE",
      description = {
        "Type of an integer model's inputs and outputs: float (the default), int8, uint8, int16."
      })
  private String io;

  @Option(
      names = "--strict",
      description = "Fail, naming the operators, where one that is to compute on integers cannot.")
  private boolean strict;

  @Option(
      names = "--equalize",
      description = {
        "Cross-layer equalization first: channels of unlike ranges are rescaled between layers."
      })
  private boolean equalize;

  @Option(
      names = "--calibration-method",
      paramLabel = "METHOD",
      description = {
        "How ranges follow from what was seen: min-max (the default, TensorFlow's),"
            + " moving-average[:SMOOTHING], percentile[:PERCENT], mse, entropy."
      })
  private String method;

  @Option(names = "--bits", paramLabel = "N", description = "Bits of weights: 8 (default) or 4.")
  private Integer bits;

  @Option(
      names = "--per-tensor",
      description = "One scale for each weight tensor instead of one for each channel.")
  private boolean perTensor;

  @Option(
      names = "--per-tensor-dense",
      description = "The same for FULLY_CONNECTED only, as TensorFlow before 2.17 had it.")
  private boolean perTensorDense;

  @Option(
      names = "--min-elements",
      paramLabel = "N",
      description = {
        "dynamic and weight-only leave weights of fewer elements alone (default "
            + OperatorConfig.DEFAULT_MIN_WEIGHT_ELEMENTS
            + ")."
      })
  private Integer minElements;

  @Option(
      names = "--bias-bits",
      paramLabel = "N",
      description = "Bits of biases beside int16 activations: 64 (default) or 32.")
  private Integer biasBits;

  @Option(
      names = "--near-zero",
      paramLabel = "RULE",
      description = {
        "Channels whose weights are nearly zero: widened (the default, TensorFlow's converter) or"
            + " as-they-are (its older quantizer, which made the MLPerf Tiny models)."
      })
  private String nearZero;

  void apply(Quantizer quantizer) {
    try {
      if (io != null) {
        quantizer.io(constant(IoType.class, io));
      }
      if (method != null) {
        quantizer.method(CalibrationMethod.named(method));
      }
      if (bits != null) {
        quantizer.weightBits(bits);
      }
      if (minElements != null) {
        quantizer.minWeightElements(minElements);
      }
      if (biasBits != null) {
        quantizer.biasBits(biasBits);
      }
      if (nearZero != null) {
        quantizer.nearZero(constant(NearZero.class, nearZero));
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    quantizer
        .strict(strict)
        .equalize(equalize)
        .perChannel(!perTensor)
        .perChannelDense(!perTensorDense);
  }

  private static <E extends Enum<E>> E constant(Class<E> constants, String word) {
    StringBuilder known = new StringBuilder();
    for (E constant : constants.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (name.equalsIgnoreCase(word)) {
        return constant;
      }
      known.append(known.isEmpty() ? "" : ", ").append(name);
    }
    throw new IllegalArgumentException("there is no " + word + ", only " + known);
  }
}
