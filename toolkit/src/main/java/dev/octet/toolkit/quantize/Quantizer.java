// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import com.google.gson.JsonObject;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Quantizes a float model after training.
 *
 * <pre>{@code
 * Quantizer.of(Path.of("float.tflite")).mode(Mode.DYNAMIC).quantize().writeTo(Path.of("small.tflite"));
 * }</pre>
 *
 * The same model and options give the same bytes. A quantizer may be used again and changed between
 * uses; it is not for several threads at once.
 */
public final class Quantizer {
  private final String name;
  private final byte[] source;
  private Mode mode;
  private Recipe recipe;
  private boolean perChannel = true;
  private int weightBits = 8;
  private int minWeightElements = OperatorConfig.DEFAULT_MIN_WEIGHT_ELEMENTS;
  private NearZero nearZero = NearZero.WIDENED;

  private Quantizer(String name, byte[] source) {
    this.name = name;
    this.source = source;
  }

  /** Starts from a float model's file. */
  public static Quantizer of(Path file) throws IOException {
    return new Quantizer(file.toString(), Files.readAllBytes(file));
  }

  /** Starts from a float model's bytes; {@code name} is for messages. */
  public static Quantizer of(String name, byte[] model) {
    return new Quantizer(name, model.clone());
  }

  /** What operators become where the recipe says nothing; without a recipe it must be said. */
  public Quantizer mode(Mode newMode) {
    mode = newMode;
    return this;
  }

  /** Rules for single operators; null for none. Without a mode, others stay float. */
  public Quantizer recipe(Recipe newRecipe) {
    recipe = newRecipe;
    return this;
  }

  /** A scale for each channel of the weights, which is the default, or one for each tensor. */
  public Quantizer perChannel(boolean each) {
    perChannel = each;
    return this;
  }

  /** 8, which is the default, or 4. */
  public Quantizer weightBits(int bits) {
    weightBits = new OperatorConfig(Compute.FLOAT, bits, true, 0).weightBits();
    return this;
  }

  /** In DYNAMIC and WEIGHT_ONLY smaller weights stay as they are; 1024 unless set. */
  public Quantizer minWeightElements(int elements) {
    minWeightElements = elements;
    return this;
  }

  /** How channels of almost no magnitude are treated; as TensorFlow's converter unless set. */
  public Quantizer nearZero(NearZero rule) {
    nearZero = rule;
    return this;
  }

  /**
   * Quantizes.
   *
   * @throws dev.octet.MalformedModelException if the bytes are no model
   * @throws IllegalArgumentException if the model is quantized already, if neither mode nor recipe
   *     is set, or if weights have no quantized value; the message names model, operator, tensor
   */
  public QuantizedModel quantize() {
    if (mode == null && recipe == null) {
      throw new IllegalArgumentException(name + ": neither a mode nor a recipe is set");
    }
    EditableModel model = FloatSource.read(name, source);
    List<String> remarks = new ArrayList<>();
    Function<EditableOperator, OperatorConfig> configs = configs(model, remarks);
    Notes notes = new Notes(model);
    try {
      IntegerWeights.apply(model, configs, nearZero, notes);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
    Float16Constants.apply(model, configs, notes);
    List<OperatorNote> list = notes.list();
    finish(model, list);
    return new QuantizedModel(name, source.length, model.toBytes(), list, remarks);
  }

  /** The configuration of every operator there is now; those made later stay as they are made. */
  private Function<EditableOperator, OperatorConfig> configs(
      EditableModel model, List<String> remarks) {
    OperatorConfig base =
        new OperatorConfig(
            mode == null ? Compute.FLOAT : mode.compute(),
            weightBits,
            perChannel,
            minWeightElements);
    Map<EditableOperator, OperatorConfig> configs = new IdentityHashMap<>();
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator operator : graph.operators()) {
        configs.put(operator, recipe == null ? base : recipe.config(operator, base));
      }
    }
    if (recipe != null) {
      remarks.addAll(recipe.unmatched(configs.keySet()));
    }
    OperatorConfig made = OperatorConfig.of(Compute.FLOAT);
    return operator -> configs.getOrDefault(operator, made);
  }

  private void finish(EditableModel model, List<OperatorNote> notes) {
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
    if (notes.stream().anyMatch(note -> note.compute() == Compute.FLOAT16)) {
      // tells accelerators that float16 arithmetic with float32 sums is precise enough
      model
          .metadata()
          .put(
              "reduced_precision_support",
              ByteBuffer.wrap("fp16accfp32".getBytes(StandardCharsets.US_ASCII)));
    }
    QuantizationMetadata.put(model, source, options(), null);
  }

  private JsonObject options() {
    JsonObject options = new JsonObject();
    if (mode != null) {
      options.addProperty("mode", mode.words());
    }
    if (recipe != null) {
      options.addProperty("recipe", recipe.text());
    }
    if (weightBits != 8) {
      options.addProperty("weight_bits", weightBits);
    }
    if (!perChannel) {
      options.addProperty("per_channel", false);
    }
    if (minWeightElements != OperatorConfig.DEFAULT_MIN_WEIGHT_ELEMENTS) {
      options.addProperty("min_weight_elements", minWeightElements);
    }
    if (nearZero != NearZero.WIDENED) {
      options.addProperty("near_zero", nearZero.name());
    }
    return options;
  }
}
