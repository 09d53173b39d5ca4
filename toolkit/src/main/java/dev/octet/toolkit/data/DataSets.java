// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.SignatureInfo;
import dev.octet.TensorInfo;
import dev.octet.TensorType;
import dev.octet.toolkit.demo.DigitPictures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens data sets by name. A name is one of
 *
 * <ul>
 *   <li>{@code DIR}: a folder of pictures ({@code .png .jpg .bmp}), of {@code .npy} or of raw
 *       {@code .bin} files, each a sample. Sub-folders are labels: their own numbers where all are
 *       numbers, else their place in natural order, or in the options' file of class names. For
 *       several inputs the files are {@code SAMPLE.INPUT.ending}.
 *   <li>{@code FILE.npy}: a sample for each index of the first dimension; a single one when the
 *       array has the input's shape.
 *   <li>{@code FILE.npz}: the same for several inputs. An input takes the array of its name (the
 *       signature's, the tensor's, that without {@code serving_default_} and {@code :0}), or {@code
 *       input_i} or {@code arr_i} by its number; a single input also {@code x}. {@code labels} or
 *       {@code y} hold the labels, {@code targets} what the first output should be; no array may be
 *       left over. {@code FILE.npz:train} takes {@code x_train} and {@code y_train} only.
 *   <li>{@code DIR:train}, {@code DIR:t10k}: MNIST's IDX files {@code train-images-idx3-ubyte} and
 *       {@code train-labels-idx1-ubyte}, plain or {@code .gz}; any other prefix as well.
 *   <li>{@code random:SEED:COUNT}: reals in [-1, 1), integers as {@link RandomInput} gives them; no
 *       labels.
 *   <li>{@code digits:SEED:COUNT}: drawn digits of 28 x 28 grey pixels with their labels, the same
 *       for a seed on every machine; no file is needed.
 *   <li>a single picture or {@code .bin} file.
 * </ul>
 *
 * <p>{@code NAME@A:B} is the samples A to B of a set, B excluded and either may be left out; with
 * one shuffle seed, {@code NAME@:200} and {@code NAME@200:} have nothing in common. {@code
 * INPUT=NAME,INPUT=NAME} takes each input from a set of its own, all of the same length. {@code
 * KEY/NAME;KEY/NAME} are the sets of several signatures ({@link #openAll}).
 *
 * <p>Shapes are compared without dimensions of 1. In a sample, an input that is a float or
 * quantized takes real numbers (FLOAT32), any other whole numbers of its type. UINT8 elements of
 * arrays, and raw files of one byte for each element of a float input, are pixels like those of
 * pictures: for a float input p / 255, with three channels (p - 127.5) / 127.5; for a quantized
 * 8-bit one the element itself (int8: less 128); mean and standard deviation of the options
 * override all of these. Elements of a quantized input's own type are its elements.
 */
public final class DataSets {
  static final String FORMS =
      "data sets are DIR, FILE.npy, FILE.npz, DIR:train (IDX files), random:SEED:COUNT,"
          + " digits:SEED:COUNT, for several inputs INPUT=NAME,INPUT=NAME";

  private DataSets() {}

  /**
   * Opens a data set for the inputs of a model, named as their tensors.
   *
   * @param inputs of the float model's entry point, in order; an open batch dimension counts 1
   * @throws DataFormatException naming the file, if it is damaged, empty or does not fit
   * @throws IOException if a file cannot be read
   * @throws IllegalArgumentException if {@code spec} cannot feed these inputs, whatever the files
   */
  public static DataSet open(String spec, List<TensorInfo> inputs, DataOptions options)
      throws IOException {
    List<ModelInput> slots = new ArrayList<>();
    for (TensorInfo input : inputs) {
      slots.add(new ModelInput(input.name(), input, options.normalization()));
    }
    return read(spec, slots, options);
  }

  /** The same for an entry point, whose inputs are also known by its argument names. */
  public static DataSet open(String spec, SignatureInfo signature, DataOptions options)
      throws IOException {
    List<ModelInput> slots = new ArrayList<>();
    signature
        .inputs()
        .forEach((name, info) -> slots.add(new ModelInput(name, info, options.normalization())));
    return read(spec, slots, options);
  }

  /**
   * Opens data sets of several entry points: {@code KEY/NAME;KEY/NAME}. A name without {@code KEY/}
   * belongs to the first signature; a folder that is called as a signature is {@code ./KEY}.
   *
   * @return by key, in the order of {@code spec}
   * @throws IllegalArgumentException if a key comes twice
   */
  public static Map<String, DataSet> openAll(
      String spec, List<SignatureInfo> signatures, DataOptions options) throws IOException {
    List<List<String>> keys = signatures.stream().map(each -> List.of(each.key())).toList();
    List<NamedParts.Part> parts = NamedParts.split(spec, ';', '/', keys);
    if (parts.isEmpty()) {
      parts = List.of(new NamedParts.Part(0, spec));
    }
    Map<String, DataSet> sets = new LinkedHashMap<>();
    for (NamedParts.Part part : parts) {
      SignatureInfo signature = signatures.get(part.index());
      if (sets.put(signature.key(), open(part.text(), signature, options)) != null) {
        throw new IllegalArgumentException(
            spec + " has two sets for the signature '" + signature.key() + "'");
      }
    }
    return sets;
  }

  private static DataSet read(String spec, List<ModelInput> inputs, DataOptions options)
      throws IOException {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("the entry point has no input to feed from " + spec);
    }
    return new SourceDataSet(spec, new DataSpec(inputs, options).open(spec));
  }

  /**
   * Random samples: reals in [-1, 1), integers as {@link RandomInput} gives them; the same for a
   * seed on every machine.
   *
   * @throws IllegalArgumentException if {@code count} is not positive
   */
  public static DataSet random(long seed, int count, List<TensorInfo> inputs) {
    List<ModelInput> slots = new ArrayList<>();
    for (TensorInfo input : inputs) {
      slots.add(new ModelInput(input.name(), input, Optional.empty()));
    }
    String name = "random:" + seed + ":" + count;
    return new SourceDataSet(name, new RandomSource(name, seed, count, slots));
  }

  /**
   * Drawn digits with their labels, as arrays of 1 x 28 x 28 real numbers, p / 255 of pixel p; the
   * same for a seed on every machine. Each is drawn once and kept.
   *
   * @throws IllegalArgumentException unless {@code count} is 1 to 1,000,000
   */
  public static DataSet digits(long seed, int count) {
    String name = "digits:" + seed + ":" + count;
    int[] shape = {1, DigitPictures.SIZE, DigitPictures.SIZE};
    TensorInfo info =
        new TensorInfo(0, name, TensorType.FLOAT32, shape, shape, Optional.empty(), false);
    ModelInput input = new ModelInput(name, info, Optional.empty());
    return new SourceDataSet(name, new DigitsSource(name, seed, count, input));
  }

  /**
   * Samples that a program makes. They are checked when they are used ({@link Samples#fill}).
   *
   * @param samples gives the same samples in the same order each time
   * @throws IllegalArgumentException if a collection is empty; another Iterable that gives nothing
   *     is refused by the first iteration
   */
  public static DataSet of(String name, Iterable<Sample> samples) {
    DataSet set = new IterableDataSet(name, samples);
    if (set.size() == 0) {
      set.iterator();
    }
    return set;
  }

  /**
   * Requires that each label is a class of the model. Samples without a label (-1) are passed over.
   * Sets that {@link #open} gave are checked without reading their samples.
   *
   * @param classes of the model: labels are 0 to {@code classes - 1}
   * @return how many samples have a label
   * @throws DataFormatException naming the first sample whose label is out of range
   */
  public static int checkLabels(DataSet set, int classes) throws DataFormatException {
    int labelled = 0;
    if (set instanceof SourceDataSet read) {
      for (int i = 0; i < set.size(); i++) {
        labelled += checked(read.source().name(i), read.source().label(i), classes);
      }
      return labelled;
    }
    for (Iterator<Sample> samples = set.iterator(); samples.hasNext(); ) {
      Sample sample = samples.next();
      labelled += checked(sample.name(), sample.label(), classes);
    }
    return labelled;
  }

  private static int checked(String sample, int label, int classes) throws DataFormatException {
    if (label < -1 || label >= classes) {
      throw new DataFormatException(
          sample, "has label " + label + "; the model has " + classes + " classes, from 0");
    }
    return label < 0 ? 0 : 1;
  }
}
