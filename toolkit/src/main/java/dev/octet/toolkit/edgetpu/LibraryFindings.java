// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import java.util.List;

/** What is to say of Octet's own library, the platform and libedgetpu. */
final class LibraryFindings {
  private static final String LINE =
      "deb https://packages.cloud.google.com/apt coral-edgetpu-stable main";

  /** The dynamic linker's words behind the name of what it did not find. */
  private static final String ABSENT = ": cannot open shared object file";

  private LibraryFindings() {}

  static Finding octet(Facts.OctetFacts octet) {
    if (octet.failure() == null) {
      return Finding.ok("octet", octet.version());
    }
    return Finding.fault(
        "octet",
        octet.failure(),
        "an Edge TPU needs Octet's native library; the reference in Java cannot drive one");
  }

  static Finding platform(Facts.OctetFacts octet) {
    String system = octet.system();
    String processor = octet.processor();
    String named = system + " " + processor;
    boolean linux = system.equals("Linux");
    if (linux && (processor.equals("amd64") || processor.equals("aarch64"))) {
      return Finding.ok("platform", named);
    }
    if (linux && processor.startsWith("arm")) {
      return Finding.fault(
          "platform",
          named + " is 32-bit Arm (armhf), where libedgetpu takes its arguments otherwise: refused",
          "install a 64-bit system, such as Raspberry Pi OS (64-bit), and a 64-bit Java");
    }
    return Finding.fault(
        "platform",
        named + " is refused: Octet drives Edge TPUs on 64-bit Linux only, x86-64 and arm64",
        "use one of these");
  }

  /**
   * @param library null when it was not asked
   */
  static Finding library(LibraryFacts library) {
    if (library == null) {
      return Finding.note(
          "library",
          "libedgetpu was not looked for: Octet's native library would open it",
          "mend that first, then ask again");
    }
    String failure = library.failure();
    if (failure == null) {
      String version = library.version();
      return library.runtime().isPresent()
          ? Finding.ok(
              "library",
              library.name() + ", runtime " + library.runtime().getAsInt() + ": " + version)
          : Finding.note(
              "library",
              library.name() + " does not tell its runtime version: " + version,
              "whether it is new enough for a model shows when the model is run");
    }
    return Finding.fault("library", named(library), remedy(library.name(), failure));
  }

  private static String named(LibraryFacts library) {
    return library.failure().contains(library.name())
        ? library.failure()
        : library.name() + ": " + library.failure();
  }

  private static List<String> remedy(String name, String failure) {
    int words = failure.indexOf(ABSENT);
    String absent = words < 0 ? name : failure.substring(0, words);
    if (absent.startsWith("libusb-1.0")) {
      return List.of(
          "libedgetpu is there, libusb, which it needs, is not: sudo apt install libusb-1.0-0");
    }
    if (!absent.equals(name)) {
      return List.of(
          name + " is there, " + absent + ", which it needs, is not: install what has it",
          "another build of libedgetpu may not need it: Debian package libedgetpu1-std");
    }
    if (failure.contains("Permission denied")) {
      return List.of("let everybody read it: sudo chmod a+rx " + name);
    }
    if (failure.contains("ELF") || failure.contains("file too short")) {
      return List.of(
          "the file is no library, or one for another processor: install the one for this machine,"
              + " Debian package libedgetpu1-std");
    }
    if (failure.contains("GLIBC")) {
      return List.of(
          "it was built for a newer system: install one that was built for this system's version");
    }
    if (words >= 0) {
      return List.of(
          "install it: sudo apt install libedgetpu1-std (or libedgetpu1-max: higher clock, hotter)",
          "the package is in Google's apt archive for Coral: " + LINE,
          "if it is a file elsewhere: -Ddev.octet.edgetpu.library=FILE or"
              + " OCTET_EDGETPU_LIBRARY=FILE");
    }
    return List.of(
        "set -Ddev.octet.edgetpu.library or OCTET_EDGETPU_LIBRARY to libedgetpu.so.1, or install"
            + " Debian package libedgetpu1-std");
  }
}
