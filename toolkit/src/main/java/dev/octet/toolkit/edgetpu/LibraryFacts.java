// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.EdgeTpu.Device;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of libedgetpu.
 *
 * @param name the file, or the name for the dynamic linker, that was asked for
 * @param failure why it cannot be used, the dynamic linker's own words; null when it can
 * @param version what it says of itself; empty when it cannot be used
 * @param listed the devices that it lists, in its order
 */
public record LibraryFacts(String name, String failure, String version, List<Device> listed) {
  private static final Pattern RUNTIME = Pattern.compile("RuntimeVersion\\((\\d{1,9})\\)");

  public LibraryFacts {
    listed = List.copyOf(listed);
  }

  /** One that can be used. */
  public static LibraryFacts found(String name, String version, List<Device> listed) {
    return new LibraryFacts(name, null, version, listed);
  }

  /** One that cannot. */
  public static LibraryFacts missing(String name, String failure) {
    return new LibraryFacts(name, failure, "", List.of());
  }

  /** The newest runtime that models may have been compiled for, when the version tells it. */
  public OptionalInt runtime() {
    Matcher matcher = RUNTIME.matcher(version);
    return matcher.find()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }
}
