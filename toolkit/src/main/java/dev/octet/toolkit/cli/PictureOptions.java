// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.toolkit.data.Normalization;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the pixels of pictures become what a tensor takes. */
final class PictureOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--mean",
      paramLabel = "M",
      description = {
        "With --std: a pixel of 0 to 255 becomes the real number (pixel - M) / S. Without both,"
            + " 8-bit tensors take the pixel itself (int8: minus 128), float tensors (pixel -"
            + " 127.5) / 127.5 for colours and pixel / 255 for grey."
      })
  private Double mean;

  @Option(names = "--std", paramLabel = "S", description = "See --mean.")
  private Double std;

  /** The normalization given, if any. */
  Optional<Normalization> normalization() {
    if (mean == null && std == null) {
      return Optional.empty();
    }
    if (mean == null || std == null) {
      throw new ParameterException(spec.commandLine(), "--mean and --std go together");
    }
    try {
      return Optional.of(new Normalization(mean, std));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
