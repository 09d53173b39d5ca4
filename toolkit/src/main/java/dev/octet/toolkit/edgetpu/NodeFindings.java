// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.edgetpu.Account;
import dev.octet.edgetpu.DeviceAccess;
import dev.octet.edgetpu.DeviceNode;
import dev.octet.edgetpu.HostFacts;
import java.util.ArrayList;
import java.util.List;

/** Whether this process may open a device's node, and whether another one has it. */
final class NodeFindings {
  private static final String RULES = "/etc/udev/rules.d/99-edgetpu.rules";

  /** One for the device before its firmware is loaded, one for after. */
  private static final List<String> USB_RULES =
      List.of(
          "SUBSYSTEM==\"usb\", ATTRS{idVendor}==\"1a6e\", ATTRS{idProduct}==\"089a\","
              + " GROUP=\"plugdev\"",
          "SUBSYSTEM==\"usb\", ATTRS{idVendor}==\"18d1\", ATTRS{idProduct}==\"9302\","
              + " GROUP=\"plugdev\"");

  private static final String PCI_RULE = "SUBSYSTEM==\"apex\", MODE=\"0660\", GROUP=\"apex\"";

  private NodeFindings() {}

  static List<Finding> of(DeviceNode node, boolean usb, HostFacts host) {
    List<Finding> findings = new ArrayList<>();
    if (!node.exists()) {
      findings.add(
          Finding.fault(
              "node",
              node.path() + " is missing, although the kernel shows the device",
              usb ? containerSteps(host.container()) : pciContainerSteps(node, host.container())));
      return findings;
    }
    String rights = node.mode() + " " + node.owner() + ":" + node.group();
    if (!node.usable()) {
      findings.add(
          Finding.fault(
              "permission",
              node.path() + " is " + rights + ": " + host.account().user() + " may not use it",
              permissionSteps(node, usb, host)));
    } else {
      findings.add(
          Finding.ok(
              "permission", node.path() + " is " + rights + ", " + reason(node, host.account())));
    }
    if (!node.holders().isEmpty()) {
      String holders = new DeviceAccess(node).holders();
      findings.add(
          Finding.fault(
              "in use",
              holders + " has " + node.path() + " open",
              "one process at a time may have an Edge TPU: end that one, or use another device"));
    }
    return findings;
  }

  private static String reason(DeviceNode node, Account account) {
    if (account.user().equals("root")) {
      return "and this is root";
    }
    return account.groups().contains(node.group())
        ? account.user() + " is in group " + node.group()
        : account.user() + " may use it";
  }

  private static List<String> permissionSteps(DeviceNode node, boolean usb, HostFacts host) {
    String group = usb ? "plugdev" : "apex";
    Account account = host.account();
    if (account.user().equals("root")) {
      return host.container()
          ? usb ? containerSteps(true) : pciContainerSteps(node, true)
          : List.of("even root may not: a control group forbids it (systemd: DeviceAllow=)");
    }
    List<String> steps = new ArrayList<>();
    if (!node.group().equals(group)) {
      List<String> rules = usb ? host.rules().usb() : host.rules().pci();
      if (rules.isEmpty()) {
        steps.add("give it to group " + group + ": put into " + RULES);
        (usb ? USB_RULES : List.of(PCI_RULE)).forEach(each -> steps.add("  " + each));
      } else {
        steps.add("the rule is there, " + rules.get(0) + ", but was not applied to this device");
      }
      steps.add(
          "then: sudo udevadm control --reload-rules && sudo udevadm trigger"
              + (usb ? ", and plug the device in again" : ""));
      if (host.container()) {
        steps.add("this is a container: do that on its host");
      }
    }
    if (!account.groups().contains(group)) {
      steps.add(
          account.listed().contains(group)
              ? account.user()
                  + " is in group "
                  + group
                  + ", but this session is older than that: log out and in again"
              : account.user()
                  + " is not in group "
                  + group
                  + ": sudo usermod -aG "
                  + group
                  + " "
                  + account.user()
                  + ", then log out and in again");
    } else if (node.group().equals(group)) {
      steps.add("its mode keeps the group out: sudo chmod g+rw " + node.path());
    }
    return steps;
  }

  /** What gives a container the USB bus. */
  static List<String> containerSteps(boolean container) {
    return container
        ? List.of(
            "this is a container: start it with -v /dev/bus/usb:/dev/bus/usb"
                + " --device-cgroup-rule='c 189:* rmw'",
            "  (--device of one node is not enough: the device gets a new one when its firmware is"
                + " loaded)")
        : List.of("udev makes it: is it running? Plug the device in again");
  }

  private static List<String> pciContainerSteps(DeviceNode node, boolean container) {
    return container
        ? List.of("this is a container: start it with --device " + node.path())
        : List.of("udev makes it: is it running? sudo udevadm trigger");
  }
}
