// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the name of a data set; the syntax is {@link DataSets}'. */
final class DataSpec {
  private static final Pattern SEEDED =
      Pattern.compile("(random|digits):(-?[0-9]{1,18}):([0-9]{1,9})");
  private static final Pattern PART = Pattern.compile("(.+):([^:/\\\\]+)");
  private static final Pattern RANGE = Pattern.compile("(.+)@([0-9]{0,9}):([0-9]{0,9})");

  private final List<ModelInput> inputs;
  private final DataOptions options;
  private final List<String> classes;

  DataSpec(List<ModelInput> inputs, DataOptions options) throws IOException {
    this(
        inputs,
        options,
        options.labels().isPresent() ? ClassNames.read(options.labels().get()) : List.of());
  }

  private DataSpec(List<ModelInput> inputs, DataOptions options, List<String> classes) {
    this.inputs = inputs;
    this.options = options;
    this.classes = classes;
  }

  /** Opens what {@code spec} names, shuffled, skipped and limited by the options. */
  SampleSource open(String spec) throws IOException {
    SampleSource source = combined(spec);
    if (options.labels().isPresent()) {
      ClassNames.require(options.labels().get().toString(), classes, source);
    }
    int from = options.skip();
    int to = (int) Math.min((long) from + options.limit(), Integer.MAX_VALUE);
    return SelectedSource.slice(spec, source, from, to);
  }

  private SampleSource combined(String spec) throws IOException {
    List<List<String>> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      names.add(inputs.get(i).namesAt(i));
    }
    List<NamedParts.Part> parts = NamedParts.split(spec, ',', '=', names);
    if (parts.isEmpty()) {
      return range(spec);
    }
    SampleSource[] sources = new SampleSource[inputs.size()];
    for (NamedParts.Part part : parts) {
      int i = part.index();
      if (sources[i] != null) {
        throw new IllegalArgumentException(
            spec + " feeds the input '" + inputs.get(i).name() + "' twice");
      }
      List<ModelInput> input = List.of(inputs.get(i));
      sources[i] = new DataSpec(input, options, classes).range(part.text());
    }
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] == null) {
        throw new IllegalArgumentException(
            spec + " does not feed the input '" + inputs.get(i).name() + "'");
      }
    }
    return sources.length == 1 ? sources[0] : new CombinedSource(spec, Arrays.asList(sources));
  }

  private SampleSource range(String spec) throws IOException {
    Matcher range = RANGE.matcher(spec);
    if (!range.matches()) {
      return ordered(spec);
    }
    int from = range.group(2).isEmpty() ? 0 : Integer.parseInt(range.group(2));
    int to = range.group(3).isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(range.group(3));
    return SelectedSource.slice(spec, ordered(range.group(1)), from, to);
  }

  private SampleSource ordered(String spec) throws IOException {
    SampleSource source = leaf(spec);
    return options.shuffle().isPresent()
        ? SelectedSource.shuffled(spec, source, options.shuffle().getAsLong())
        : source;
  }

  private SampleSource leaf(String spec) throws IOException {
    Matcher seeded = SEEDED.matcher(spec);
    if (seeded.matches()) {
      long seed = Long.parseLong(seeded.group(2));
      int count = Integer.parseInt(seeded.group(3));
      return seeded.group(1).equals("random")
          ? new RandomSource(spec, seed, count, inputs)
          : new DigitsSource(spec, seed, count, only(spec));
    }
    Path path = Path.of(spec);
    if (Files.isDirectory(path)) {
      return FolderSource.open(path, inputs, classes);
    }
    if (spec.endsWith(".npy")) {
      ModelInput input = only(spec);
      List<ArrayFile> array = List.of(NpyArrayFiles.open(path));
      return new ArraySource(spec, List.of(input), array, null, null, classes);
    }
    if (spec.endsWith(".npz")) {
      return NpzSource.open(spec, path, null, inputs, classes);
    }
    Matcher part = PART.matcher(spec);
    if (part.matches() && part.group(1).endsWith(".npz")) {
      return NpzSource.open(spec, Path.of(part.group(1)), part.group(2), inputs, classes);
    }
    if (part.matches() && Files.isDirectory(Path.of(part.group(1)))) {
      return IdxSource.open(spec, Path.of(part.group(1)), part.group(2), only(spec), classes);
    }
    if (SampleFile.Kind.of(path) != null && Files.exists(path)) {
      return FolderSource.file(path, only(spec), classes);
    }
    if (!Files.exists(path)) {
      throw new DataFormatException(spec, "no such file or folder; " + DataSets.FORMS);
    }
    throw new DataFormatException(spec, "is no data set; " + DataSets.FORMS);
  }

  private ModelInput only(String spec) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          spec
              + " feeds one input, the model has "
              + inputs.stream().map(ModelInput::name).toList()
              + "; name them as INPUT=SPEC,INPUT=SPEC");
    }
    return inputs.get(0);
  }
}
