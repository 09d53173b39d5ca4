// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;
import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import dev.octet.edgetpu.DeviceAccess;
import dev.octet.program.NativeError;
import java.nio.file.Path;
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
    Device device = name.of(library.devices());
    String refusal = access(device).refusal();
    if (refusal != null) {
      throw new DelegateException(
          Reason.NOT_OPENABLE,
          nameOf(device) + " is there and cannot be opened: " + refusal + ". " + remedy(device));
    }
    return new EdgeTpuSource(library, device, lines(options));
  }

  private static DeviceAccess access(Device device) {
    return DeviceAccess.of(Path.of("/"), device.path());
  }

  private static String nameOf(Device device) {
    return "the Edge TPU " + device;
  }

  private static String remedy(Device device) {
    return device.type() == Type.USB
        ? "Give this user the stick (udev rules for the USB ids 1a6e:089a and 18d1:9302 with"
            + " the group plugdev, and the user in that group) and plug it in again"
        : "Put this user into the group that owns it (usually apex)";
  }

  public Device device() {
    return device;
  }

  @Override
  public String name() {
    return nameOf(device);
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
    String holders = access(device).holders();
    throw new DelegateException(
        Reason.NOT_OPENABLE,
        name()
            + " is there and cannot be opened: "
            + error.message()
            + (holders.isEmpty()
                ? ". Either another process has it (one at a time may), which must end first, or"
                    + " permission is missing. "
                    + remedy(device)
                : ". " + holders + " has it; one process at a time may"));
  }

  @Override
  public void close() {
    held.close();
  }
}
