// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

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

  /** The only fault, which must be about this subject. */
  private Finding fault(String subject) {
    Diagnosis diagnosis = machine.diagnosis();
    assertEquals(1, diagnosis.faults(), diagnosis.findings().toString());
    assertFalse(diagnosis.clear());
    Finding found = diagnosis.findings().stream().filter(DiagnosisTest::isFault).toList().get(0);
    assertEquals(subject, found.subject());
    assertFalse(found.remedy().isEmpty(), "nothing to do about " + found);
    return found;
  }

  private Finding only(String subject) {
    List<Finding> found =
        machine.diagnosis().findings().stream()
            .filter(each -> each.subject().equals(subject))
            .toList();
    assertEquals(1, found.size(), found.toString());
    return found.get(0);
  }

  private static boolean isFault(Finding finding) {
    return finding.kind() == Finding.Kind.FAULT;
  }

  private static void says(Finding finding, String... words) {
    String all = finding.text() + "\n" + String.join("\n", finding.remedy());
    for (String word : words) {
      assertTrue(all.contains(word), "'" + word + "' is not in: " + all);
    }
  }

  private static void doesNotSay(Finding finding, String word) {
    assertFalse(String.join("\n", finding.remedy()).contains(word), finding.toString());
  }

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
    says(only("library"), "runtime 14", "BuildLabel");
    says(only("list"), "usb:0 = /sys/bus/usb/devices/2-1");
    says(only("usb"), "18d1:9302", "USB 3 (5000 Mbit/s)");
    says(only("permission"), "pi is in group plugdev");
    machine.attempt = new Attempt(true, null, 0.04);
    assertTrue(machine.diagnosis().usable());
    says(only("open"), "usb:0 was opened and closed again");
  }

  @Test
  void withoutTheNativeLibraryNothingIsAskedOfLibedgetpu() {
    machine.octet = new OctetFacts("0.1.0", "no library for this platform", "Linux", "aarch64");
    machine.library = null;
    says(fault("octet"), "no library for this platform", "reference in Java");
    assertEquals(Finding.Kind.NOTE, only("library").kind());
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
    says(fault("platform"), word, processor);
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
    says(fault("library"), "libedgetpu.so.1", words, step);
  }

  @Test
  void aLibraryThatIsMissingIsInstalledFromAnArchiveWithAName() {
    machine.library =
        LibraryFacts.missing("libedgetpu.so.1", "libedgetpu.so.1: cannot open shared object file");
    says(fault("library"), "Google's apt archive", "coral-edgetpu-stable", "libedgetpu1-max");
    doesNotSay(fault("library"), "libusb");
    doesNotSay(fault("library"), "which it needs");
  }

  @Test
  void aVersionWithoutANumberIsANote() {
    machine.library = LibraryFacts.found("x.so", "a build of mine", List.of(usb("/sys/x")));
    assertEquals(Finding.Kind.NOTE, only("library").kind());
    says(only("library"), "a build of mine");
  }

  @Test
  void noDeviceOnAnyBus() {
    machine.sticks = List.of();
    machine.list();
    says(fault("device"), "USB or PCI", "1a6e:089a", "18d1:9302", "900 mA", "1ac1:089a");
    doesNotSay(fault("device"), "container");
    machine.device = "usb:0";
    says(fault("device"), "no Edge TPU on USB", "lsusb");
    machine.device = "pci";
    says(fault("device"), "no Edge TPU on PCI", "lspci");
  }

  @Test
  void theBusIsLookedAtWithoutLibedgetpu() {
    machine.library = LibraryFacts.missing("libedgetpu.so.1", "cannot open shared object file");
    says(only("usb"), "18d1:9302");
    fault("library");
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
        fault("device"),
        "container without /dev/bus/usb",
        "-v /dev/bus/usb:/dev/bus/usb",
        "c 189:* rmw");
    machine.container = false;
    says(fault("device"), "no /dev/bus/usb at all");
  }

  @Test
  void aContainerThatShowsTheDeviceWithoutItsNode() {
    machine.node(new DeviceNode("/dev/bus/usb/002/005", false, "", "", "", false, List.of()));
    machine.container = true;
    says(fault("node"), "/dev/bus/usb/002/005 is missing", "-v /dev/bus/usb:/dev/bus/usb");
    machine.container = false;
    doesNotSay(fault("node"), "container");
    says(fault("node"), "udev");
  }

  @Test
  void aStickBeforeItsFirmwareIsNoFault() {
    machine.sticks.set(
        0,
        InventedFacts.stick(
            InventedFacts.STICK, UsbBus.NEW_ID, 5000, InventedFacts.node("plugdev", true)));
    says(only("usb"), "1a6e:089a", "before its firmware is loaded");
    assertTrue(machine.diagnosis().clear());
  }

  @ParameterizedTest
  @CsvSource({"480,USB 2 (480 Mbit/s)", "12,slow USB (12 Mbit/s)"})
  void aSlowPortIsANote(int speed, String words) {
    machine.sticks.set(
        0,
        InventedFacts.stick(
            InventedFacts.STICK, UsbBus.LOADED_ID, speed, InventedFacts.node("plugdev", true)));
    Finding found = only("usb");
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
    assertEquals(Finding.Kind.OK, only("usb").kind());
    assertFalse(only("usb").text().contains("Mbit"));
  }

  @Test
  void noRuleAndNotInTheGroup() {
    machine.node(InventedFacts.node("root", false));
    machine.rules = new UdevRules(List.of(), List.of());
    machine.account = new Account("pi", Set.of("pi"), Set.of());
    Finding found = fault("permission");
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
    says(fault("permission"), "do that on its host");
  }

  @Test
  void noRuleButInTheGroup() {
    machine.node(InventedFacts.node("root", false));
    machine.rules = new UdevRules(List.of(), List.of());
    says(fault("permission"), "GROUP=\"plugdev\"");
    doesNotSay(fault("permission"), "usermod");
  }

  @Test
  void aRuleThatWasNotApplied() {
    machine.node(InventedFacts.node("root", false));
    says(fault("permission"), "/etc/udev/rules.d/60-edgetpu.rules", "plug the device in again");
    doesNotSay(fault("permission"), "ATTRS");
  }

  @Test
  void aRuleIsThereAndTheUserIsNotInTheGroup() {
    machine.node(InventedFacts.node("plugdev", false));
    machine.account = new Account("pi", Set.of("pi"), Set.of());
    says(fault("permission"), "root:plugdev", "sudo usermod -aG plugdev pi");
    doesNotSay(fault("permission"), "udevadm");
  }

  @Test
  void aSessionOlderThanTheMembership() {
    machine.node(InventedFacts.node("plugdev", false));
    machine.account = new Account("pi", Set.of("pi"), Set.of("plugdev"));
    says(fault("permission"), "log out and in again");
    doesNotSay(fault("permission"), "usermod");
  }

  @Test
  void aModeThatKeepsTheGroupOut() {
    machine.node(InventedFacts.node("plugdev", false));
    says(fault("permission"), "chmod g+rw /dev/bus/usb/002/005");
  }

  @Test
  void rootMayOpenIt() {
    machine.account = new Account("root", Set.of("root"), Set.of());
    says(only("permission"), "this is root");
  }

  @Test
  void aDeviceThatIsKeptEvenFromRoot() {
    machine.node(InventedFacts.node("plugdev", false));
    machine.account = new Account("root", Set.of("root"), Set.of());
    says(fault("permission"), "control group");
    doesNotSay(fault("permission"), "usermod");
    machine.container = true;
    says(fault("permission"), "--device-cgroup-rule");
  }

  @Test
  void whoHasTheDeviceIsNamed() {
    machine.node(InventedFacts.node("plugdev", true, new DeviceNode.Holder(4711, "python3")));
    says(fault("in use"), "python3 (process 4711)", "/dev/bus/usb/002/005", "one process");
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
    says(fault("list"), "--device usb:1", "usb:0 = /sys/bus/usb/devices/2-1");
    machine.device = ":1";
    fault("list");
    machine.device = ":0";
    assertTrue(machine.diagnosis().clear());
  }

  @Test
  void aDeviceOfAnotherTypeThanAskedFor() {
    machine.device = "pci:0";
    Diagnosis diagnosis = machine.diagnosis();
    List<String> faults =
        diagnosis.findings().stream().filter(DiagnosisTest::isFault).map(Finding::subject).toList();
    assertEquals(List.of("device", "list"), faults);
  }

  @Test
  void shownButNotListed() {
    machine.list();
    says(fault("list"), "lists no device, although the kernel shows one", "plug it in again");
    machine.usbNodes = false;
    machine.container = true;
    says(fault("list"), "-v /dev/bus/usb:/dev/bus/usb");
  }

  @Test
  void listedThoughTheKernelShowsNothingIsANote() {
    machine.sticks = List.of();
    assertEquals(Finding.Kind.NOTE, only("device").kind());
    assertTrue(machine.diagnosis().clear());
  }

  @Test
  void cardsOnPci() {
    machine.sticks = List.of();
    machine.device = "pci:0";
    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", "apex"));
    machine.apex = List.of(InventedFacts.apex(0, "apex", true));
    machine.list(pci("/dev/apex_0"));
    says(only("pci"), "/dev/apex_0");
    assertTrue(machine.diagnosis().clear());

    machine.apex = List.of(InventedFacts.apex(0, "root", false));
    Finding found = fault("permission");
    says(found, "SUBSYSTEM==\"apex\", MODE=\"0660\", GROUP=\"apex\"", "usermod -aG apex pi");
    doesNotSay(found, "plug");

    machine.apex = List.of();
    machine.list();
    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", ""));
    says(fault("pci"), "0000:04:00.0", "gasket-dkms", "modprobe apex");

    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", "apex"));
    says(fault("pci"), "made no /dev/apex_N", "dmesg");

    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", "vfio-pci"));
    says(fault("pci"), "vfio-pci", "virtual machine");
  }

  @Test
  void aCardWithoutADriverIsANoteForWhoWantsTheStick() {
    machine.chips = List.of(new PciBus.Chip("0000:04:00.0", ""));
    machine.device = "usb";
    assertTrue(machine.diagnosis().clear());
    assertEquals(Finding.Kind.NOTE, only("pci").kind());
  }

  @Test
  void listedPermittedAndYetNotOpened() {
    machine.attempt = new Attempt(true, "usb:0 could not be opened", 1);
    says(fault("open"), "usb:0 could not be opened", "another process");
    assertFalse(machine.diagnosis().usable());
    machine.container = true;
    says(fault("open"), "in another container", "--device-cgroup-rule");
  }

  @Test
  void aModelThatWasNotCompiled() {
    machine.model = ModelFacts.plain("m.tflite", 31);
    says(
        fault("model"),
        "m.tflite was not compiled",
        "edgetpu_compiler m.tflite",
        "octet edgetpu check");
  }

  @Test
  void aDamagedModel() {
    machine.model = ModelFacts.damaged("m.tflite", "the package ends at byte 10");
    says(fault("model"), "the package ends at byte 10", "compile");
  }

  @Test
  void aModelForANewerRuntime() {
    machine.library =
        LibraryFacts.found("l", "RuntimeVersion(13)", List.of(usb(InventedFacts.STICK)));
    machine.model = InventedFacts.compiled(14, 1, 0);
    says(fault("runtime"), "needs runtime 14", "only 13", "--min_runtime_version 13");
    machine.model = InventedFacts.compiled(13, 1, 0);
    says(only("runtime"), "needs runtime 13, this one is 13");
    assertTrue(machine.diagnosis().clear());
    machine.library = LibraryFacts.missing("l", "cannot open shared object file");
    assertEquals(Finding.Kind.OK, only("runtime").kind());
  }

  @Test
  void statesNeedARuntimeThatThePackageDoesNotName() {
    machine.library =
        LibraryFacts.found("l", "RuntimeVersion(13)", List.of(usb(InventedFacts.STICK)));
    machine.model =
        new ModelFacts("m", null, 1, 0, 12, true, 1, 0, List.of("x INT8 [1]"), List.of());
    says(fault("runtime"), "recurrent states", "runtime 14", "only 13");
    machine.list(usb(InventedFacts.STICK));
    says(only("runtime"), "needs runtime 12, this one is 14");
  }

  @Test
  void anInputOfAnotherType() {
    machine.model =
        new ModelFacts(
            "m.tflite",
            null,
            1,
            0,
            10,
            false,
            1,
            0,
            List.of("input FLOAT32 [1, 4]"),
            List.of("input 0 'input' is FLOAT32, compiled for UINT8"));
    says(fault("types"), "FLOAT32, compiled for UINT8", "compile it again");
  }

  @Test
  void parametersThatDoNotStay() {
    machine.model = InventedFacts.compiled(14, 8_000_000, 0);
    assertEquals(Finding.Kind.OK, only("memory").kind());
    says(only("memory"), "8,000,000 bytes", "about 8 MB");
    says(only("model"), "1 compiled operator for the Edge TPU, 59 operators left to the CPU");
    machine.model = InventedFacts.compiled(14, 8_000_000, 251_072);
    assertEquals(Finding.Kind.NOTE, only("memory").kind());
    says(only("memory"), "251,072 are sent at every run");
    machine.model = InventedFacts.compiled(14, 8_000_000, 2368);
    assertEquals(Finding.Kind.OK, only("memory").kind());
    machine.model = InventedFacts.compiled(14, 9_000_000, 0);
    says(only("memory"), "more than it has");
    assertTrue(machine.diagnosis().clear());
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
        .filter(DiagnosisTest::isFault)
        .forEach(each -> faults.add(each.subject()));
    assertEquals(List.of("platform", "library", "permission", "in use", "model"), faults);
  }
}
