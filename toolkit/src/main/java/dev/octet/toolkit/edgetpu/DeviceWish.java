// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.toolkit.edgetpu.LibraryFacts.Listed;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device as users ask for it: {@code ""}, {@code :N}, {@code usb}, {@code usb:N}, {@code pci},
 * {@code pci:N}, with N from 0.
 */
final class DeviceWish {
  private static final Pattern FORM = Pattern.compile("(usb|pci)?(?::(\\d{1,4}))?");

  private final String text;
  private final String type;
  private final int number;

  /**
   * @throws IllegalArgumentException for a text of another form
   */
  DeviceWish(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "no device '" + text + "'; there are usb, usb:N, pci, pci:N and :N, N from 0");
    }
    this.text = text;
    this.type = matcher.group(1) == null ? "" : matcher.group(1);
    this.number = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
  }

  boolean usb() {
    return !type.equals("pci");
  }

  boolean pci() {
    return !type.equals("usb");
  }

  /** Those that are of the type asked for. */
  List<Listed> suitable(List<Listed> devices) {
    return devices.stream().filter(each -> each.usb() ? usb() : pci()).toList();
  }

  /** The one asked for, or null. */
  Listed choose(List<Listed> devices) {
    List<Listed> suitable = suitable(devices);
    return number < suitable.size() ? suitable.get(number) : null;
  }

  /** The devices by the names that {@code --device} takes: {@code usb:0}, {@code pci:0}. */
  static List<String> names(List<Listed> devices) {
    List<String> names = new ArrayList<>();
    int usb = 0;
    int pci = 0;
    for (Listed each : devices) {
      names.add((each.usb() ? "usb:" + usb++ : "pci:" + pci++) + " = " + each.path());
    }
    return names;
  }

  /** What was asked for, in words. */
  String describe() {
    return text.isEmpty() ? "any device" : "--device " + text;
  }
}
