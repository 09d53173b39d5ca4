// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Changes what a model says, while the file stays a well-formed FlatBuffer: operators' inputs,
 * shapes, types, quantization, options, subgraph indices, contents of buffers. One to three fields
 * of the tree of tables, by a seed. Half of the constants whose shape or type changes get contents
 * of the new size, so that the change reaches the operators.
 */
public final class TableMutator {
  private static final long LARGEST_CONTENTS = 1 << 20;

  /** What a field says; each is as likely as another, however many fields a model has of it. */
  private enum Aspect {
    WIRING,
    SHAPE,
    TYPE,
    QUANTIZATION,
    OPTION,
    OPERATOR,
    CONTENTS,
    OTHER
  }

  /** From a table to one below it: a field and, of a vector of tables, the element, else -1. */
  private record Step(int position, int element) {}

  private record Site(Aspect aspect, List<Step> path, Field field) {}

  private final Table model;
  private final Map<Aspect, List<Site>> sites = new EnumMap<>(Aspect.class);

  public TableMutator(byte[] model) {
    this.model = TfliteReader.read("mutation", model).table();
    collect(this.model, List.of(), Aspect.OTHER);
  }

  private void collect(Table table, List<Step> path, Aspect around) {
    List<Field> fields = table.type().fields();
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      Aspect aspect = around != Aspect.OTHER ? around : aspect(table.name() + "." + field.name());
      sites.computeIfAbsent(aspect, a -> new ArrayList<>()).add(new Site(aspect, path, field));
      if (table.value(i) instanceof Table inner) {
        collect(inner, below(path, i, -1), aspect);
      } else if (table.value(i) instanceof List<?> list && field.wire() == Wire.TABLE) {
        for (int k = 0; k < list.size(); k++) {
          collect((Table) list.get(k), below(path, i, k), aspect);
        }
      }
    }
  }

  private static List<Step> below(List<Step> path, int position, int element) {
    List<Step> longer = new ArrayList<>(path);
    longer.add(new Step(position, element));
    return longer;
  }

  private static Aspect aspect(String field) {
    return switch (field) {
      case "Operator.inputs",
          "Operator.outputs",
          "Operator.intermediates",
          "SubGraph.inputs",
          "SubGraph.outputs",
          "Model.signature_defs" ->
          Aspect.WIRING;
      case "Tensor.shape", "Tensor.shape_signature" -> Aspect.SHAPE;
      case "Tensor.type" -> Aspect.TYPE;
      case "Tensor.quantization" -> Aspect.QUANTIZATION;
      case "Tensor.buffer", "Model.buffers" -> Aspect.CONTENTS;
      case "Operator.builtin_options", "Operator.builtin_options_2", "Operator.custom_options" ->
          Aspect.OPTION;
      case "Operator.opcode_index", "Model.operator_codes" -> Aspect.OPERATOR;
      default -> Aspect.OTHER;
    };
  }

  /** The changed model of that seed. */
  public byte[] of(long seed) {
    Random random = new Random(seed);
    List<Aspect> aspects = List.copyOf(sites.keySet());
    Table changed = model;
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      List<Site> choice = sites.get(aspects.get(random.nextInt(aspects.size())));
      Site site = choice.get(random.nextInt(choice.size()));
      Table table = at(changed, site.path());
      // a change before this one may have taken the table away
      if (table == null || !table.type().fields().contains(site.field())) {
        continue;
      }
      Object value = new FieldMutator(changed, random).of(table, site.field());
      changed = with(changed, site.path(), 0, set(table, site.field().name(), value));
      boolean measured = site.aspect() == Aspect.SHAPE || site.aspect() == Aspect.TYPE;
      if (measured && random.nextBoolean()) {
        changed = fitted(changed, site.path());
      }
    }
    ByteBuffer written = TfliteWriter.write(changed);
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }

  /** The table at the end of a path, or null. */
  private static Table at(Table root, List<Step> path) {
    Table table = root;
    for (Step step : path) {
      if (step.position() >= table.type().fields().size()) {
        return null;
      }
      Object value = table.value(step.position());
      if (value instanceof List<?> list && step.element() >= 0) {
        value = step.element() < list.size() ? list.get(step.element()) : null;
      }
      if (!(value instanceof Table inner)) {
        return null;
      }
      table = inner;
    }
    return table;
  }

  /** The root with another table at the end of the path. */
  private static Table with(Table root, List<Step> path, int depth, Table replacement) {
    if (depth == path.size()) {
      return replacement;
    }
    Step step = path.get(depth);
    String field = root.type().fields().get(step.position()).name();
    Object value = root.value(step.position());
    if (value instanceof Table inner) {
      return set(root, field, with(inner, path, depth + 1, replacement));
    }
    List<Object> elements = new ArrayList<>((List<?>) value);
    Table inner = (Table) elements.get(step.element());
    elements.set(step.element(), with(inner, path, depth + 1, replacement));
    return set(root, field, elements);
  }

  /** Gives a constant tensor contents of the size that it has now, those it had over and over. */
  private static Table fitted(Table root, List<Step> path) {
    Table tensor = at(root, path);
    List<Table> buffers = new ArrayList<>(root.tables("buffers"));
    int buffer = tensor.integer("buffer");
    TensorType type = TensorType.of(tensor.integer("type"));
    if (buffer <= 0 || buffer >= buffers.size() || type == null) {
      return root;
    }
    ByteBuffer before = buffers.get(buffer).bytes("data");
    double bits = type.bits();
    for (int dim : tensor.ints("shape")) {
      bits *= dim;
    }
    if (before.remaining() == 0 || bits <= 0 || bits > 8.0 * LARGEST_CONTENTS) {
      return root;
    }
    byte[] contents = new byte[(int) ((bits + 7) / 8)];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = before.get(i % before.limit());
    }
    buffers.add(Table.builder("Buffer").set("data", ByteBuffer.wrap(contents)).build());
    Table moved = set(tensor, "buffer", buffers.size() - 1);
    return set(with(root, path, 0, moved), "buffers", buffers);
  }

  private static Table set(Table table, String field, Object value) {
    return table.toBuilder().set(field, value).build();
  }
}
