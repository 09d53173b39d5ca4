// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Gives fields other values: mostly ones that a model might have, sometimes impossible ones. */
final class FieldMutator {
  private static final int[] SMALL = {0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 100, 255, 256};
  private static final int[] LARGE = {
    -1, -2, -128, 1000, 32768, 65536, 1 << 20, 1 << 24, 1 << 30, 0x7fffffff, 0x80000000
  };
  private static final float[] REALS = {
    0, -0f, 1, -1, 0.5f, 2, 1e-8f, 1e-30f, 1e-45f, 1e8f, 1e30f, 3e38f, 1f / 256
  };
  private static final float[] NO_NUMBERS = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  /** Larger contents are weights, where a changed byte says nothing. */
  private static final int SMALL_CONTENTS = 4096;

  private final Random random;
  private final int tensors;
  private final int subgraphs;
  private final int buffers;
  private final int codes;

  FieldMutator(Table model, Random random) {
    this.random = random;
    List<Table> graphs = model.tables("subgraphs");
    this.tensors = graphs.stream().mapToInt(g -> g.tables("tensors").size()).max().orElse(0);
    this.subgraphs = graphs.size();
    this.buffers = model.tables("buffers").size();
    this.codes = model.tables("operator_codes").size();
  }

  /** Another value for a field of the table; null takes it away. */
  Object of(Table table, Field field) {
    Object before = table.value(table.type().position(field.name()));
    if (before == null) {
      before = field.absent();
    }
    if (field.vector()) {
      return random.nextInt(20) == 0 ? null : vector(table, field, before);
    }
    return switch (field.wire()) {
      case BOOL -> !(boolean) before;
      case F32 -> real();
      case I64, U64 -> (long) integer(table, field, (int) (long) before);
      case STRING -> random.nextBoolean() ? null : before == null ? "x" : before + "x";
      case TABLE -> random.nextInt(4) == 0 ? null : Table.of(field.tables().get(0));
      case UNION ->
          random.nextInt(4) == 0
              ? null
              : Table.of(field.tables().get(random.nextInt(field.tables().size())));
      default -> integer(table, field, (int) before);
    };
  }

  private int integer(Table table, Field field, int before) {
    if (field.constants() != null) {
      return random.nextInt(field.constants().getEnumConstants().length);
    }
    int count = count(table.name(), field);
    if (count > 0 && random.nextInt(10) != 0) {
      return random.nextInt(count);
    }
    return switch (random.nextInt(8)) {
      case 0, 1 -> before + 1;
      case 2, 3 -> before - 1;
      case 4 -> -before;
      case 5 -> LARGE[random.nextInt(LARGE.length)];
      default -> SMALL[random.nextInt(SMALL.length)];
    };
  }

  /** Of a field that is an index: how many things there are; 0 for other fields. */
  private int count(String table, Field field) {
    if (field.subgraph() || field.name().equals("subgraph_index")) {
      return subgraphs;
    }
    return switch (field.name()) {
      case "buffer" -> buffers;
      case "opcode_index" -> codes;
      case "inputs", "outputs", "intermediates", "tensor_index" -> tensors;
      case "builtin_code" -> 210;
      case "deprecated_builtin_code" -> 128;
      default -> 0;
    };
  }

  private float real() {
    return random.nextInt(10) == 0
        ? NO_NUMBERS[random.nextInt(NO_NUMBERS.length)]
        : random.nextBoolean()
            ? REALS[random.nextInt(REALS.length)]
            : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
  }

  private Object vector(Table table, Field field, Object before) {
    if (field.isBytes()) {
      return bytes((ByteBuffer) before);
    }
    if (field.javaType() == int[].class) {
      return ints(table, field, before == null ? new int[0] : (int[]) before);
    }
    if (field.javaType() == long[].class) {
      long[] longs = before == null ? new long[0] : (long[]) before;
      int[] changed =
          ints(table, field, Arrays.stream(longs).mapToInt(value -> (int) value).toArray());
      return Arrays.stream(changed).asLongStream().toArray();
    }
    if (field.javaType() == float[].class) {
      float[] floats = before == null ? new float[1] : ((float[]) before).clone();
      if (floats.length == 0 || random.nextInt(4) == 0) {
        return Arrays.copyOf(floats, random.nextInt(floats.length + 2));
      }
      floats[random.nextInt(floats.length)] = real();
      return floats;
    }
    if (field.javaType() == boolean[].class) {
      boolean[] bools = new boolean[random.nextInt(4)];
      Arrays.fill(bools, random.nextBoolean());
      return bools;
    }
    return elements(before == null ? List.of() : (List<?>) before);
  }

  private int[] ints(Table table, Field field, int[] before) {
    int[] ints = before.clone();
    int n = ints.length;
    switch (n == 0 ? 3 : random.nextInt(n == 1 ? 6 : 8)) {
      case 2 -> {
        return without(ints, random.nextInt(n));
      }
      case 3 -> {
        ints = Arrays.copyOf(ints, n + 1);
        ints[n] = n == 0 || random.nextBoolean() ? 1 : ints[random.nextInt(n)];
        if (field.wire() != Wire.U8 && random.nextBoolean()) {
          ints[n] = integer(table, field, ints[n]);
        }
      }
      case 6 -> {
        int a = random.nextInt(n);
        int b = random.nextInt(n);
        int kept = ints[a];
        ints[a] = ints[b];
        ints[b] = kept;
      }
      case 7 -> ints[random.nextInt(n)] = ints[random.nextInt(n)];
      default -> {
        int at = random.nextInt(n);
        ints[at] = integer(table, field, ints[at]);
      }
    }
    return ints;
  }

  private static int[] without(int[] ints, int at) {
    int[] fewer = Arrays.copyOf(ints, ints.length - 1);
    System.arraycopy(ints, at + 1, fewer, at, fewer.length - at);
    return fewer;
  }

  private List<?> elements(List<?> before) {
    List<Object> list = new ArrayList<>(before);
    if (list.isEmpty()) {
      return list;
    }
    int at = random.nextInt(list.size());
    switch (random.nextInt(4)) {
      case 0 -> list.remove(at);
      case 1 -> list.add(at, list.get(random.nextInt(list.size())));
      default -> {
        int other = random.nextInt(list.size());
        Object kept = list.get(at);
        list.set(at, list.get(other));
        list.set(other, kept);
      }
    }
    return list;
  }

  private ByteBuffer bytes(ByteBuffer before) {
    byte[] bytes = new byte[before == null ? 0 : before.remaining()];
    if (bytes.length > 0) {
      before.duplicate().get(bytes);
    }
    int what = random.nextInt(10);
    if (bytes.length == 0 || what == 0) {
      return ByteBuffer.wrap(new byte[random.nextInt(9)]);
    }
    if (what == 1) {
      return ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length));
    }
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int within = Math.min(bytes.length, SMALL_CONTENTS);
    if (what < 4 || within < 4) {
      bytes[random.nextInt(within)] = (byte) random.nextInt();
    } else {
      int at = 4 * random.nextInt(within / 4);
      int[] choice = random.nextInt(3) == 0 ? LARGE : SMALL;
      words.putInt(
          at,
          random.nextInt(3) == 0
              ? words.getInt(at) + random.nextInt(5) - 2
              : choice[random.nextInt(choice.length)]);
    }
    return words;
  }
}
