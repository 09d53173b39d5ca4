// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import dev.octet.edgetpu.DeviceNode;
import dev.octet.edgetpu.HostFacts;
import dev.octet.edgetpu.PciBus;
import dev.octet.edgetpu.UsbBus;
import java.util.ArrayList;
import java.util.List;

/** What is to say of the devices that the kernel shows, and of those that libedgetpu lists. */
final class BusFindings {
  private static final int USB_3 = 5000;
  private static final int USB_2 = 480;

  private final DeviceWish wish;
  private final HostFacts host;
  private final LibraryFacts library;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param library null or without a list when it cannot be used
   */
  BusFindings(DeviceWish wish, HostFacts host, LibraryFacts library) {
    this.wish = wish;
    this.host = host;
    this.library = library;
  }

  List<Finding> find() {
    List<Device> shown = shown();
    Device chosen = chosen(shown);
    for (UsbBus.Device each : host.usb().devices()) {
      usb(each, chosen != null && chosen.path().equals(each.path()));
    }
    cardsWithoutNode();
    for (DeviceNode each : host.pci().nodes()) {
      boolean wanted = chosen != null && chosen.path().equals(each.path());
      findings.add(Finding.ok("pci", each.path() + ", of the kernel's driver apex"));
      node(each, false, wanted);
    }
    boolean told = findings.stream().anyMatch(each -> each.kind() == Finding.Kind.FAULT);
    if (wish.suitable(shown).isEmpty() && !told) {
      absent();
    }
    if (library != null && library.failure() == null) {
      listed(shown);
    }
    return findings;
  }

  /** What the kernel shows that a program could use. */
  private List<Device> shown() {
    List<Device> shown = new ArrayList<>();
    host.usb().devices().forEach(each -> shown.add(new Device(Type.USB, each.path())));
    host.pci().nodes().forEach(each -> shown.add(new Device(Type.PCI, each.path())));
    return shown;
  }

  /** The one asked for: by libedgetpu's order, or the kernel's when there is no other. */
  private Device chosen(List<Device> shown) {
    boolean lists = library != null && !library.listed().isEmpty();
    return wish.choose(lists ? library.listed() : shown);
  }

  private void usb(UsbBus.Device device, boolean wanted) {
    String state =
        device.loaded()
            ? ", its firmware is loaded"
            : ", before its firmware is loaded (libedgetpu does so when it opens it)";
    String text = device.path() + " " + device.id() + state;
    int speed = device.megabits();
    if (speed >= USB_3) {
      findings.add(Finding.ok("usb", text + ", USB 3 (" + speed + " Mbit/s)"));
    } else if (speed < 0) {
      findings.add(Finding.ok("usb", text));
    } else {
      findings.add(
          Finding.note(
              "usb",
              text + ", " + (speed == USB_2 ? "USB 2" : "slow USB") + " (" + speed + " Mbit/s)",
              "it works, and inputs and streamed parameters take about ten times as long: use a"
                  + " USB 3 port (blue, or marked SS) and a USB 3 cable"));
    }
    node(device.node(), true, wanted);
  }

  private void node(DeviceNode node, boolean usb, boolean wanted) {
    for (Finding each : NodeFindings.of(node, usb, host)) {
      findings.add(wanted ? each : each.lessened());
    }
  }

  /** Cards of which the driver made nothing: without any node they are in the way. */
  private void cardsWithoutNode() {
    boolean none = host.pci().nodes().isEmpty();
    for (PciBus.Chip chip : host.pci().chips()) {
      if (none || !chip.driver().equals("apex")) {
        Finding fault = card("PCI card " + chip.address() + " (" + PciBus.ID + ")", chip.driver());
        findings.add(none && wish.pci() ? fault : fault.lessened());
      }
    }
  }

  private static Finding card(String card, String driver) {
    return switch (driver) {
      case "" ->
          Finding.fault(
              "pci",
              card + " has no kernel driver",
              "install it: Debian package gasket-dkms (Google's apt archive for Coral), then sudo"
                  + " modprobe apex");
      case "apex" ->
          Finding.fault(
              "pci",
              card + " has its driver, apex, which made no /dev/apex_N",
              "it may have failed to start the card: sudo dmesg | grep -i apex tells why");
      default ->
          Finding.fault(
              "pci",
              card + " is held by the driver " + driver + ", not by apex",
              "vfio-pci has it when it is given to a virtual machine: use it there");
    };
  }

  private void absent() {
    String kind = wish.usb() ? wish.pci() ? "USB or PCI" : "USB" : "PCI";
    List<String> steps = new ArrayList<>();
    if (wish.usb()) {
      if (!host.usb().nodes() && host.container()) {
        steps.addAll(NodeFindings.containerSteps(true));
      } else {
        steps.add(
            "plug the USB Accelerator in: its lamp is on when it has power, and lsusb shows "
                + UsbBus.NEW_ID
                + " or "
                + UsbBus.LOADED_ID);
        steps.add("it takes up to 900 mA: try another port, cable, or a hub with its own power");
      }
    }
    if (wish.pci()) {
      steps.add("PCI: lspci -nn shows " + PciBus.ID + " when the kernel sees a card");
    }
    boolean hidden = wish.usb() && !host.usb().nodes();
    Finding fault =
        Finding.fault(
            "device",
            "the kernel shows no Edge TPU on "
                + kind
                + (hidden
                    ? host.container()
                        ? "; this is a container without /dev/bus/usb"
                        : "; there is no /dev/bus/usb at all"
                    : ""),
            steps);
    boolean listed = library != null && !wish.suitable(library.listed()).isEmpty();
    findings.add(listed ? fault.lessened() : fault);
  }

  private void listed(List<Device> shown) {
    List<Device> listed = library.listed();
    if (listed.isEmpty()) {
      if (!wish.suitable(shown).isEmpty()) {
        findings.add(
            Finding.fault(
                "list",
                "libedgetpu lists no device, although the kernel shows one",
                host.usb().nodes()
                    ? List.of("plug it in again; it may have hung, or be in use")
                    : NodeFindings.containerSteps(host.container())));
      }
      return;
    }
    String names = String.join(", ", DeviceWish.names(listed));
    if (wish.choose(listed) == null) {
      findings.add(
          Finding.fault(
              "list",
              wish.describe() + " is not among the devices that libedgetpu lists: " + names,
              "ask for one of these"));
    } else {
      findings.add(Finding.ok("list", "libedgetpu lists " + names));
    }
  }
}
