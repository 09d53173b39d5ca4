// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** An operator of an {@link EditableGraph}. An optional input that is absent is null. */
public final class EditableOperator {
  private final Table source;
  private final int sourceIndex;
  private BuiltinOperator builtin;
  private String customCode;
  private int version;
  private Table options;
  private final ByteBuffer customOptions;
  private final List<EditableTensor> inputs;
  private final List<EditableTensor> outputs;
  private final List<EditableTensor> intermediates;

  /** A new operator of version 1, with default options. */
  public EditableOperator(
      BuiltinOperator builtin, List<EditableTensor> inputs, List<EditableTensor> outputs) {
    this.source = Table.of("Operator");
    this.sourceIndex = -1;
    this.builtin = builtin;
    this.version = 1;
    this.options = Table.of(builtin.options());
    this.customOptions = null;
    this.inputs = new ArrayList<>(inputs);
    this.outputs = new ArrayList<>(outputs);
    this.intermediates = new ArrayList<>();
  }

  EditableOperator(Table source, TfliteOperator operator, List<EditableTensor> tensors) {
    this.source = source;
    this.sourceIndex = operator.index();
    this.builtin = operator.builtin();
    this.customCode = operator.code().customCode();
    this.version = operator.version();
    this.options = operator.options();
    this.customOptions = operator.customOptions();
    this.inputs = at(tensors, operator.inputs());
    this.outputs = at(tensors, operator.outputs());
    this.intermediates = at(tensors, operator.intermediates());
  }

  private EditableOperator(EditableOperator other, UnaryOperator<EditableTensor> tensors) {
    this.source = other.source;
    this.sourceIndex = -1;
    this.builtin = other.builtin;
    this.customCode = other.customCode;
    this.version = other.version;
    this.options = other.options;
    this.customOptions = other.customOptions;
    this.inputs = mapped(other.inputs, tensors);
    this.outputs = mapped(other.outputs, tensors);
    this.intermediates = mapped(other.intermediates, tensors);
  }

  private static List<EditableTensor> mapped(
      List<EditableTensor> list, UnaryOperator<EditableTensor> tensors) {
    List<EditableTensor> mapped = new ArrayList<>();
    list.forEach(tensor -> mapped.add(tensor == null ? null : tensors.apply(tensor)));
    return mapped;
  }

  /** A new operator that is like this one but has other tensors in the place of its own. */
  public EditableOperator copy(UnaryOperator<EditableTensor> tensors) {
    return new EditableOperator(this, tensors);
  }

  private static List<EditableTensor> at(List<EditableTensor> tensors, int[] indices) {
    List<EditableTensor> list = new ArrayList<>();
    for (int index : indices) {
      list.add(index < 0 ? null : tensors.get(index));
    }
    return list;
  }

  /** The index in the subgraph it was read from; -1 for an operator that was made. */
  public int sourceIndex() {
    return sourceIndex;
  }

  public BuiltinOperator builtin() {
    return builtin;
  }

  public boolean is(BuiltinOperator... some) {
    return List.of(some).contains(builtin);
  }

  /** TensorFlow Lite's name such as {@code CONV_2D}, or the custom name. */
  public String name() {
    return customCode == null ? builtin.name() : customCode;
  }

  String customCode() {
    return customCode;
  }

  public int version() {
    return version;
  }

  public EditableOperator version(int newVersion) {
    version = newVersion;
    return this;
  }

  /** The table that {@link BuiltinOperator#options} names. */
  public Table options() {
    return options;
  }

  public EditableOperator options(Table newOptions) {
    options = newOptions;
    return this;
  }

  /** May be changed. */
  public List<EditableTensor> inputs() {
    return inputs;
  }

  /** Input {@code i}, or null when it is absent. */
  public EditableTensor input(int i) {
    return i < inputs.size() ? inputs.get(i) : null;
  }

  /** May be changed. */
  public List<EditableTensor> outputs() {
    return outputs;
  }

  public EditableTensor output(int i) {
    return outputs.get(i);
  }

  /** May be changed. */
  public List<EditableTensor> intermediates() {
    return intermediates;
  }

  /** Puts {@code replacement} wherever {@code tensor} is an input. */
  public void replaceInput(EditableTensor tensor, EditableTensor replacement) {
    Collections.replaceAll(inputs, tensor, replacement);
  }

  Table table(int opcode, java.util.function.Function<List<EditableTensor>, int[]> indices) {
    boolean second = builtin.code() >= BuiltinOperator.STABLEHLO_CONCATENATE.code();
    boolean empty = options == null || options.name().equals("NoOptions");
    Table.Builder table =
        source.toBuilder()
            .set("opcode_index", opcode)
            .set("inputs", indices.apply(inputs))
            .set("outputs", indices.apply(outputs))
            .set("intermediates", intermediates.isEmpty() ? null : indices.apply(intermediates));
    if (customOptions != null && customOptions.hasRemaining()) {
      table
          .set("custom_options", customOptions)
          .set("large_custom_options_offset", null)
          .set("large_custom_options_size", null);
    }
    if (!empty && customCode == null) {
      table.set(second ? "builtin_options_2" : "builtin_options", options);
    }
    return table.build();
  }

  @Override
  public String toString() {
    return name() + (outputs.isEmpty() ? "" : " of " + outputs.get(0));
  }
}
