// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The Coral Edge TPUs that the kernel shows on PCI Express (M.2 and Mini PCIe cards, the Dev
 * Board), without any library.
 *
 * @param chips all cards with vendor 1ac1 and product 089a, with or without a driver
 * @param nodes what the driver, apex, made of them: {@code /dev/apex_N} for each {@code
 *     /sys/class/apex/apex_N}
 */
public record PciBus(List<Chip> chips, List<DeviceNode> nodes) {
  /** Vendor and product. */
  public static final String ID = "1ac1:089a";

  /**
   * A card.
   *
   * @param address such as {@code 0000:04:00.0}
   * @param driver the kernel's driver that has it, empty when none has
   */
  public record Chip(String address, String driver) {}

  public PciBus {
    chips = List.copyOf(chips);
    nodes = List.copyOf(nodes);
  }

  /**
   * Looks at the bus; never throws.
   *
   * @param root what {@code /sys}, {@code /dev} and {@code /proc} are looked up in: {@code /}, or a
   *     tree that stands for it
   */
  public static PciBus read(Path root) {
    List<Chip> chips =
        SystemFile.list(root.resolve("sys/bus/pci/devices"), "*").stream()
            .filter(PciBus::isEdgeTpu)
            .map(folder -> new Chip(folder.getFileName().toString(), driver(folder)))
            .toList();
    List<DeviceNode> nodes =
        SystemFile.list(root.resolve("sys/class/apex"), "apex_*").stream()
            .map(each -> DeviceNode.read(root, "/dev/" + each.getFileName()))
            .toList();
    return new PciBus(chips, nodes);
  }

  private static boolean isEdgeTpu(Path folder) {
    return SystemFile.line(folder.resolve("vendor")).equals("0x" + ID.substring(0, 4))
        && SystemFile.line(folder.resolve("device")).equals("0x" + ID.substring(5));
  }

  private static String driver(Path folder) {
    try {
      return Files.readSymbolicLink(folder.resolve("driver")).getFileName().toString();
    } catch (IOException e) {
      return "";
    }
  }
}
