// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rules of udev that give Edge TPUs to a group of users.
 *
 * @param usb files that name a USB device before and after its firmware is loaded, such as {@code
 *     /etc/udev/rules.d/99-edgetpu-accelerator.rules}
 * @param pci files that name the devices of the driver apex
 */
public record UdevRules(List<String> usb, List<String> pci) {
  private static final List<String> FOLDERS =
      List.of("etc/udev/rules.d", "run/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d");

  public UdevRules {
    usb = List.copyOf(usb);
    pci = List.copyOf(pci);
  }

  /**
   * Looks through the files; never throws.
   *
   * @param root what the folders of rules are looked up in: {@code /}, or a tree that stands for it
   */
  public static UdevRules read(Path root) {
    Set<String> seen = new LinkedHashSet<>();
    Set<String> usb = new LinkedHashSet<>();
    Set<String> pci = new LinkedHashSet<>();
    for (String folder : FOLDERS) {
      for (Path file : SystemFile.list(root.resolve(folder), "*.rules")) {
        String name = file.getFileName().toString();
        if (!seen.add(name)) {
          continue; // the file of the same name in an earlier folder replaces it
        }
        String rules = rules(file);
        String path = "/" + folder + "/" + name;
        if (names(rules, UsbBus.NEW_ID) && names(rules, UsbBus.LOADED_ID)) {
          usb.add(path);
        }
        if (rules.contains("\"apex\"") || rules.contains("\"apex_")) {
          pci.add(path);
        }
      }
    }
    return new UdevRules(List.copyOf(usb), List.copyOf(pci));
  }

  private static String rules(Path file) {
    StringBuilder text = new StringBuilder();
    for (String line : SystemFile.lines(file)) {
      if (!line.strip().startsWith("#")) {
        text.append(line.toLowerCase(Locale.ROOT)).append('\n');
      }
    }
    return text.toString();
  }

  private static boolean names(String rules, String id) {
    return rules.contains('"' + id.substring(0, 4) + '"')
        && rules.contains('"' + id.substring(5) + '"');
  }
}
