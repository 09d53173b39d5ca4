// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;
import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which Edge TPU is meant: {@code ""}, {@code usb}, {@code pci}, or one of them before {@code :N}.
 *
 * @param text as it was written
 * @param type null for any
 * @param index in the order of enumeration, among those of the type
 */
public record DeviceName(String text, Type type, int index) {
  private static final Pattern FORM = Pattern.compile("(usb|pci|)(?::([0-9]{1,4}))?");

  /**
   * @throws IllegalArgumentException for any other text
   */
  public static DeviceName parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "device '"
              + text
              + "' is none of: '' (the first), :N, usb, usb:N, pci, pci:N (N counts from 0)");
    }
    Type type =
        switch (form.group(1)) {
          case "usb" -> Type.USB;
          case "pci" -> Type.PCI;
          default -> null;
        };
    return new DeviceName(text, type, form.group(2) == null ? 0 : Integer.parseInt(form.group(2)));
  }

  /**
   * The device of these that is meant.
   *
   * @throws DelegateException NO_DEVICE where there is none of the type, NOT_LISTED where there are
   *     fewer
   */
  public Device of(List<Device> devices) {
    List<Device> fitting =
        devices.stream().filter(device -> type == null || device.type() == type).toList();
    if (index < fitting.size()) {
      return fitting.get(index);
    }
    String kind = type == Type.USB ? "USB " : type == Type.PCI ? "PCIe " : "";
    if (fitting.isEmpty()) {
      throw new DelegateException(
          Reason.NO_DEVICE,
          "there is no "
              + kind
              + "Edge TPU here"
              + (devices.isEmpty() ? "" : ", only " + devices)
              + ". Is it plugged in and powered? In a container, is the device handed in"
              + " (/dev/bus/usb or /dev/apex_0)? On PCIe, are the drivers gasket and apex loaded?");
    }
    throw new DelegateException(
        Reason.NOT_LISTED,
        "there is no "
            + kind
            + "Edge TPU number "
            + index
            + " ('"
            + text
            + "'), counted from 0 there are only "
            + fitting);
  }
}
