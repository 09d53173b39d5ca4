// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static dev.octet.toolkit.edgetpu.Findings.doesNotSay;
import static dev.octet.toolkit.edgetpu.Findings.fault;
import static dev.octet.toolkit.edgetpu.Findings.only;
import static dev.octet.toolkit.edgetpu.Findings.says;
import static dev.octet.toolkit.edgetpu.InventedFacts.pci;
import static dev.octet.toolkit.edgetpu.InventedFacts.usb;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.edgetpu.Account;
import dev.octet.edgetpu.DeviceNode;
import dev.octet.edgetpu.PciBus;
import dev.octet.edgetpu.UdevRules;
import dev.octet.edgetpu.UsbBus;
import dev.octet.toolkit.edgetpu.Facts.Attempt;
import dev.octet.toolkit.edgetpu.Facts.OctetFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault alone, on a machine that has no other. */
class DiagnosisTest {
  private final InventedFacts machine = new InventedFacts();

  @Test
  void nothingWrong() {
    Diagnosis diagnosis = machine.diagnosis();
    assertTrue(diagnosis.clear());
    assertFalse(diagnosis.usable(), "nothing was opened");
    assertEquals(
        List.of("octet", "platform", "library", "usb", "permission", "list"),
        diagnosis.findings().stream().map(Finding::subject).toList());
    assertTrue(
        diagnosis.findings().stream().allMatch(each -> each.kind() == Finding.Kind.OK),
        diagnosis.findings().toString());
    says(only(machine, "library"), "runtime 14", "BuildLabel");
    says(only(machine, "list"), "usb:0 = /sys/bus/usb/devices/2-1");
    says(only(machine, "usb"), "18d1:9302", "USB 3 (5000 Mbit/s)");
    says(only(machine, "permission"), "pi is in group plugdev");
    machine.attempt = new Attempt(true, null, 0.04);
    assertTrue(machine.diagnosis().usable());
    says(only(machine, "open"), "usb:0 was opened and closed again");
  }

  @Test
  void withoutTheNativeLibraryNothingIsAskedOfLibedgetpu() {
    machine.octet = new OctetFacts("0.1.0", "no library for this platform", "Linux", "aarch64");
    machine.library = null;
    says(fault(machine, "octet"), "no library for this platform", "reference in Java");
    assertEquals(Finding.Kind.NOTE, only(machine, "library").kind());
  }

  @ParameterizedTest
  @CsvSource({
    "Linux,arm,32-bit Arm (armhf)",
    "Linux,arm32,64-bit system",
    "Linux,riscv64,64-bit Linux only",
    "Linux,i386,x86-64 and arm64",
    "Mac OS X,aarch64,Mac OS X aarch64 is refused",
    "Windows 11,amd64,Windows 11 amd64 is refused"
  })
  void otherPlatformsAreRefusedByName(String system, String processor, String word) {
    machine.octet = new OctetFacts("0.1.0", null, system, processor);
    says(fault(machine, "platform"), word, processor);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "libedgetpu.so.1: cannot open shared object file: No such file or directory"
            + "|sudo apt install libedgetpu1-std",
        "libusb-1.0.so.0: cannot open shared object file: No such file or directory"
            + "|sudo apt install libusb-1.0-0",
        "libabsl_flags.so.20220623: cannot open shared object file: No such file or directory"
            + "|libabsl_flags.so.20220623, which it needs, is not",
        "libedgetpu.so.1: cannot open shared object file: Permission denied|sudo chmod a+rx",
        "libedgetpu.so.1: file too short|another processor",
        "libedgetpu.so.1: wrong ELF class: ELFCLASS32|another processor",
        "/lib/libedgetpu.so.1: invalid ELF header|another processor",
        "version `GLIBC_2.38' not found|built for a newer system",
        "it exports no delegate|dev.octet.edgetpu.library"
      })
  void theLinkersWordsDecideWhatToDo(String words, String step) {
    machine.library = LibraryFacts.missing("libedgetpu.so.1", words);
    says(fault(machine, "library"), "libedgetpu.so.1", words, step);
  }

  @Test
  void aLibraryThatIsMissingIsInstalledFromAnArchiveWithAName() {
    machine.library =
        LibraryFacts.missing("libedgetpu.so.1", "libedgetpu.so.1: cannot open shared object file");
    says(
        fault(machine, "library"),
        "Google's apt archive",
        "coral-edgetpu-stable",
        "libedgetpu1-max");
    doesNotSay(fault(machine, "library"), "libusb");
    doesNotSay(fault(machine, "library"), "which it needs");
  }

  @Test
  void aVersionWithoutANumberIsANote() {
    machine.library = LibraryFacts.found("x.so", "a build of mine", List.of(usb("/sys/x")));
    assertEquals(Finding.Kind.NOTE, only(machine, "library").kind());
    says(only(machine, "library"), "a build of mine");
  }

  @Test
  void noDeviceOnAnyBus() {
    machine.sticks = List.of();
    machine.list();
    says(fault(machine, "device"), "USB or PCI", "1a6e:089a", "18d1:9302", "900 mA", "1ac1:089a");
    doesNotSay(fault(machine, "device"), "container");
    machine.device = "usb:0";
    says(fault(machine, "device"), "no Edge TPU on USB", "lsusb");
    machine.device = "pci";
    says(fault(machine, "device"), "no Edge TPU on PCI", "lspci");
  }

  @Test
  void theBusIsLookedAtWithoutLibedgetpu() {
    machine.library = LibraryFacts.missing("libedgetpu.so.1", "cannot open shared object file");
    says(only(machine, "usb"), "18d1:9302");
    fault(machine, "library");
    machine.sticks = List.of();
    assertEquals(2, machine.diagnosis().faults());
  }

  @Test
  void aContainerWithoutTheBus() {
    machine.sticks = List.of();
    machine.usbVisible = false;
    machine.usbNodes = false;
    machine.container = true;
    machine.list();
    says(
        fault(machine, "device"),
        "container without /dev/bus/usb",
        "-v /dev/bus/usb:/dev/bus/usb",
        "c 189:* rmw");
    machine.container = false;
    says(fault(machine, "device"), "no /dev/bus/usb at all");
  }

  @Test
  void aContainerThatShowsTheDeviceWithoutItsNode() {
    machine.node(new DeviceNode("/dev/bus/usb/002/005", false, "", "", "", false, List.of()));
    machine.container = true;
    says(fault(machine, "node"), "/dev/bus/usb/002/005 is missing", "-v /dev/bus/usb:/dev/bus/usb");
    machine.container = false;
    doesNotSay(fault(machine, "node"), "container");
    says(fault(machine, "node"), "udev");
  }

  @Test
  void aStickBeforeItsFirmwareIsNoFault() {
    machine.sticks.set(
        0,
        InventedFacts.stick(
            InventedFacts.STICK, UsbBus.NEW_ID, 5000, InventedFacts.node("plugdev", true)));
    says(only(machine, "usb"), "1a6e:089a", "before its firmware is loaded");
    assertTrue(machine.diagnosis().clear());
  }

  @ParameterizedTest
  @CsvSource({"480,USB 2 (480 Mbit/s)", "12,slow USB (12 Mbit/s)"})
  void aSlowPortIsANote(int speed, String words) {
    machine.sticks.set(
        0,
        InventedFacts.stick(
            InventedFacts.STICK, UsbBus.LOADED_ID, speed, InventedFacts.node("plugdev", true)));
    Finding found = only(machine, "usb");
    assertEquals(Finding.Kind.NOTE, found.kind());
    says(found, words, "USB 3 port");
    assertTrue(machine.diagnosis().clear());
  }

  @Test
  void anUnknownSpeedSaysNothing() {
    machine.sticks.set(
        0,
        InventedFacts.stick(
            InventedFacts.STICK, UsbBus.LOADED_ID, -1, InventedFacts.node("plugdev", true)));
    assertEquals(Finding.Kind.OK, only(machine, "usb").kind());
    assertFalse(only(machine, "usb").text().contains("Mbit"));
  }

  @Test
  void noRuleAndNotInTheGroup() {
    machine.node(InventedFacts.node("root", false));
    machine.rules = new UdevRules(List.of(), List.of());
    machine.account = new Account("pi", Set.of("pi"), Set.of());
    Finding found = fault(machine, "permission");
    says(
        found,
        "rw-rw-r-- root:root",
        "pi may not use it",
        "ATTRS{idVendor}==\"1a6e\", ATTRS{idProduct}==\"089a\"",
        "ATTRS{idVendor}==\"18d1\", ATTRS{idProduct}==\"9302\"",
        "GROUP=\"plugdev\"",
        "udevadm control --reload-rules",
        "sudo usermod -aG plugdev pi");
    doesNotSay(found, "container");
    machine.container = true;
    says(fault(machine, "permission"), "do that on its host");
  }

  @Test
  void noRuleButInTheGroup() {
    machine.node(InventedFacts.node("root", false));
    machine.rules = new UdevRules(List.of(), List.of());
    says(fault(machine, "permission"), "GROUP=\"plugdev\"");
    doesNotSay(fault(machine, "permission"), "usermod");
  }

  @Test
  void aRuleThatWasNotApplied() {
    machine.node(InventedFacts.node("root", false));
    says(
        fault(machine, "permission"),
        "/etc/udev/rules.d/60-edgetpu.rules",
        "plug the device in again");
    doesNotSay(fault(machine, "permission"), "ATTRS");
  }

  @Test
  void aRuleIsThereAndTheUserIsNotInTheGroup() {
    machine.node(InventedFacts.node("plugdev", false));
    machine.account = new Account("pi", Set.of("pi"), Set.of());
    says(fault(machine, "permission"), "root:plugdev", "sudo usermod -aG plugdev pi");
    doesNotSay(fault(machine, "permission"), "udevadm");
  }

  @Test
  void aSessionOlderThanTheMembership() {
    machine.node(InventedFacts.node("plugdev", false));
    machine.account = new Account("pi", Set.of("pi"), Set.of("plugdev"));
    says(fault(machine, "permission"), "log out and in again");
    doesNotSay(fault(machine, "permission"), "usermod");
  }

  @Test
  void aModeThatKeepsTheGroupOut() {
    machine.node(InventedFacts.node("plugdev", false));
    says(fault(machine, "permission"), "chmod g+rw /dev/bus/usb/002/005");
  }

  @Test
  void rootMayOpenIt() {
    machine.account = new Account("root", Set.of("root"), Set.of());
    says(only(machine, "permission"), "this is root");
  }

  @Test
  void aDeviceThatIsKeptEvenFromRoot() {
    machine.node(InventedFacts.node("plugdev", false));
    machine.account = new Account("root", Set.of("root"), Set.of());
    says(fault(machine, "permission"), "control group");
    doesNotSay(fault(machine, "permission"), "usermod");
    machine.container = true;
    says(fault(machine, "permission"), "--device-cgroup-rule");
  }

  @Test
  void whoHasTheDeviceIsNamed() {
    machine.node(InventedFacts.node("plugdev", true, new DeviceNode.Holder(4711, "python3")));
    says(fault(machine, "in use"), "python3 (process 4711)", "/dev/bus/usb/002/005", "one process");
  }

  @Test
  void faultsOfADeviceThatWasNotAskedForAreNotes() {
    machine.sticks.add(
        InventedFacts.stick(
            "/sys/bus/usb/devices/2-2",
            UsbBus.LOADED_ID,
            5000,
            InventedFacts.node("root", false, new DeviceNode.Holder(1, "x"))));
    machine.list(usb(InventedFacts.STICK), usb("/sys/bus/usb/devices/2-2"));
    assertTrue(machine.diagnosis().clear(), machine.diagnosis().findings().toString());
    machine.device = "usb:1";
    assertEquals(2, machine.diagnosis().faults());
  }

  @Test
  void numbersCountInTheOrderOfTheLibrary() {
    machine.sticks.add(
        InventedFacts.stick(
            "/sys/bus/usb/devices/2-2", UsbBus.LOADED_ID, 5000, InventedFacts.node("root", false)));
    machine.list(usb("/sys/bus/usb/devices/2-2"), usb(InventedFacts.STICK));
    machine.device = "usb:0";
    assertEquals(1, machine.diagnosis().faults());
    machine.device = ":1";
    assertTrue(machine.diagnosis().clear());
  }

  @Test
  void aDeviceThatIsNotListed() {
    machine.device = "usb:1";
    says(fault(machine, "list"), "--device usb:1", "usb:0 = /sys/bus/usb/devices/2-1");
    machine.device = ":1";
    fault(machine, "list");
    machine.device = ":0";
    assertTrue(machine.diagnosis().clear());
  }

  @Test
  void aDeviceOfAnotherTypeThanAskedFor() {
    machine.device = "pci:0";
    Diagnosis diagnosis = machine.diagnosis();
    List<String> faults =
        diagnosis.findings().stream().filter(Findings::isFault).map(Finding::subject).toList();
    assertEquals(List.of("device", "list"), faults);
  }

  @Test
  void shownButNotListed() {
    machine.list();
    says(
        fault(machine, "list"),
        "lists no device, although the kernel shows one",
        "plug it in again");
    machine.usbNodes = false;
    machine.container = true;
    says(fault(machine, "list"), "-v /dev/bus/usb:/dev/bus/usb");
  }

  @Test
  void listedThoughTheKernelShowsNothingIsANote() {
    machine.sticks = List.of();
    assertEquals(Finding.Kind.NOTE, only(machine, "device").kind());
    assertTrue(machine.diagnosis().clear());
  }

  @Test
  void cardsOnPci() {
    machine.sticks = List.of();
    machine.device = "pci:0";
    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", "apex"));
    machine.apex = List.of(InventedFacts.apex(0, "apex", true));
    machine.list(pci("/dev/apex_0"));
    says(only(machine, "pci"), "/dev/apex_0");
    assertTrue(machine.diagnosis().clear());

    machine.apex = List.of(InventedFacts.apex(0, "root", false));
    Finding found = fault(machine, "permission");
    says(found, "SUBSYSTEM==\"apex\", MODE=\"0660\", GROUP=\"apex\"", "usermod -aG apex pi");
    doesNotSay(found, "plug");

    machine.apex = List.of();
    machine.list();
    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", ""));
    says(fault(machine, "pci"), "0000:04:00.0", "gasket-dkms", "modprobe apex");

    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", "apex"));
    says(fault(machine, "pci"), "made no /dev/apex_N", "dmesg");

    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", "vfio-pci"));
    says(fault(machine, "pci"), "vfio-pci", "virtual machine");
  }

  @Test
  void aCardWithoutADriverIsANoteForWhoWantsTheStick() {
    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", ""));
    machine.device = "usb";
    assertTrue(machine.diagnosis().clear());
    assertEquals(Finding.Kind.NOTE, only(machine, "pci").kind());
  }

  @Test
  void listedPermittedAndYetNotOpened() {
    machine.attempt = new Attempt(true, "usb:0 could not be opened", 1);
    says(fault(machine, "open"), "usb:0 could not be opened", "another process");
    assertFalse(machine.diagnosis().usable());
    machine.container = true;
    says(fault(machine, "open"), "in another container", "--device-cgroup-rule");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "usb:", "usb:-1", ":", "0", "usb:0 ", "USB"})
  void otherNamesOfDevicesAreRefused(String device) {
    machine.device = device;
    String message = assertThrows(IllegalArgumentException.class, machine::diagnosis).getMessage();
    assertTrue(message.contains("usb:N"), message);
  }

  @Test
  void everyFaultOfOneMachineIsTold() {
    machine.octet = new OctetFacts("0.1.0", null, "Linux", "arm");
    machine.library = LibraryFacts.missing("l", "libusb-1.0.so.0: cannot open shared object file");
    machine.node(InventedFacts.node("root", false, new DeviceNode.Holder(1, "x")));
    machine.model = ModelFacts.plain("m", 3);
    List<String> faults = new ArrayList<>();
    machine.diagnosis().findings().stream()
        .filter(Findings::isFault)
        .forEach(each -> faults.add(each.subject()));
    assertEquals(List.of("platform", "library", "permission", "in use", "model"), faults);
  }
}
