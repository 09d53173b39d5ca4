// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;
import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import dev.octet.program.NativeError;
import java.util.Map;

/** One Edge TPU, which one delegate keeps open for those that interpreters need. */
public final class EdgeTpuSource extends DelegateSource {
  private final DelegateLibrary library;
  private final Device device;
  private final String options;
  private final HeldDelegate held;

  private EdgeTpuSource(DelegateLibrary library, Device device, String options) {
    this.library = library;
    this.device = device;
    this.options = options;
    this.held = new HeldDelegate(create());
  }

  /**
   * @throws DelegateException NO_DEVICE, NOT_LISTED, NOT_OPENABLE
   */
  public static EdgeTpuSource open(
      DelegateLibrary library, DeviceName name, Map<String, String> options) {
    return new EdgeTpuSource(library, name.of(library.devices()), lines(options));
  }

  public Device device() {
    return device;
  }

  @Override
  public String name() {
    return "the Edge TPU " + device;
  }

  @Override
  public String kernel() {
    return "edgetpu";
  }

  @Override
  String customOperator() {
    return "edgetpu-custom-op";
  }

  @Override
  long create() {
    NativeError error = new NativeError();
    long address = library.createEdgeTpu(device, options, error);
    if (address != 0) {
      return address;
    }
    if (!library.devices().contains(device)) {
      throw new DelegateException(
          Reason.NOT_LISTED,
          name() + " is no longer there: " + error.message() + ". Was it unplugged?");
    }
    String permission =
        device.type() == Type.USB
            ? "give this user the stick (udev rules for the USB ids 1a6e:089a and 18d1:9302 with"
                + " the group plugdev, and the user in that group)"
            : "put this user into the group that owns it (usually apex)";
    throw new DelegateException(
        Reason.NOT_OPENABLE,
        name()
            + " is there and cannot be opened: "
            + error.message()
            + ". Either another process has it (one at a time may), which must end first, or "
            + "permission is missing: "
            + permission
            + ", and plug it in again");
  }

  @Override
  public void close() {
    held.close();
  }
}
