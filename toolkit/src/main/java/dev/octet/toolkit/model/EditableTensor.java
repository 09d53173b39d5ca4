// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import dev.octet.TensorType;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.tflite.TfliteTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A tensor of an {@link EditableGraph}. Two tensors are the same only when they are one object. */
public final class EditableTensor {
  private static final List<String> DETAILS = List.of("scales", "zero_points");

  private final Table source;
  private final int sourceIndex;
  private String name;
  private TensorType type;
  private int[] shape;
  private int[] shapeSignature;
  private ByteBuffer data;
  private TfliteQuantization quantization;
  private boolean variable;

  /** Fields of the quantization's details that name a tensor of the same graph. */
  private Map<String, EditableTensor> detailTensors = Map.of();

  /** A new tensor, without contents or quantization. */
  public EditableTensor(String name, TensorType type, int... shape) {
    this.source = Table.of("Tensor").toBuilder().set("has_rank", true).build();
    this.sourceIndex = -1;
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.shapeSignature = this.shape;
  }

  EditableTensor(Table source, TfliteTensor tensor) {
    this.source = source;
    this.sourceIndex = tensor.index();
    this.name = tensor.name();
    this.type = tensor.type();
    this.shape = tensor.shape();
    this.shapeSignature = tensor.shapeSignature();
    this.data = tensor.data();
    this.quantization = tensor.quantization();
    this.variable = tensor.variable();
  }

  private EditableTensor(EditableTensor other, String name) {
    this.source = other.source;
    this.sourceIndex = -1;
    this.name = name;
    this.type = other.type;
    this.shape = other.shape;
    this.shapeSignature = other.shapeSignature;
    this.data = other.data;
    this.quantization = other.quantization;
    this.variable = other.variable;
    this.detailTensors = other.detailTensors;
  }

  /** A new tensor of another name that is like this one and shares its contents. */
  public EditableTensor copy(String newName) {
    return new EditableTensor(this, newName);
  }

  /** The index in the subgraph it was read from; -1 for a tensor that was made. */
  public int sourceIndex() {
    return sourceIndex;
  }

  public String name() {
    return name;
  }

  public EditableTensor name(String newName) {
    name = newName;
    return this;
  }

  public TensorType type() {
    return type;
  }

  public EditableTensor type(TensorType newType) {
    type = newType;
    return this;
  }

  public int[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  public int dim(int axis) {
    return shape[axis];
  }

  /** Product of the dimensions. */
  public int elements() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The dimensions with -1 where they are open. */
  public int[] shapeSignature() {
    return shapeSignature.clone();
  }

  public EditableTensor shape(int[] newShape, int[] newSignature) {
    shape = newShape.clone();
    shapeSignature = newSignature.clone();
    return this;
  }

  /** True when the contents are in the file. */
  public boolean constant() {
    return data != null;
  }

  /** The contents, little-endian, position 0; null when they are not in the file. */
  public ByteBuffer data() {
    return data == null ? null : data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Sets the contents, from position to limit, or takes them away with null. */
  public EditableTensor data(ByteBuffer contents) {
    data = contents == null ? null : contents.slice().asReadOnlyBuffer();
    return this;
  }

  /** The contents of a FLOAT32 constant. */
  public float[] floats() {
    float[] values = new float[elements()];
    data().asFloatBuffer().get(values);
    return values;
  }

  /** Makes this a FLOAT32 constant. */
  public EditableTensor floats(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    type = TensorType.FLOAT32;
    return data(bytes);
  }

  /** Parameters as the file has them, or null. */
  public TfliteQuantization quantization() {
    return quantization;
  }

  public EditableTensor quantization(TfliteQuantization parameters) {
    quantization = parameters;
    return this;
  }

  public boolean variable() {
    return variable;
  }

  public EditableTensor variable(boolean isVariable) {
    variable = isVariable;
    return this;
  }

  /** True when the contents are stored sparsely. */
  public boolean sparse() {
    return source.table("sparsity") != null;
  }

  /** Finds what the details of the quantization (a scale for each block) refer to. */
  void link(List<EditableTensor> tensors) {
    if (quantization == null || quantization.details() == null) {
      return;
    }
    Table details = quantization.details();
    Map<String, EditableTensor> found = new LinkedHashMap<>();
    for (String field : details.name().equals("CustomQuantization") ? List.<String>of() : DETAILS) {
      if (details.integer(field) >= 0) {
        found.put(field, tensors.get(details.integer(field)));
      }
    }
    detailTensors = found;
  }

  /** Tensors of the same graph that the quantization refers to. */
  Collection<EditableTensor> detailTensors() {
    boolean details = quantization != null && quantization.details() != null;
    return details ? detailTensors.values() : List.of();
  }

  Table table(int buffer, Map<EditableTensor, Integer> indices) {
    Table.Builder table =
        source.toBuilder()
            .set("name", name)
            .set("type", type)
            .set("shape", shape)
            .set("buffer", buffer)
            .set("is_variable", variable ? (Object) true : null)
            .set("quantization", quantizationTable(indices));
    table.set("shape_signature", Arrays.equals(shape, shapeSignature) ? null : shapeSignature);
    return table.build();
  }

  private Table quantizationTable(Map<EditableTensor, Integer> indices) {
    if (quantization == null) {
      return null;
    }
    Table.Builder table = Table.builder("QuantizationParameters");
    if (quantization.min().length > 0) {
      table.set("min", quantization.min()).set("max", quantization.max());
    }
    if (quantization.scales().length > 0) {
      table
          .set("scale", quantization.scales())
          .set("zero_point", Arrays.stream(quantization.zeroPoints()).asLongStream().toArray());
    }
    if (quantization.dimension() != 0) {
      table.set("quantized_dimension", quantization.dimension());
    }
    if (quantization.details() == null) {
      return table.build();
    }
    Table.Builder details = quantization.details().toBuilder();
    detailTensors.forEach((field, tensor) -> details.set(field, indices.get(tensor)));
    return table.set("details", details.build()).build();
  }

  @Override
  public String toString() {
    return "'" + name + "' " + type + Arrays.toString(shape);
  }
}
