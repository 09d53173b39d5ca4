// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.MalformedModelException;
import dev.octet.tflite.FlatBufferReader;
import dev.octet.tflite.FlexMap;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a {@link CompiledPackage} out of an operator's options: a FlexBuffer map of which "4" is
 * the package, "6" the chips and "7" packages for further chips.
 */
final class PackageDecoder {
  private static final String PACKAGE = "4";
  private static final String CHIPS = "6";
  private static final String FURTHER = "7";

  /** What {@code virtual_chip_id} is in a package for several chips. */
  private static final int SEVERAL_CHIPS = -1;

  private static final int MOST_EXECUTABLES = ExecutableType.values().length;

  private final String source;

  PackageDecoder(String source) {
    this.source = source;
  }

  CompiledPackage decode(ByteBuffer options) {
    int start;
    ByteBuffer bytes;
    try {
      FlexMap map = new FlexMap(options);
      require(map.hasString(PACKAGE), 0, "has no package: no string '" + PACKAGE + "' in its map");
      chips(map);
      start = map.stringStart(PACKAGE);
      bytes = map.string(PACKAGE);
    } catch (FlexMap.Fault e) {
      throw new MalformedModelException(source, e.offset(), e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new MalformedModelException(source, 0, e.getMessage(), e);
    }
    return decode(new Buffer(bytes, start, "Package"));
  }

  private void chips(FlexMap map) {
    if (!map.hasVector(CHIPS)) {
      return;
    }
    int chips = map.integers(CHIPS).length;
    int further = map.hasVector(FURTHER) ? map.size(FURTHER) : 0;
    require(chips == further + 1, 0, "has " + (further + 1) + " packages for " + chips + " chips");
    require(further == 0, 0, "has packages for " + chips + " chips: the runtime takes only one");
  }

  private CompiledPackage decode(Buffer buffer) {
    Table root = buffer.root;
    buffer.require(
        root.integer("virtual_chip_id") != SEVERAL_CHIPS,
        root,
        "virtual_chip_id",
        "is a package for several chips");
    ByteBuffer several = root.bytes("serialized_multi_executable");
    buffer.require(
        several.hasRemaining(), root, "serialized_multi_executable", "has no executables");
    Buffer inner =
        new Buffer(several, buffer.start(root, "serialized_multi_executable"), "MultiExecutable");
    List<ByteBuffer> serialized = inner.root.blobs("serialized_executables");
    inner.require(
        !serialized.isEmpty() && serialized.size() <= MOST_EXECUTABLES,
        inner.root,
        "serialized_executables",
        "has " + serialized.size() + " executables, not 1 to " + MOST_EXECUTABLES);
    List<DeviceExecutable> executables = new ArrayList<>();
    Set<ExecutableType> types = EnumSet.noneOf(ExecutableType.class);
    for (int i = 0; i < serialized.size(); i++) {
      long start = inner.start(inner.root, "serialized_executables", i);
      DeviceExecutable executable = executable(new Buffer(serialized.get(i), start, "Executable"));
      executables.add(executable);
      types.add(executable.type());
    }
    inner.require(
        types.size() == serialized.size()
            && (types.size() != 2 || !types.contains(ExecutableType.STAND_ALONE)),
        inner.root,
        "serialized_executables",
        "are "
            + executables.stream().map(DeviceExecutable::type).toList()
            + ", which do not go together");
    return new CompiledPackage(
        root.integer("min_runtime_version"),
        text(root, "compiler_version"),
        text(root, "model_identifier"),
        executables);
  }

  private static DeviceExecutable executable(Buffer buffer) {
    Table table = buffer.root;
    ExecutableType type = ExecutableType.of(table.integer("type"));
    buffer.require(type != null, table, "type", "has the unknown type " + table.integer("type"));
    int batch = table.integer("batch_size");
    buffer.require(batch > 0, table, "batch_size", "has the batch size " + batch);
    int scratch = table.integer("scratch_size_bytes");
    buffer.require(scratch >= 0, table, "scratch_size_bytes", "has " + scratch + " scratch bytes");
    long instructions = 0;
    for (Table bitstream : table.tables("instruction_bitstreams")) {
      instructions += bitstream.bytes("bitstream").remaining();
    }
    return new DeviceExecutable(
        type,
        text(table, "name"),
        text(table, "chip"),
        batch,
        instructions,
        table.bytes("parameters").remaining(),
        scratch,
        table.long_("parameter_caching_token"),
        layers(buffer, "input_layers"),
        layers(buffer, "output_layers"));
  }

  private static List<DeviceLayer> layers(Buffer buffer, String field) {
    List<DeviceLayer> layers = new ArrayList<>();
    for (Table table : buffer.root.tables(field)) {
      String what = field + "[" + layers.size() + "]";
      Table side = table.table("any_layer");
      boolean output = field.equals("output_layers");
      buffer.require(
          !output || side != null && side.name().equals("OutputLayer"),
          table,
          "any_layer",
          what + " is not described as an output");
      layers.add(layer(buffer, table, what));
    }
    return layers;
  }

  private static DeviceLayer layer(Buffer buffer, Table table, String what) {
    String name = table.string("name");
    buffer.require(name != null, table, "name", what + " has no name");
    int code = table.integer("data_type");
    LayerType type = LayerType.of(code);
    buffer.require(type != null, table, "data_type", what + " has the unknown type " + code);
    int executions = table.integer("execution_count_per_inference");
    buffer.require(
        executions > 0,
        table,
        "execution_count_per_inference",
        what + " is executed " + executions + " times");
    int[] block = {table.integer("y_dim"), table.integer("x_dim"), table.integer("z_dim")};
    int[] dims = shape(buffer, table.table("shape"), block, what);
    long bytes = bytes(buffer, table, block, type, what);
    bytes(buffer, table, dims, type, what);
    int size = table.integer("size_bytes");
    buffer.require(
        size >= bytes, table, "size_bytes", what + " of " + bytes + " bytes has only " + size);
    return new DeviceLayer(name, type, dims, size, executions);
  }

  private static int[] shape(Buffer buffer, Table shape, int[] block, String what) {
    if (shape == null) {
      return block;
    }
    int[] ranges = shape.ints("dimension");
    buffer.require(ranges.length > 0, shape, "dimension", what + " has a shape of no dimensions");
    int[] dims = new int[ranges.length / 2];
    for (int i = 0; i < dims.length; i++) {
      long dim = (long) ranges[2 * i + 1] - ranges[2 * i] + 1;
      buffer.require(
          dim > 0 && dim <= Integer.MAX_VALUE,
          shape,
          "dimension",
          what + " has a dimension from " + ranges[2 * i] + " to " + ranges[2 * i + 1]);
      dims[i] = (int) dim;
    }
    return dims;
  }

  /** Bytes of so many elements for all executions, which fit an int32. */
  private static long bytes(Buffer buffer, Table table, int[] dims, LayerType type, String what) {
    long bytes = type.tensorType().bytes();
    for (int dim : dims) {
      bytes *= dim;
      buffer.require(
          dim > 0 && bytes <= Integer.MAX_VALUE,
          table,
          "size_bytes",
          what + " has a dimension below 1, or more than 2 GiB");
    }
    long all = bytes * table.integer("execution_count_per_inference");
    buffer.require(
        all <= Integer.MAX_VALUE,
        table,
        "execution_count_per_inference",
        what + " of all executions is above 2 GiB");
    return bytes;
  }

  private static String text(Table table, String field) {
    String text = table.string(field);
    return text == null ? "" : text;
  }

  private void require(boolean holds, long at, String rule) {
    if (!holds) {
      throw new MalformedModelException(source, at, rule);
    }
  }

  /** A FlatBuffer inside the options. */
  private final class Buffer {
    private final ByteBuffer bytes;
    private final long origin;
    final Table root;

    Buffer(ByteBuffer bytes, long origin, String type) {
      this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      this.origin = origin;
      this.root = FlatBufferReader.read(PackageSchema.DWN1, source, bytes, origin, type);
    }

    /** Where in the options the bytes of a vector start; the reader has checked the offsets. */
    long start(Table table, String field) {
      return origin + target(table.offset(field)) + 4;
    }

    /** Where the bytes of element {@code i} of a vector of strings start. */
    long start(Table table, String field, int i) {
      return origin + target(target(table.offset(field)) + 4 + 4 * i) + 4;
    }

    private int target(int at) {
      return at + bytes.getInt(at);
    }

    void require(boolean holds, Table table, String field, String rule) {
      if (!holds) {
        throw new MalformedModelException(
            source, origin + table.offset(field), root.name() + " " + rule);
      }
    }
  }
}
