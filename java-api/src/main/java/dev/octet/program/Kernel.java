// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.util.ArrayList;
import java.util.List;

/**
 * A native kernel as Java states it: the fields of its instruction and of its weights entry, in
 * order. {@link Kernels} compares every statement with the native library's own when it is loaded.
 *
 * @param name the kernel's name
 * @param fields fields of an instruction
 * @param packFields fields of a weights entry; empty when it has none
 * @param packParts data parts of a weights entry
 */
public record Kernel(String name, List<Field> fields, List<Field> packFields, int packParts) {
  /** A field's name and kind: {@code value}, {@code weights}, {@code i32}, {@code f32}. */
  public record Field(String name, String kind) {}

  /**
   * @param fields such as {@code "x:value y:value stride_h:i32"}
   */
  static Kernel of(String name, String fields, String packFields, int packParts) {
    return new Kernel(name, parse(fields), parse(packFields), packParts);
  }

  private static List<Field> parse(String text) {
    List<Field> fields = new ArrayList<>();
    for (String field : text.trim().split("\\s+")) {
      if (!field.isEmpty()) {
        int colon = field.indexOf(':');
        fields.add(new Field(field.substring(0, colon), field.substring(colon + 1)));
      }
    }
    return List.copyOf(fields);
  }

  /** In the form of {@code octet_kernel_signature}. */
  String signature() {
    return name + "(" + join(fields) + ")[" + join(packFields) + "]" + packParts;
  }

  private static String join(List<Field> fields) {
    StringBuilder text = new StringBuilder();
    for (Field field : fields) {
      text.append(field.name()).append(':').append(field.kind()).append(' ');
    }
    return text.toString();
  }
}
