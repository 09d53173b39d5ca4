// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.calibrate.ActivationRanges;
import dev.octet.toolkit.calibrate.CalibrationMethod;
import dev.octet.toolkit.calibrate.CalibrationRemarks;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.ProgressListener;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Sha256;
import dev.octet.toolkit.data.WholeFile;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.quantize.WeightQuantization.NearZero;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Quantizes a float model after training.
 *
 * <pre>{@code
 * Quantizer.of(Path.of("float.tflite")).mode(Mode.INT8).calibration(samples)
 *     .quantize().writeTo(Path.of("int8.tflite"));
 * }</pre>
 *
 * The same model, options and samples give the same bytes. A quantizer may be used again and
 * changed between uses; it is not for several threads at once.
 */
public final class Quantizer {
  /** Bias correction runs each sample once a layer. */
  private static final int BIAS_SAMPLES = 64;

  private final String name;
  private final byte[] source;
  private final QuantizerOptions options = new QuantizerOptions();
  private CalibrationMethod method = CalibrationMethod.minMax();
  private ActivationRanges ranges;
  private CalibrationStatistics statistics;
  private Map<String, DataSet> samples;
  private DataSet biasSamples;
  private ProgressListener listener = (done, total) -> {};
  private byte[] prepared;
  private RefusedOperators refused;

  private Quantizer(String name, byte[] source) {
    this.name = name;
    this.source = source;
  }

  /** Starts from a float model's file. */
  public static Quantizer of(Path file) throws IOException {
    return new Quantizer(file.toString(), WholeFile.read(file));
  }

  /** Starts from a float model's bytes; {@code name} is for messages. */
  public static Quantizer of(String name, byte[] model) {
    return new Quantizer(name, model.clone());
  }

  /** What operators become where the recipe says nothing; without a recipe it must be said. */
  public Quantizer mode(Mode mode) {
    options.mode = mode;
    return this;
  }

  /** Rules for single operators; null for none. Without a mode, others stay float. */
  public Quantizer recipe(Recipe recipe) {
    options.recipe = recipe;
    return this;
  }

  /** The type of an integer model's inputs and outputs: float, unless the recipe says otherwise. */
  public Quantizer io(IoType type) {
    options.io = type;
    return this;
  }

  /** Fail where an operator that is to compute on integers cannot. */
  public Quantizer strict(boolean on) {
    options.strict = on;
    return this;
  }

  /** {@link Equalization} first. */
  public Quantizer equalize(boolean on) {
    if (on != options.equalize && samples != null) {
      statistics = null;
    }
    options.equalize = on;
    prepared = null;
    refused = null;
    return this;
  }

  /** A scale for each channel of the weights, which is the default, or one for each tensor. */
  public Quantizer perChannel(boolean each) {
    options.perChannel = each;
    return this;
  }

  /** False for one weight scale in each integer FULLY_CONNECTED, as TensorFlow before 2.17. */
  public Quantizer perChannelDense(boolean each) {
    options.perChannelDense = each;
    return this;
  }

  /** 8, which is the default, or 4. */
  public Quantizer weightBits(int bits) {
    options.weightBits = new OperatorConfig(Compute.FLOAT, bits, true, 0).weightBits();
    return this;
  }

  /**
   * Of the biases beside int16 activations: 64, which is the default, or 32 but for
   * DEPTHWISE_CONV_2D, whose kernel takes 64 only.
   */
  public Quantizer biasBits(int bits) {
    if (bits != 64 && bits != 32) {
      throw new IllegalArgumentException("biases have 64 or 32 bits, not " + bits);
    }
    options.biasBits = bits;
    return this;
  }

  /** In DYNAMIC and WEIGHT_ONLY smaller weights stay as they are; 1024 unless set. */
  public Quantizer minWeightElements(int elements) {
    if (elements < 0) {
      throw new IllegalArgumentException("least elements of weights are " + elements);
    }
    options.minWeightElements = elements;
    return this;
  }

  /** How channels of almost no magnitude are treated; as TensorFlow's converter unless set. */
  public Quantizer nearZero(NearZero rule) {
    options.nearZero = Objects.requireNonNull(rule);
    return this;
  }

  /** Ranges of {@link #floatModel}'s tensors, by their index in its file. */
  public Quantizer calibration(ActivationRanges known) {
    ranges = known;
    statistics = null;
    samples = null;
    return this;
  }

  /** What {@link #floatModel} was seen to hold; {@link #method} makes ranges of it. */
  public Quantizer calibration(CalibrationStatistics seen) {
    calibration((ActivationRanges) null);
    statistics = seen;
    return this;
  }

  /** Samples for the model's first entry point, to run {@link #floatModel} on when it is time. */
  public Quantizer calibration(DataSet data) {
    calibration((ActivationRanges) null);
    samples = data == null ? null : Collections.singletonMap(null, data);
    return this;
  }

  /** Likewise for several entry points, by signature. */
  public Quantizer calibration(Map<String, DataSet> bySignature) {
    calibration((ActivationRanges) null);
    samples = new LinkedHashMap<>(bySignature);
    return this;
  }

  /**
   * How ranges follow from statistics or samples: from the least to the greatest number unless set.
   * The file's metadata has the rule's {@code toString}.
   */
  public Quantizer method(CalibrationMethod rule) {
    method = Objects.requireNonNull(rule);
    return this;
  }

  /**
   * {@link BiasCorrection} last, on the first {@value #BIAS_SAMPLES} of these samples for the first
   * entry point; null for none.
   */
  public Quantizer correctBias(DataSet data) {
    biasSamples = data;
    options.correctBias = data != null;
    return this;
  }

  /** Hears how far the samples are. */
  public Quantizer listener(ProgressListener hears) {
    listener = Objects.requireNonNull(hears);
    return this;
  }

  /**
   * The float model that is quantized and that ranges are to be measured on: the source, but for
   * float16 constants, which are float32 in it, and equalization.
   *
   * @throws dev.octet.MalformedModelException if the bytes are no model
   * @throws IllegalArgumentException naming model, operator and tensor, if it is quantized already
   */
  public byte[] floatModel() {
    if (prepared == null) {
      EditableModel model = EditableModel.read(name, source);
      boolean changed = FloatSource.prepare(model);
      if (options.equalize) {
        changed |= !Equalization.apply(model).isEmpty();
      }
      prepared = changed ? model.toBytes() : source;
    }
    return prepared.clone();
  }

  /**
   * Runs {@link #floatModel} on the samples that {@link #calibration} was given; {@link #quantize}
   * then does not run them again.
   *
   * @throws IllegalStateException if there are none
   * @throws dev.octet.OctetException if a run fails or is cancelled (by an interrupt)
   * @throws java.io.UncheckedIOException if a sample cannot be read or does not fit
   */
  public CalibrationStatistics calibrate() {
    if (samples == null) {
      throw new IllegalStateException(name + ": there are no samples to calibrate with");
    }
    Calibrator calibrator = new Calibrator(name, floatModel()).listener(listener);
    samples.forEach(calibrator::calibrate);
    statistics = calibrator.statistics();
    return statistics;
  }

  /**
   * Quantizes.
   *
   * @throws dev.octet.MalformedModelException if the bytes are no model
   * @throws IllegalArgumentException if the model is quantized already, if neither mode nor recipe
   *     is set, if options contradict each other, if statistics are of another model, or if weights
   *     have no quantized value; the message names model, operator, tensor
   * @throws dev.octet.OctetException if {@link #strict} and an operator cannot compute on integers,
   *     if no range is known, or if a sample's run fails or is cancelled (by an interrupt)
   * @throws java.io.UncheckedIOException if a sample cannot be read or does not fit
   */
  public QuantizedModel quantize() {
    if (options.mode == null && options.recipe == null) {
      throw new IllegalArgumentException(name + ": neither a mode nor a recipe is set");
    }
    byte[] bytes = floatModel();
    if (refused == null) {
      refused = RefusedOperators.of(EditableModel.read(name, bytes), bytes);
    }
    RefusedOperators all = refused.copy();
    QuantizedModel made = null;
    while (made == null) {
      made = quantize(bytes, all);
    }
    return made;
  }

  /** Null when the engine refused the file for operators that are now among {@code all}. */
  private QuantizedModel quantize(byte[] bytes, RefusedOperators all) {
    Pipeline pipeline = new Pipeline(EditableModel.read(name, bytes), options, all);
    boolean given = ranges != null || statistics != null || samples != null;
    if (pipeline.needsRanges() && samples != null && statistics == null) {
      calibrate();
    }
    CalibrationStatistics seen = pipeline.needsRanges() ? statistics : null;
    pipeline.run(seen == null ? ranges : measured(seen, bytes, pipeline.activationBits()));
    List<String> remarks = new ArrayList<>();
    if (seen != null) {
      remarks.addAll(CalibrationRemarks.of(seen));
    } else if (given && !pipeline.needsRanges()) {
      remarks.add("calibration was given and not needed");
    }
    if (biasSamples != null) {
      correctBias(bytes, pipeline);
    }
    remarks.addAll(pipeline.remarks());
    byte[] made = pipeline.finish(source, provenance(seen));
    if (all.found(bytes, made, pipeline.model())) {
      return null;
    }
    return new QuantizedModel(name, source.length, made, pipeline.notes(), remarks);
  }

  private void correctBias(byte[] bytes, Pipeline pipeline) {
    if (!pipeline.needsRanges()) {
      throw new IllegalArgumentException(
          name + ": no operator is to compute on integers, so there are no biases to correct");
    }
    List<Sample> list = new ArrayList<>();
    for (Sample sample : biasSamples) {
      if (list.size() == BIAS_SAMPLES) {
        break;
      }
      list.add(sample);
    }
    try {
      BiasCorrection.apply(EditableModel.read(name, bytes), pipeline.model(), list);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ActivationRanges measured(CalibrationStatistics seen, byte[] bytes, int bits) {
    String hash = Sha256.of(bytes);
    if (!seen.modelHash().equals(hash)) {
      throw new IllegalArgumentException(
          name
              + ": the statistics are of another model (SHA-256 "
              + seen.modelHash()
              + ", not "
              + hash
              + (Arrays.equals(bytes, source) ? ")" : ", as it is after equalization)"));
    }
    if (!seen.nonFinite().isEmpty()
        && seen.tensors().stream().allMatch(tensor -> tensor.count() == 0)) {
      throw new IllegalArgumentException(
          name + ": in no sample was a number that is finite, only NaN and infinities");
    }
    return seen.using(method, bits);
  }

  private JsonObject provenance(CalibrationStatistics seen) {
    if (seen == null) {
      return null;
    }
    JsonObject json = new JsonObject();
    String rule = method.toString();
    if (!rule.equals(CalibrationMethod.minMax().toString())) {
      json.addProperty("method", rule);
    }
    JsonArray data = new JsonArray();
    for (CalibrationStatistics.Source each : seen.sources()) {
      JsonObject set = new JsonObject();
      if (each.signature() != null && !each.signature().isEmpty()) {
        set.addProperty("signature", each.signature());
      }
      set.addProperty("samples", each.samples());
      set.addProperty("sha256", each.hash());
      data.add(set);
    }
    json.add("data", data);
    return json;
  }
}
