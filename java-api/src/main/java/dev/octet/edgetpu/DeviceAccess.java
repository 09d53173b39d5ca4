// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Whether this process may open an Edge TPU, as far as the kernel's files tell without trying:
 * libedgetpu tries for up to 25 seconds to open a stick that it may not.
 *
 * @param node null when the kernel shows no Edge TPU at that path
 */
public record DeviceAccess(DeviceNode node) {
  /**
   * Looks at a device; never throws.
   *
   * @param root what {@code /sys}, {@code /dev} and {@code /proc} are looked up in: {@code /}, or a
   *     tree that stands for it
   * @param path as libedgetpu lists it: {@code /sys/bus/usb/devices/2-1} or {@code /dev/apex_0}
   */
  public static DeviceAccess of(Path root, String path) {
    for (UsbBus.Device each : UsbBus.read(root).devices()) {
      if (each.path().equals(path)) {
        return new DeviceAccess(each.node());
      }
    }
    for (DeviceNode each : PciBus.read(root).nodes()) {
      if (each.path().equals(path)) {
        return new DeviceAccess(each);
      }
    }
    return new DeviceAccess(null);
  }

  /** Why it cannot be opened, or null when nothing is known to be in the way. */
  public String refusal() {
    if (node == null || node.usable()) {
      return null;
    }
    return node.exists()
        ? node.path()
            + " is "
            + node.mode()
            + " "
            + node.owner()
            + ":"
            + node.group()
            + ", which this user may not read and write"
        : node.path() + " is missing: a container must be given it";
  }

  /** The other processes that have it open, such as {@code python3 (process 4711)}; or empty. */
  public String holders() {
    return node == null
        ? ""
        : node.holders().stream()
            .map(each -> each.command() + " (process " + each.pid() + ")")
            .collect(Collectors.joining(", "));
  }
}
