// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.SignatureInfo;
import dev.octet.toolkit.data.DataOptions;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the data sets of a command are read; they are named as {@link DataSets} says. */
final class DataSetOptions {
  /** The forms of names, for the description of an option that takes one. */
  static final String NAMES =
      "A folder of pictures, .npy or raw .bin files (sub-folders are labels); FILE.npy; FILE.npz;"
          + " DIR:train or DIR:t10k (IDX files); random:SEED:COUNT; digits:SEED:COUNT. NAME@A:B is"
          + " samples A to B of it. Several inputs: INPUT=NAME,INPUT=NAME; several signatures:"
          + " KEY/NAME;KEY/NAME.";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private PictureOptions pictures;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = {
        "Names of the classes, one a line; sub-folders are then looked up there (default: in"
            + " natural order, or their own numbers)."
      })
  private Path labels;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = {
        "At most the first N samples of each data set, whatever their labels: --shuffle a folder"
            + " with sub-folders."
      })
  private Integer limit;

  @Option(
      names = "--skip",
      paramLabel = "N",
      defaultValue = "0",
      description = "Leave out the first N samples of each data set.")
  private int skip;

  @Option(
      names = "--shuffle",
      paramLabel = "SEED",
      description = {
        "Draw the order of each data set from a seed, before NAME@A:B, --skip and --limit: with one"
            + " seed, NAME@:200 and NAME@200: have nothing in common."
      })
  private Long shuffle;

  /** What was given. */
  DataOptions toDataOptions() {
    try {
      return new DataOptions(
          pictures.normalization(),
          Optional.ofNullable(labels),
          shuffle == null ? OptionalLong.empty() : OptionalLong.of(shuffle),
          skip,
          limit == null ? DataOptions.ALL : limit);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** The file of class names, if one was given. */
  Optional<Path> labels() {
    return Optional.ofNullable(labels);
  }

  /** Opens a data set for an entry point. */
  DataSet open(String name, SignatureInfo signature) throws IOException {
    return DataSets.open(name, signature, toDataOptions());
  }

  /** Opens a data set for the entry point of an interpreter. */
  DataSet open(String name, Interpreter interpreter) throws IOException {
    return open(name, interpreter.signature());
  }

  /** Opens the data sets of the entry points of a model, by key. */
  Map<String, DataSet> openAll(String name, Model model) throws IOException {
    return DataSets.openAll(name, model.signatures(), toDataOptions());
  }
}
