// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceAccessTest {
  private static final String STICK = "/sys/bus/usb/devices/2-1";

  @TempDir Path root;

  private void stick(String vendor, String product) throws IOException {
    Path folder = Files.createDirectories(root.resolve(STICK.substring(1)));
    Files.writeString(folder.resolve("idVendor"), vendor);
    Files.writeString(folder.resolve("idProduct"), product);
    Files.writeString(folder.resolve("busnum"), "2");
    Files.writeString(folder.resolve("devnum"), "5");
  }

  private static DeviceAccess node(boolean exists, boolean usable) {
    return new DeviceAccess(
        new DeviceNode(
            "/dev/bus/usb/002/005",
            exists,
            "root",
            "plugdev",
            "rw-rw-r--",
            usable,
            List.of(new DeviceNode.Holder(4711, "python3"), new DeviceNode.Holder(12, "frigate"))));
  }

  @Test
  void aDeviceThatTheKernelDoesNotShowIsNotJudged() throws IOException {
    assertNull(DeviceAccess.of(root, STICK).node());
    assertNull(DeviceAccess.of(root, STICK).refusal());
    assertEquals("", DeviceAccess.of(root, STICK).holders());
    stick("046d", "c52b");
    assertNull(DeviceAccess.of(root, STICK).node(), "something else is plugged in there");
  }

  @Test
  void aNodeThatIsNotThereIsRefused() throws IOException {
    stick("18d1", "9302");
    String refusal = DeviceAccess.of(root, STICK).refusal();
    assertEquals("/dev/bus/usb/002/005 is missing: a container must be given it", refusal);
    Path node = root.resolve("dev/bus/usb/002/005");
    Files.createDirectories(node.getParent());
    Files.writeString(node, "");
    assertNull(DeviceAccess.of(root, STICK).refusal());
  }

  @Test
  void aNodeThatCannotBeOpenedIsRefusedWhateverItsMode() throws IOException {
    stick("1a6e", "089a");
    Files.createDirectories(root.resolve("dev/bus/usb/002/005")); // root may open any file
    String refusal = DeviceAccess.of(root, STICK).refusal();
    assertTrue(refusal.endsWith("which this user may not read and write"), refusal);
  }

  @Test
  void cardsAreFoundByTheirNode() throws IOException {
    Files.createDirectories(root.resolve("sys/class/apex/apex_1"));
    assertEquals(
        "/dev/apex_1 is missing: a container must be given it",
        DeviceAccess.of(root, "/dev/apex_1").refusal());
    assertNull(DeviceAccess.of(root, "/dev/apex_0").refusal());
  }

  @Test
  void rightsAndHoldersAreNamed() {
    assertNull(node(true, true).refusal());
    String refusal = node(true, false).refusal();
    assertTrue(refusal.contains("rw-rw-r-- root:plugdev"), refusal);
    assertEquals("python3 (process 4711), frigate (process 12)", node(true, true).holders());
  }
}
