// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import com.google.gson.JsonElement;
import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.integer.IntegerOutcome;
import dev.octet.toolkit.quantize.integer.IntegerQuantization;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The passes of a quantizer over one model, in order. */
final class Pipeline {
  private final EditableModel model;
  private final QuantizerOptions options;
  private final Map<EditableOperator, OperatorConfig> configs = new IdentityHashMap<>();
  private final Notes notes;
  private final List<String> remarks = new ArrayList<>();

  /**
   * @param refused stay float
   */
  Pipeline(EditableModel model, QuantizerOptions options, RefusedOperators refused) {
    this.model = model;
    this.options = options;
    this.notes = new Notes(model);
    List<String> strict = new ArrayList<>();
    for (int g = 0; g < model.graphs().size(); g++) {
      for (EditableOperator operator : model.graphs().get(g).operators()) {
        OperatorConfig base = options.base();
        OperatorConfig config =
            options.recipe == null ? base : options.recipe.config(operator, base);
        String refusal =
            config.compute() == Compute.FLOAT || config.compute() == Compute.FLOAT16
                ? null
                : refused.reason(g, operator);
        if (refusal != null) {
          notes.put(operator, Compute.FLOAT, refusal);
          strict.add("operator " + operator.sourceIndex() + " " + operator + ": " + refusal);
        }
        configs.put(operator, refusal == null ? config : OperatorConfig.of(Compute.FLOAT));
      }
    }
    if (options.strict && !strict.isEmpty()) {
      throw new OctetException(
          model.source() + " cannot be quantized to integers only: " + String.join("; ", strict));
    }
    if (options.recipe != null) {
      remarks.addAll(options.recipe.unmatched(configs.keySet()));
    }
    if (!needsRanges() && options.ends() != IoType.FLOAT) {
      throw new IllegalArgumentException(
          model.source()
              + ": no operator is to compute on integers, so inputs and outputs cannot be "
              + options.ends());
    }
  }

  /** True when an operator is to have integer activations. */
  boolean needsRanges() {
    return configs.values().stream().anyMatch(config -> integer(config.compute()));
  }

  /** The width that ranges are for: 16 where no operator is to compute on int8. */
  int activationBits() {
    boolean narrow = configs.values().stream().anyMatch(c -> c.compute() == Compute.INT8);
    return narrow ? 8 : 16;
  }

  private static boolean integer(Compute compute) {
    return compute == Compute.INT8 || compute == Compute.INT16X8;
  }

  /**
   * Quantizes.
   *
   * @param ranges null for none; those from training (FAKE_QUANT) count all the same
   */
  void run(ActivationRanges ranges) {
    if (needsRanges()) {
      ActivationRanges known = ranges == null ? (graph, tensor) -> null : ranges;
      noteIntegers(IntegerQuantization.apply(model, known, this::config, options.integer()));
    }
    try {
      IntegerWeights.apply(model, this::config, options.nearZero, notes);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(model.source() + ": " + e.getMessage(), e);
    }
    Float16Constants.apply(model, this::config, notes);
  }

  /** Operators that passes made stay as they were made. */
  private OperatorConfig config(EditableOperator operator) {
    OperatorConfig config = configs.get(operator);
    return config == null ? OperatorConfig.of(Compute.FLOAT) : config;
  }

  private void noteIntegers(IntegerOutcome outcome) {
    configs.forEach(
        (operator, config) -> {
          if (integer(config.compute())) {
            noteInteger(operator, config.compute(), outcome);
          }
        });
    remarks.addAll(outcome.remarks());
  }

  private void noteInteger(EditableOperator operator, Compute asked, IntegerOutcome outcome) {
    Compute compute = outcome.computes().get(operator);
    String refusal = outcome.refusals().get(operator);
    if (compute != null && compute != asked) {
      notes.put(operator, compute, "int16, for its loop adds up to a value");
    } else if (compute != null) {
      notes.put(operator, compute, compute == Compute.INT8 ? "int8" : "int16 by int8");
    } else if (refusal != null) {
      notes.put(operator, Compute.FLOAT, refusal);
    } else if (operator.is(BuiltinOperator.FAKE_QUANT)) {
      notes.put(operator, asked, "gave its range to the tensor");
    } else if (operator.is(BuiltinOperator.IF, BuiltinOperator.WHILE) && integers(operator)) {
      notes.put(operator, asked, "passes integers on");
    } else if (!floats(operator)) {
      notes.put(operator, Compute.FLOAT, "has no floats to quantize");
    }
  }

  private static boolean integers(EditableOperator operator) {
    return ends(operator).stream()
        .anyMatch(
            tensor ->
                (tensor.type() == TensorType.INT8 || tensor.type() == TensorType.INT16)
                    && tensor.quantization() != null
                    && tensor.quantization().affine() != null);
  }

  private static boolean floats(EditableOperator operator) {
    return ends(operator).stream().anyMatch(tensor -> tensor.type() == TensorType.FLOAT32);
  }

  private static List<EditableTensor> ends(EditableOperator operator) {
    List<EditableTensor> ends = new ArrayList<>(operator.inputs());
    ends.addAll(operator.outputs());
    ends.removeIf(tensor -> tensor == null);
    return ends;
  }

  /** As it is now. */
  EditableModel model() {
    return model;
  }

  List<OperatorNote> notes() {
    return notes.list();
  }

  List<String> remarks() {
    return remarks;
  }

  /** Puts versions and metadata right; gives the file. */
  byte[] finish(byte[] source, JsonElement calibration) {
    for (EditableGraph graph : model.graphs()) {
      for (EditableTensor tensor : graph.tensors()) {
        if (tensor.quantization() != null
            && tensor.quantization().scales().length == 0
            && tensor.quantization().min().length == 0
            && tensor.quantization().details() == null) {
          tensor.quantization(null);
        }
      }
    }
    RuntimeVersions.unify(model);
    RuntimeVersions.update(model);
    if (notes().stream().anyMatch(note -> note.compute() == Compute.FLOAT16)) {
      // tells accelerators that float16 arithmetic with float32 sums is precise enough
      model
          .metadata()
          .put(
              "reduced_precision_support",
              ByteBuffer.wrap("fp16accfp32".getBytes(StandardCharsets.US_ASCII)));
    }
    QuantizationMetadata.put(model, source, options.json(), calibration);
    return model.toBytes();
  }
}
