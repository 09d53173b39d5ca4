// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.EdgeTpu;
import dev.octet.edgetpu.Account;
import dev.octet.edgetpu.DeviceNode;
import dev.octet.edgetpu.HostFacts;
import dev.octet.edgetpu.PciBus;
import dev.octet.edgetpu.UdevRules;
import dev.octet.edgetpu.UsbBus;
import dev.octet.toolkit.edgetpu.Facts.Attempt;
import dev.octet.toolkit.edgetpu.Facts.OctetFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A machine on which all is right, to be spoilt one fact at a time. */
final class InventedFacts {
  static final String STICK = "/sys/bus/usb/devices/2-1";
  static final String VERSION = "BuildLabel(COMPILER=6.3.0 20170516), RuntimeVersion(14)";

  String device = "";
  OctetFacts octet = new OctetFacts("0.1.0, native library, neondot", null, "Linux", "aarch64");
  boolean usbVisible = true;
  boolean usbNodes = true;
  List<UsbBus.Device> sticks =
      new ArrayList<>(List.of(stick(STICK, UsbBus.LOADED_ID, 5000, node("plugdev", true))));
  List<PciBus.Chip> chips = List.of();
  List<DeviceNode> apex = List.of();
  UdevRules rules = new UdevRules(List.of("/etc/udev/rules.d/60-edgetpu.rules"), List.of());
  Account account = new Account("pi", Set.of("pi", "plugdev"), Set.of("plugdev"));
  boolean container;
  LibraryFacts library = LibraryFacts.found("libedgetpu.so.1", VERSION, List.of(usb(STICK)));
  ModelFacts model;
  Attempt attempt = Attempt.NONE;

  static DeviceNode node(String group, boolean usable, DeviceNode.Holder... holders) {
    return new DeviceNode(
        "/dev/bus/usb/002/005", true, "root", group, "rw-rw-r--", usable, List.of(holders));
  }

  static DeviceNode apex(int number, String group, boolean usable) {
    return new DeviceNode(
        "/dev/apex_" + number, true, "root", group, "rw-rw----", usable, List.of());
  }

  static UsbBus.Device stick(String path, String id, int speed, DeviceNode node) {
    return new UsbBus.Device(path, id, speed, node);
  }

  static EdgeTpu.Device usb(String path) {
    return new EdgeTpu.Device(EdgeTpu.Type.USB, path);
  }

  static EdgeTpu.Device pci(String path) {
    return new EdgeTpu.Device(EdgeTpu.Type.PCI, path);
  }

  static ModelFacts compiled(int runtime, long cached, long streamed) {
    return new ModelFacts(
        "m.tflite",
        null,
        1,
        59,
        runtime,
        false,
        cached,
        streamed,
        List.of("input UINT8 [1, 128, 128, 3]"),
        List.of());
  }

  InventedFacts node(DeviceNode node) {
    sticks.set(0, stick(STICK, UsbBus.LOADED_ID, 5000, node));
    return this;
  }

  InventedFacts list(EdgeTpu.Device... listed) {
    library = LibraryFacts.found("libedgetpu.so.1", VERSION, List.of(listed));
    return this;
  }

  Facts facts() {
    HostFacts host =
        new HostFacts(
            new UsbBus(usbVisible, usbNodes, sticks),
            new PciBus(chips, apex),
            rules,
            account,
            container);
    return new Facts(device, octet, host, library, model, attempt);
  }

  Diagnosis diagnosis() {
    return Diagnosis.of(facts());
  }
}
