// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.toolkit.quantize.Mode;
import java.util.Arrays;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Modes by their words, {@code weight-only}. */
final class ModeName implements ITypeConverter<Mode>, Iterable<String> {
  @Override
  public Mode convert(String value) {
    for (Mode mode : Mode.values()) {
      if (mode.words().equalsIgnoreCase(value) || mode.name().equalsIgnoreCase(value)) {
        return mode;
      }
    }
    throw new TypeConversionException(
        "there is no mode " + value + ", only " + String.join(", ", this));
  }

  @Override
  public Iterator<String> iterator() {
    return Arrays.stream(Mode.values()).map(Mode::words).iterator();
  }
}
