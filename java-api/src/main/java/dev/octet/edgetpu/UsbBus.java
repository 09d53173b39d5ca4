// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The Coral Edge TPUs that the kernel shows on USB, without any library.
 *
 * @param visible true when the kernel shows a USB bus at all ({@code /sys/bus/usb/devices})
 * @param nodes true when programs can reach it ({@code /dev/bus/usb}); containers often cannot
 * @param devices in the order of their names
 */
public record UsbBus(boolean visible, boolean nodes, List<Device> devices) {
  /** Vendor and product before the firmware is loaded, which libedgetpu does at the first use. */
  public static final String NEW_ID = "1a6e:089a";

  /** Vendor and product after the firmware is loaded, until power is cut. */
  public static final String LOADED_ID = "18d1:9302";

  /**
   * An Edge TPU on USB.
   *
   * @param path its folder, {@code /sys/bus/usb/devices/2-1}, by which libedgetpu names it too
   * @param id {@link #NEW_ID} or {@link #LOADED_ID}
   * @param megabits of the connection in a second: 480 is USB 2, 5000 and more USB 3; -1 when not
   *     shown
   */
  public record Device(String path, String id, int megabits, DeviceNode node) {
    /** True when its firmware runs. */
    public boolean loaded() {
      return id.equals(LOADED_ID);
    }
  }

  public UsbBus {
    devices = List.copyOf(devices);
  }

  /**
   * Looks at the bus; never throws.
   *
   * @param root what {@code /sys}, {@code /dev} and {@code /proc} are looked up in: {@code /}, or a
   *     tree that stands for it
   */
  public static UsbBus read(Path root) {
    Path sys = root.resolve("sys/bus/usb/devices");
    List<Device> found = new ArrayList<>();
    for (Path folder : SystemFile.list(sys, "[0-9]*")) {
      String id =
          SystemFile.line(folder.resolve("idVendor"))
              + ":"
              + SystemFile.line(folder.resolve("idProduct"));
      if (id.equals(NEW_ID) || id.equals(LOADED_ID)) {
        found.add(device(root, folder, id));
      }
    }
    return new UsbBus(
        Files.isDirectory(sys), Files.isDirectory(root.resolve("dev/bus/usb")), found);
  }

  private static Device device(Path root, Path folder, String id) {
    String node =
        String.format(
            Locale.ROOT,
            "/dev/bus/usb/%03d/%03d",
            SystemFile.number(folder.resolve("busnum")),
            SystemFile.number(folder.resolve("devnum")));
    return new Device(
        "/sys/bus/usb/devices/" + folder.getFileName(),
        id,
        SystemFile.number(folder.resolve("speed")),
        DeviceNode.read(root, node));
  }
}
