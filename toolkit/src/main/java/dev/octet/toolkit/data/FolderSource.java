// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a folder, in natural order of their names: one a sample, or for a model of several
 * inputs {@code SAMPLE.INPUT.ending}, one for each input. Where the files lie in sub-folders, these
 * are the classes. Other files, and names that begin with a dot, are passed over.
 */
final class FolderSource implements SampleSource {
  private final List<ModelInput> inputs;
  private final List<Entry> entries;
  private final List<String> classes;

  /** The files of a sample, in the order of the inputs. */
  private record Entry(String name, int label, List<Path> files) {}

  private FolderSource(List<ModelInput> inputs, List<Entry> entries, List<String> classes) {
    this.inputs = inputs;
    this.entries = entries;
    this.classes = classes;
  }

  /**
   * Lists a folder.
   *
   * @param names of the classes by label; empty to take the sub-folders' own
   * @throws DataFormatException if there is no sample, or it is unclear which are
   */
  static SampleSource open(Path folder, List<ModelInput> inputs, List<String> names)
      throws IOException {
    List<Path> folders = children(folder, Files::isDirectory);
    List<Entry> entries = new ArrayList<>(entries(folder, inputs));
    FolderClasses classes = FolderClasses.of(folder, folders, names);
    boolean flat = !entries.isEmpty();
    for (Path each : folders) {
      List<Entry> inside = entries(each, inputs);
      if (flat && !inside.isEmpty()) {
        throw new DataFormatException(
            folder.toString(),
            "has files ("
                + entries.get(0).name()
                + ") and sub-folders with files ("
                + inside.get(0).name()
                + "): are there labels or not?");
      }
      for (Entry entry : inside) {
        entries.add(new Entry(entry.name(), classes.label(each), entry.files()));
      }
    }
    if (entries.isEmpty()) {
      List<String> idx = IdxSource.prefixes(folder);
      throw new DataFormatException(
          folder.toString(),
          "holds no .png, .jpg, .bmp, .npy or .bin, nor do its sub-folders"
              + (idx.isEmpty() ? "" : "; its IDX files are named as " + folder + ":" + idx.get(0)));
    }
    requireOneKind(folder, entries, inputs);
    return new FolderSource(inputs, entries, flat ? names : classes.names());
  }

  /** A single file for a single input. */
  static SampleSource file(Path file, ModelInput input, List<String> names) throws IOException {
    new SampleFile(input).require(file.toString(), SampleFile.Kind.of(file));
    Entry entry = new Entry(file.toString(), -1, List.of(file));
    return new FolderSource(List.of(input), List.of(entry), names);
  }

  private static List<Path> children(Path folder, java.util.function.Predicate<Path> kind)
      throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(kind)
          .sorted(Comparator.comparing(f -> f.getFileName().toString(), NaturalOrder.INSTANCE))
          .toList();
    }
  }

  private static List<Entry> entries(Path folder, List<ModelInput> inputs) throws IOException {
    List<Path> files =
        children(folder, file -> SampleFile.Kind.of(file) != null && Files.isRegularFile(file));
    if (inputs.size() == 1) {
      return files.stream().map(f -> new Entry(f.toString(), -1, List.of(f))).toList();
    }
    Map<String, Path[]> samples = new TreeMap<>(NaturalOrder.INSTANCE);
    for (Path file : files) {
      place(file, inputs, samples);
    }
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, Path[]> sample : samples.entrySet()) {
      String name = folder.resolve(sample.getKey()).toString();
      for (int i = 0; i < inputs.size(); i++) {
        if (sample.getValue()[i] == null) {
          throw new DataFormatException(
              name, "has no file for the input '" + inputs.get(i).name() + "'");
        }
      }
      entries.add(new Entry(name, -1, List.of(sample.getValue())));
    }
    return entries;
  }

  private static void place(Path file, List<ModelInput> inputs, Map<String, Path[]> samples)
      throws DataFormatException {
    String name = file.getFileName().toString();
    String stem = name.substring(0, name.lastIndexOf('.'));
    for (int i = 0; i < inputs.size(); i++) {
      for (String each : inputs.get(i).namesAt(i)) {
        if (stem.endsWith("." + each) && stem.length() > each.length() + 1) {
          String sample = stem.substring(0, stem.length() - each.length() - 1);
          Path[] files = samples.computeIfAbsent(sample, key -> new Path[inputs.size()]);
          if (files[i] != null) {
            throw new DataFormatException(
                file.toString(), "feeds the same input as " + files[i].getFileName());
          }
          files[i] = file;
          return;
        }
      }
    }
    throw new DataFormatException(
        file.toString(),
        "names no input; files of several inputs are named SAMPLE.INPUT.ending, the inputs are "
            + inputs.stream().map(ModelInput::name).toList());
  }

  private static void requireOneKind(Path folder, List<Entry> entries, List<ModelInput> inputs)
      throws DataFormatException {
    for (int i = 0; i < inputs.size(); i++) {
      int input = i;
      Map<SampleFile.Kind, Path> kinds =
          entries.stream()
              .map(entry -> entry.files().get(input))
              .collect(Collectors.toMap(SampleFile.Kind::of, f -> f, (a, b) -> a, TreeMap::new));
      if (kinds.size() > 1) {
        throw new DataFormatException(
            folder.toString(), "holds files of different kinds: " + kinds.values());
      }
      new SampleFile(inputs.get(i)).require(folder.toString(), kinds.keySet().iterator().next());
    }
  }

  @Override
  public int count() {
    return entries.size();
  }

  @Override
  public String name(int index) {
    return entries.get(index).name();
  }

  @Override
  public int label(int index) {
    return entries.get(index).label();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public Cursor open(boolean forward) {
    List<SampleFile> readers = inputs.stream().map(SampleFile::new).toList();
    return new Cursor() {
      @Override
      public List<NpyArray> inputs(int index) throws IOException {
        List<NpyArray> arrays = new ArrayList<>();
        for (int i = 0; i < readers.size(); i++) {
          arrays.add(readers.get(i).read(entries.get(index).files().get(i)));
        }
        return arrays;
      }

      @Override
      public float[] target(int index) {
        return null;
      }

      @Override
      public void close() {}
    };
  }
}
