// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees of files that look like the kernel's. */
class HostFactsTest {
  @TempDir Path root;

  private void file(String path, String contents) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, contents);
  }

  private void link(String path, String target) throws IOException {
    Path link = root.resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
  }

  private void usb(String name, String vendor, String product, String speed, int device)
      throws IOException {
    String folder = "sys/bus/usb/devices/" + name + "/";
    file(folder + "idVendor", vendor + "\n");
    file(folder + "idProduct", product + "\n");
    file(folder + "speed", speed + "\n");
    file(folder + "busnum", "2\n");
    file(folder + "devnum", device + "\n");
  }

  @Test
  void anEmptyTreeHasNothing() {
    HostFacts facts = HostFacts.read(root);
    assertEquals(new UsbBus(false, false, List.of()), facts.usb());
    assertEquals(new PciBus(List.of(), List.of()), facts.pci());
    assertEquals(new UdevRules(List.of(), List.of()), facts.rules());
    assertEquals(new Account("", Set.of(), Set.of()), facts.account());
    assertFalse(facts.container());
  }

  @Test
  void sticksBeforeAndAfterTheirFirmware() throws IOException {
    usb("usb2", "1d6b", "0003", "5000", 1);
    usb("2-1", "1a6e", "089a", "480", 5);
    usb("2-1.3", "18d1", "9302", "5000", 17);
    usb("2-2", "18d1", "4ee7", "480", 6);
    Files.createDirectories(root.resolve("sys/bus/usb/devices/2-1:1.0"));
    file("dev/bus/usb/002/017", "");
    UsbBus bus = UsbBus.read(root);
    assertTrue(bus.visible() && bus.nodes());
    assertEquals(2, bus.devices().size());
    UsbBus.Device fresh = bus.devices().get(0);
    assertEquals("/sys/bus/usb/devices/2-1", fresh.path());
    assertFalse(fresh.loaded());
    assertEquals(480, fresh.megabits());
    assertEquals("/dev/bus/usb/002/005", fresh.node().path());
    assertFalse(fresh.node().exists());
    UsbBus.Device loaded = bus.devices().get(1);
    assertEquals("/sys/bus/usb/devices/2-1.3", loaded.path());
    assertTrue(loaded.loaded() && loaded.node().exists() && loaded.node().usable());
    assertEquals(5000, loaded.megabits());
    assertEquals("/dev/bus/usb/002/017", loaded.node().path());
  }

  @Test
  void aSpeedThatIsNoNumberIsUnknown() throws IOException {
    usb("1-1", "18d1", "9302", "1.5", 3);
    assertEquals(-1, UsbBus.read(root).devices().get(0).megabits());
  }

  @Test
  void cardsWithAndWithoutTheirDriver() throws IOException {
    file("sys/bus/pci/devices/0000:04:00.0/vendor", "0x1ac1\n");
    file("sys/bus/pci/devices/0000:04:00.0/device", "0x089a\n");
    link("sys/bus/pci/devices/0000:04:00.0/driver", "../../../../bus/pci/drivers/apex");
    file("sys/bus/pci/devices/0000:05:00.0/vendor", "0x1ac1\n");
    file("sys/bus/pci/devices/0000:05:00.0/device", "0x089a\n");
    file("sys/bus/pci/devices/0000:06:00.0/vendor", "0x8086\n");
    file("sys/bus/pci/devices/0000:06:00.0/device", "0x089a\n");
    Files.createDirectories(root.resolve("sys/class/apex/apex_0"));
    file("dev/apex_0", "");
    PciBus bus = PciBus.read(root);
    assertEquals(
        List.of(new PciBus.Chip("0000:04:00.0", "apex"), new PciBus.Chip("0000:05:00.0", "")),
        bus.chips());
    assertEquals(1, bus.nodes().size());
    assertEquals("/dev/apex_0", bus.nodes().get(0).path());
    assertTrue(bus.nodes().get(0).usable());
  }

  @Test
  void aNodeTellsItsModeAndWhoHoldsIt() throws IOException {
    file("dev/apex_0", "");
    Path node = root.resolve("dev/apex_0");
    Files.setPosixFilePermissions(node, PosixFilePermissions.fromString("rw-rw----"));
    file("proc/1234/comm", "python3\n");
    link("proc/1234/fd/0", "pipe:[17]");
    link("proc/1234/fd/7", "/dev/apex_0");
    file("proc/99/comm", "bash\n");
    link("proc/99/fd/1", "/dev/apex_01");
    link("proc/" + ProcessHandle.current().pid() + "/fd/7", "/dev/apex_0");
    DeviceNode read = DeviceNode.read(root, "/dev/apex_0");
    assertEquals("rw-rw----", read.mode());
    assertEquals(Files.getOwner(node).getName(), read.owner());
    assertEquals(List.of(new DeviceNode.Holder(1234, "python3")), read.holders());
    assertEquals(List.of(), DeviceNode.read(root, "/dev/apex_1").holders());
  }

  @Test
  void anAccountHasTheGroupsOfItsProcess() throws IOException {
    file(
        "proc/self/status",
        "Name:\tjava\n"
            + "Uid:\t1000\t1000\t1000\t1000\n"
            + "Gid:\t1000\t1000\t1000\t1000\n"
            + "Groups:\t27 46 \n");
    file("etc/passwd", "root:x:0:0::/root:/bin/sh\npi:x:1000:1000:,,,:/home/pi:/bin/bash\n");
    file(
        "etc/group",
        "root:x:0:\nsudo:x:27:pi\nplugdev:x:46:other\npi:x:1000:\napex:x:994:other,pi\n");
    Account account = Account.read(root);
    assertEquals("pi", account.user());
    assertEquals(Set.of("sudo", "plugdev", "pi"), account.groups());
    assertEquals(Set.of("sudo", "apex"), account.listed());
  }

  @Test
  void aUserWithoutANameIsANumber() throws IOException {
    file("proc/self/status", "Uid:\t1007\t1007\t1007\t1007\n");
    assertEquals("1007", Account.read(root).user());
  }

  @Test
  void rulesCountWhenTheyNameBothStates() throws IOException {
    String before =
        "SUBSYSTEM==\"usb\",ATTRS{idVendor}==\"1a6e\",ATTRS{idProduct}==\"089a\",GROUP=\"plugdev\"\n";
    String after =
        "SUBSYSTEM==\"usb\",ATTRS{idVendor}==\"18D1\",ATTRS{idProduct}==\"9302\",GROUP=\"plugdev\"\n";
    file("etc/udev/rules.d/10-half.rules", before + "# " + after);
    file("etc/udev/rules.d/20-off.rules", "");
    file("lib/udev/rules.d/20-off.rules", before + after);
    file("lib/udev/rules.d/60-edgetpu.rules", before + after);
    file("etc/udev/rules.d/65-apex.rules", "SUBSYSTEM==\"apex\", MODE=\"0660\", GROUP=\"apex\"\n");
    UdevRules rules = UdevRules.read(root);
    assertEquals(List.of("/lib/udev/rules.d/60-edgetpu.rules"), rules.usb());
    assertEquals(List.of("/etc/udev/rules.d/65-apex.rules"), rules.pci());
  }

  @Test
  void containersLeaveAMark() throws IOException {
    file("run/.containerenv", "");
    assertTrue(HostFacts.read(root).container());
  }

  @Test
  void thisMachineCanBeRead() {
    HostFacts facts = HostFacts.read(Path.of("/"));
    assertFalse(facts.account().user().isEmpty());
  }
}
