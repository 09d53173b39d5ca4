// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;

/** Where libedgetpu is looked for. */
public final class EdgeTpuLibrary {
  static final String PROPERTY = "dev.octet.edgetpu.library";
  static final String ENVIRONMENT = "OCTET_EDGETPU_LIBRARY";
  static final String DEFAULT = "libedgetpu.so.1";

  private EdgeTpuLibrary() {}

  /** The file or name that is opened: the property, else the environment, else the default. */
  public static String name() {
    String name = System.getProperty(PROPERTY, System.getenv(ENVIRONMENT));
    return name == null || name.isEmpty() ? DEFAULT : name;
  }

  /**
   * @throws DelegateException when it cannot be used, with what to do
   */
  public static DelegateLibrary open() {
    DelegateLibrary library;
    try {
      library = DelegateLibrary.open(name());
    } catch (DelegateException e) {
      throw new DelegateException(e.reason(), e.getMessage() + advice(e), e);
    }
    if (!library.edgeTpu()) {
      throw new DelegateException(
          Reason.LIBRARY_UNSUITABLE,
          library.name() + " is not libedgetpu: it exports no edgetpu_create_delegate");
    }
    return library;
  }

  private static String advice(DelegateException e) {
    if (e.getMessage().contains("libusb")) {
      return ". Install libusb, which libedgetpu needs (Debian: apt install libusb-1.0-0)";
    }
    return switch (e.reason()) {
      case LIBRARY_MISSING ->
          ". Install Google's Edge TPU runtime (Debian: libedgetpu1-std), or name the file with -D"
              + PROPERTY
              + "=FILE or "
              + ENVIRONMENT;
      case LIBRARY_UNSUITABLE ->
          ". It must be libedgetpu for this machine, "
              + System.getProperty("os.arch")
              + " Linux; name another file with -D"
              + PROPERTY
              + "=FILE or "
              + ENVIRONMENT;
      default -> "";
    };
  }
}
