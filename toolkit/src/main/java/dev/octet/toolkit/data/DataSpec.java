// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the name of a data set; the syntax is {@link DataSets}'. */
final class DataSpec {
  private static final Pattern RANDOM = Pattern.compile("random:(-?[0-9]{1,18}):([0-9]{1,9})");
  private static final Pattern PART = Pattern.compile("(.+):([^:/\\\\]+)");

  private final List<ModelInput> inputs;
  private final DataOptions options;
  private final List<String> classes;

  DataSpec(List<ModelInput> inputs, DataOptions options) throws IOException {
    this.inputs = inputs;
    this.options = options;
    this.classes =
        options.labels().isPresent() ? ClassNames.read(options.labels().get()) : List.of();
  }

  /** Opens what {@code spec} names, shuffled, skipped and limited by the options. */
  SampleSource open(String spec) throws IOException {
    SampleSource source = leaf(spec);
    if (options.labels().isPresent()) {
      ClassNames.require(options.labels().get().toString(), classes, source);
    }
    if (options.shuffle().isPresent()) {
      source = SelectedSource.shuffled(source, options.shuffle().getAsLong());
    }
    int from = options.skip();
    int to = (int) Math.min((long) from + options.limit(), Integer.MAX_VALUE);
    return SelectedSource.slice(spec, source, from, to);
  }

  private SampleSource leaf(String spec) throws IOException {
    Matcher random = RANDOM.matcher(spec);
    if (random.matches()) {
      long seed = Long.parseLong(random.group(1));
      return new RandomSource(spec, seed, Integer.parseInt(random.group(2)), inputs);
    }
    Path path = Path.of(spec);
    if (spec.endsWith(".npy")) {
      return new ArraySource(
          spec, inputs, List.of(NpyArrayFiles.open(only(spec, path))), null, null, classes);
    }
    if (spec.endsWith(".npz")) {
      return NpzSource.open(spec, path, null, inputs, classes);
    }
    Matcher part = PART.matcher(spec);
    if (part.matches()) {
      Path whole = Path.of(part.group(1));
      if (part.group(1).endsWith(".npz")) {
        return NpzSource.open(spec, whole, part.group(2), inputs, classes);
      }
      if (Files.isDirectory(whole)) {
        return idx(spec, whole, part.group(2));
      }
    }
    throw new IllegalArgumentException(
        "'"
            + spec
            + "' names no data set; known are FILE.npy, FILE.npz, DIR:train (IDX files),"
            + " random:SEED:COUNT");
  }

  private SampleSource idx(String spec, Path folder, String prefix) throws IOException {
    if (!IdxSource.exists(folder, prefix)) {
      throw new DataFormatException(
          folder.toString(),
          "holds no "
              + prefix
              + "-images-idx3-ubyte or .gz; IDX images there: "
              + IdxSource.prefixes(folder));
    }
    return IdxSource.open(spec, folder, prefix, only(spec).get(0), classes);
  }

  private Path only(String spec, Path path) {
    only(spec);
    return path;
  }

  private List<ModelInput> only(String spec) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          spec
              + " feeds one input, the model has "
              + inputs.stream().map(ModelInput::name).toList());
    }
    return inputs;
  }
}
