// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who runs this process, and what groups give the user.
 *
 * @param user name of the user, or the number where it has none
 * @param groups names of the groups that this process has
 * @param listed groups that {@code /etc/group} lists the user in: they hold for whoever logs in
 *     after that
 */
public record Account(String user, Set<String> groups, Set<String> listed) {
  public Account {
    groups = Set.copyOf(groups);
    listed = Set.copyOf(listed);
  }

  /**
   * Looks the user up; never throws.
   *
   * @param root what {@code /proc} and {@code /etc} are looked up in: {@code /}, or a tree that
   *     stands for it
   */
  public static Account read(Path root) {
    String id = "";
    List<String> ids = new ArrayList<>();
    for (String line : SystemFile.lines(root.resolve("proc/self/status"))) {
      String[] words = line.split("\\s+");
      switch (words[0]) {
        case "Uid:" -> id = words.length > 2 ? words[2] : "";
        case "Gid:" -> ids.add(words.length > 2 ? words[2] : "");
        case "Groups:" -> ids.addAll(List.of(words).subList(1, words.length));
        default -> {}
      }
    }
    String user = id;
    for (String line : SystemFile.lines(root.resolve("etc/passwd"))) {
      String[] fields = line.split(":", -1);
      if (fields.length > 2 && fields[2].equals(id)) {
        user = fields[0];
        break;
      }
    }
    Set<String> groups = new LinkedHashSet<>();
    Set<String> listed = new LinkedHashSet<>();
    for (String line : SystemFile.lines(root.resolve("etc/group"))) {
      String[] fields = line.split(":", -1);
      if (fields.length > 3) {
        if (ids.contains(fields[2])) {
          groups.add(fields[0]);
        }
        if (List.of(fields[3].split(",")).contains(user)) {
          listed.add(fields[0]);
        }
      }
    }
    return new Account(user, groups, listed);
  }
}
