// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which class a sub-folder is. With names of classes: the one that it is called after, or its
 * number. Without: sub-folders whose names are all different numbers are the classes of these
 * numbers; others are classes 0, 1, 2, ... in natural order.
 *
 * @param names of the classes by label
 * @param numbered true when a sub-folder's name is its label
 */
record FolderClasses(Path folder, List<String> names, boolean numbered) {
  private static final String NUMBER = "[0-9]{1,6}";

  /**
   * @param folders in natural order
   * @param given names of the classes by label, or empty
   */
  static FolderClasses of(Path folder, List<Path> folders, List<String> given) {
    List<String> own = folders.stream().map(FolderClasses::name).toList();
    boolean numbers = own.stream().allMatch(name -> name.matches(NUMBER));
    boolean different = own.size() == own.stream().map(FolderClasses::number).distinct().count();
    boolean numbered = numbers && different;
    if (!given.isEmpty()) {
      return new FolderClasses(folder, given, numbered && !given.containsAll(own));
    }
    if (!numbered) {
      return new FolderClasses(folder, own, false);
    }
    List<String> names = new ArrayList<>();
    for (String name : own) {
      int label = Integer.parseInt(name);
      while (names.size() < label) {
        names.add(Integer.toString(names.size()));
      }
      names.add(name);
    }
    return new FolderClasses(folder, names, true);
  }

  private static String name(Path folder) {
    return folder.getFileName().toString();
  }

  private static String number(String name) {
    return name.matches(NUMBER) ? Integer.toString(Integer.parseInt(name)) : name;
  }

  /**
   * The label of a sub-folder's files.
   *
   * @throws DataFormatException if it is called after no class
   */
  int label(Path each) throws DataFormatException {
    String name = name(each);
    int label = numbered ? Integer.parseInt(name) : names.indexOf(name);
    if (label < 0) {
      throw new DataFormatException(
          each.toString(), "is called after none of the " + names.size() + " classes given");
    }
    return label;
  }
}
