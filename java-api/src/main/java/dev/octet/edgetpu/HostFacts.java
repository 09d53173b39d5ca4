// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * All that the kernel and the files of this machine tell of Edge TPUs, with or without libedgetpu.
 *
 * @param container true in a container of docker or podman
 */
public record HostFacts(
    UsbBus usb, PciBus pci, UdevRules rules, Account account, boolean container) {
  /**
   * Looks at the machine; never throws.
   *
   * @param root the folder that is looked at: {@code /}, or a tree that stands for it
   */
  public static HostFacts read(Path root) {
    return new HostFacts(
        UsbBus.read(root),
        PciBus.read(root),
        UdevRules.read(root),
        Account.read(root),
        Files.exists(root.resolve(".dockerenv"))
            || Files.exists(root.resolve("run/.containerenv")));
  }
}
