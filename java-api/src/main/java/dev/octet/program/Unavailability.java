// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.presets.OctetNative;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** Says in plain words why the native library could not be loaded, and what can be done. */
final class Unavailability {
  private static final List<String> PLATFORMS = List.of("linux-x86_64", "linux-arm64");

  private static final String MEANWHILE =
      "Until then models run in plain Java, with the same integers, some hundred times slower";

  private Unavailability() {}

  /** The cause of {@code failure}, which came of loading or of the first call. */
  static IllegalStateException of(Throwable failure) {
    String platform;
    try {
      platform = Loader.getPlatform();
    } catch (LinkageError e) {
      return new IllegalStateException(
          "JavaCPP, which loads Octet's native library, cannot be started: add the jar"
              + " org.bytedeco:javacpp to the class path or module path ("
              + e
              + ")",
          failure);
    }
    List<String> found = PLATFORMS.stream().filter(Unavailability::found).toList();
    return new IllegalStateException(text(platform, found, failure), failure);
  }

  static IllegalStateException ofVersion(int version) {
    return new IllegalStateException(
        "the native library has interface version "
            + version
            + ", the classes of Octet expect "
            + OctetNative.ABI_VERSION
            + ": use octet-java-api, octet-presets and its jar of native libraries of one version");
  }

  static String text(String platform, List<String> found, Throwable failure) {
    if (!PLATFORMS.contains(platform)) {
      return "there is no native library for "
          + platform
          + ": Octet has them for "
          + String.join(" and ", PLATFORMS)
          + ", with glibc 2.34 or newer. "
          + advice(platform)
          + ". "
          + MEANWHILE;
    }
    if (!found.contains(platform)) {
      return "the native library for "
          + platform
          + " is neither on the class path nor on the module path"
          + (found.isEmpty() ? "" : ", only that for " + String.join(" and ", found))
          + ": add the jar octet-presets with classifier "
          + platform
          + ", or depend on dev.octet:octet-platform, which brings those of every platform. "
          + MEANWHILE;
    }
    return "the native library for "
        + platform
        + " was found but cannot be loaded: "
        + failure.getMessage()
        + ". It needs glibc 2.34 or newer and libstdc++.so.6, as in Debian 12, Raspberry Pi OS 12,"
        + " Ubuntu 22.04 and RHEL 9, and a folder that allows executable files for its cache"
        + " (-Dorg.bytedeco.javacpp.cachedir=FOLDER). "
        + MEANWHILE;
  }

  private static String advice(String platform) {
    if (platform.startsWith("linux-arm")) {
      return "A Raspberry Pi 3, 4, 5 or Zero 2 W runs it with the 64-bit Raspberry Pi OS and a"
          + " 64-bit Java; models 1 and Zero have no 64-bit processor";
    }
    if (platform.startsWith("linux-")) {
      return "The sources may build on this machine: see native/DESIGN.md, \"Platforms\"";
    }
    return "A Linux container or virtual machine on this computer runs it";
  }

  private static boolean found(String platform) {
    String name = "dev/octet/presets/" + platform + "/libjniOctetNative.so";
    return OctetNative.class.getClassLoader().getResource(name) != null;
  }
}
