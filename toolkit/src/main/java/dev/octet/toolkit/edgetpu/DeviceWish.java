// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import dev.octet.delegate.DeviceName;
import java.util.ArrayList;
import java.util.List;

/**
 * A device as users ask for it.
 *
 * @param name as {@code --device} takes it
 */
record DeviceWish(DeviceName name) {
  /**
   * @throws IllegalArgumentException for a text of another form
   */
  static DeviceWish parse(String text) {
    return new DeviceWish(DeviceName.parse(text));
  }

  boolean usb() {
    return name.type() != Type.PCI;
  }

  boolean pci() {
    return name.type() != Type.USB;
  }

  /** Those that are of the type asked for. */
  List<Device> suitable(List<Device> devices) {
    return devices.stream().filter(each -> each.type() == Type.USB ? usb() : pci()).toList();
  }

  /** The one asked for, or null. */
  Device choose(List<Device> devices) {
    List<Device> suitable = suitable(devices);
    return name.index() < suitable.size() ? suitable.get(name.index()) : null;
  }

  /** The name of the one asked for, such as {@code usb:0}, or what was asked for. */
  String nameOf(List<Device> devices) {
    Device chosen = choose(devices);
    for (String name : names(devices)) {
      if (chosen != null && name.endsWith(" " + chosen.path())) {
        return name.substring(0, name.indexOf(' '));
      }
    }
    return describe();
  }

  /** The devices by the names that {@code --device} takes: {@code usb:0}, {@code pci:0}. */
  static List<String> names(List<Device> devices) {
    List<String> names = new ArrayList<>();
    int usb = 0;
    int pci = 0;
    for (Device each : devices) {
      names.add((each.type() == Type.USB ? "usb:" + usb++ : "pci:" + pci++) + " = " + each.path());
    }
    return names;
  }

  /** What was asked for, in words. */
  String describe() {
    return name.text().isEmpty() ? "any device" : "--device " + name.text();
  }
}
