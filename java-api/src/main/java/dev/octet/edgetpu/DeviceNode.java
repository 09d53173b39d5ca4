// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The file in {@code /dev} through which a device is used, and who has it open.
 *
 * @param path such as {@code /dev/bus/usb/002/005} or {@code /dev/apex_0}
 * @param exists false where a container does not have it
 * @param owner name of the owner; empty when the node does not exist, as are group and mode
 * @param group name of the group
 * @param mode such as {@code rw-rw-r--}
 * @param usable true when this process may read and write it
 * @param holders other processes that have it open, as far as this process may see them
 */
public record DeviceNode(
    String path,
    boolean exists,
    String owner,
    String group,
    String mode,
    boolean usable,
    List<Holder> holders) {

  private static final String USB = "/dev/bus/usb/";

  /**
   * A process that has the node open.
   *
   * @param command its short name, 15 characters at most
   */
  public record Holder(long pid, String command) {}

  public DeviceNode {
    holders = List.copyOf(holders);
  }

  /**
   * Looks at a node; never throws.
   *
   * @param root what {@code /dev} and {@code /proc} are looked up in: {@code /}, or a tree that
   *     stands for it
   */
  public static DeviceNode read(Path root, String path) {
    Path file = root.resolve(path.substring(1));
    try {
      PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
      return new DeviceNode(
          path,
          true,
          attributes.owner().getName(),
          attributes.group().getName(),
          PosixFilePermissions.toString(attributes.permissions()),
          path.startsWith(USB) ? opens(file) : Files.isReadable(file) && Files.isWritable(file),
          holders(root.resolve("proc"), path));
    } catch (IOException | UnsupportedOperationException e) {
      return new DeviceNode(path, false, "", "", "", false, List.of());
    }
  }

  /**
   * What access(2) says is not all: a container may forbid a device whatever its mode is. To open a
   * USB node and close it again does nothing to the device; to open one of apex takes it.
   */
  private static boolean opens(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.isOpen();
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Holder> holders(Path proc, String path) {
    List<Holder> found = new ArrayList<>();
    String self = Long.toString(ProcessHandle.current().pid());
    for (Path process : SystemFile.list(proc, "[0-9]*")) {
      String pid = process.getFileName().toString();
      if (!pid.equals(self) && holds(process.resolve("fd"), Path.of(path))) {
        found.add(new Holder(Long.parseLong(pid), SystemFile.line(process.resolve("comm"))));
      }
    }
    return found;
  }

  /** False also for processes of other users, whose files are not shown. */
  private static boolean holds(Path descriptors, Path node) {
    for (Path link : SystemFile.list(descriptors, "*")) {
      try {
        if (Files.readSymbolicLink(link).equals(node)) {
          return true;
        }
      } catch (IOException e) {
        continue; // closed since the folder was listed
      }
    }
    return false;
  }
}
