// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads tensors: shape, constant contents, quantization and sparsity. */
final class TensorDecoder {
  private static final TfliteBuffer NO_BUFFER =
      new TfliteBuffer(0, 0, ByteBuffer.allocate(0).asReadOnlyBuffer());

  private final Faults faults;
  private final List<TfliteBuffer> buffers;
  private final StringLayout strings;

  TensorDecoder(Faults faults, List<TfliteBuffer> buffers, int fileBytes) {
    this.faults = faults;
    this.buffers = buffers;
    this.strings = new StringLayout(faults, fileBytes);
  }

  /**
   * Reads tensor {@code index} of {@code subgraph}, which has {@code count}. {@code given} is true
   * for an input of the subgraph and for what an operator writes.
   */
  TfliteTensor decode(Table table, int index, String subgraph, int count, boolean given) {
    String name = table.string("name") == null ? "" : table.string("name");
    String words = subgraph + " tensor " + index + " " + Faults.quote(name);
    TensorType type = table.enumeration("type", TensorType.class);
    int[] shape = table.ints("shape");
    long elements = elements(table, shape, words);
    if (elements * type.bits() > 8L * Integer.MAX_VALUE) {
      throw faults.at(table, "shape", words + ": " + type + Faults.text(shape) + " is above 2 GiB");
    }
    int[] signature = signature(table, shape, words);
    boolean variable = table.bool("is_variable");
    TfliteBuffer buffer = buffer(table, words);
    if (variable && buffer.bytes() > 0) {
      throw faults.at(table, "buffer", words + ": a variable has constant contents");
    }
    boolean sized = type != TensorType.RESOURCE && type != TensorType.VARIANT;
    boolean constant = buffer.bytes() > 0 || (elements == 0 && sized && !given && !variable);
    TfliteSparsity sparsity =
        table.table("sparsity") == null
            ? null
            : new SparsityDecoder(faults, table.table("sparsity"), words).decode(shape);
    if (sparsity != null && !constant) {
      throw faults.at(table, "sparsity", words + ": a sparse tensor has no contents");
    }
    if (constant && sized) {
      contents(table, type, sparsity == null ? elements : sparsity.stored(), buffer, words);
    }
    TfliteQuantization quantization =
        table.table("quantization") == null
            ? null
            : new QuantizationDecoder(faults, table.table("quantization"), words, count)
                .decode(type, shape, constant);
    return new TfliteTensor(
        index,
        name,
        type,
        shape,
        signature,
        table.bool("has_rank"),
        constant ? buffer : null,
        quantization,
        variable,
        sparsity,
        table.tables("variant_tensors"));
  }

  private long elements(Table table, int[] shape, String words) {
    long elements = 1;
    for (int dim : shape) {
      if (dim < 0) {
        throw faults.at(
            table, "shape", words + ": shape " + Faults.text(shape) + " has a negative dimension");
      }
      elements = elements > Integer.MAX_VALUE && dim > 0 ? elements : elements * dim;
    }
    if (elements > Integer.MAX_VALUE) {
      throw faults.at(
          table,
          "shape",
          words + ": shape " + Faults.text(shape) + " has more than 2147483647 elements");
    }
    return elements;
  }

  private int[] signature(Table table, int[] shape, String words) {
    int[] signature = table.ints("shape_signature");
    if (signature.length == 0) {
      return shape;
    }
    for (int dim : signature) {
      if (dim < -1) {
        throw faults.at(
            table,
            "shape_signature",
            words + ": shape_signature " + Faults.text(signature) + " has a dimension below -1");
      }
    }
    if (signature.length != shape.length) {
      throw faults.at(
          table,
          "shape_signature",
          words
              + ": shape_signature "
              + Faults.text(signature)
              + " has another rank than shape "
              + Faults.text(shape));
    }
    return signature;
  }

  /** The tensor's buffer. Buffer 0 means that there is none, whatever it holds. */
  private TfliteBuffer buffer(Table table, String words) {
    int index = table.integer("buffer");
    if (table.integer("external_buffer") != 0) {
      throw faults.at(
          table,
          "external_buffer",
          words + ": its contents are in another file, which is not supported");
    }
    if (index == 0) {
      return NO_BUFFER;
    }
    if (index >= buffers.size()) {
      throw faults.at(
          table, "buffer", words + ": buffer " + index + " is not one of " + buffers.size());
    }
    return buffers.get(index);
  }

  private void contents(
      Table table, TensorType type, long elements, TfliteBuffer buffer, String words) {
    if (type == TensorType.STRING) {
      if (buffer.bytes() > 0) {
        strings.check(table, buffer, elements, words);
      }
      return;
    }
    long needed = (elements * type.bits() + 7) / 8;
    if (buffer.bytes() != needed) {
      throw faults.at(
          table,
          "buffer",
          words
              + ": buffer "
              + buffer.index()
              + " has "
              + buffer.bytes()
              + " bytes, but "
              + elements
              + " elements of "
              + type
              + " take "
              + needed);
    }
  }
}
