// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads and checks what operators are given beside their data: axes, sizes, scales. */
final class Parameters {
  private Parameters() {}

  /** The element types of an {@link OpSpec}'s words. */
  static TensorType[] types(String words) {
    return TypeNames.types(List.of(words.split(" ")));
  }

  /** Requires one type for all inputs from {@code first} to {@code last} and for all outputs. */
  static void sameType(NodeContext node, int first, int last) {
    TensorType type = node.input(first).type();
    for (int i = first; i <= last; i++) {
      node.require(node.input(i).type() == type, node.input(i), "type is not " + type);
    }
    for (int i = 0; i < node.outputCount(); i++) {
      node.require(node.output(i).type() == type, node.output(i), "type is not " + type);
    }
  }

  /**
   * Requires equal quantization, as TensorFlow Lite compares it: one without, or with a scale for
   * each index of an axis, counts as scale 0.
   */
  static void sameQuantization(NodeContext node, Value a, Value b) {
    node.require(
        scale(a) == scale(b) && zeroPoint(a) == zeroPoint(b),
        b,
        "is quantized otherwise than " + a.name());
  }

  private static boolean single(Quantization quantization) {
    return quantization != null && !quantization.perAxis();
  }

  /** The scale of a tensor that has one, else 0. */
  static float scale(Value value) {
    return single(value.quantization()) ? value.quantization().scale() : 0;
  }

  /** The zero point of a tensor that has one, else 0. */
  static int zeroPoint(Value value) {
    return single(value.quantization()) ? value.quantization().zeroPoint() : 0;
  }

  /** The integers of a constant of {@code count} elements. */
  static int[] ints(NodeContext node, Value value, int count) {
    node.require(value.elements() == count, value, "has not " + count + " elements");
    ByteBuffer contents = value.contents();
    int[] result = new int[count];
    for (int i = 0; i < count; i++) {
      long wide =
          switch (value.type()) {
            case INT8 -> contents.get(i);
            case INT16 -> contents.getShort(2 * i);
            case INT64 -> contents.getLong(8 * i);
            default -> contents.getInt(4 * i);
          };
      node.require((int) wide == wide, value, wide + " does not fit 32 bits");
      result[i] = (int) wide;
    }
    return result;
  }

  /** An axis of {@code rank}, counted from the end when negative. */
  static int axis(NodeContext node, int axis, int rank) {
    node.require(axis >= -rank && axis < rank, null, "axis " + axis + " is not one of " + rank);
    return axis < 0 ? axis + rank : axis;
  }

  /** A dimension that was calculated in 64 bits. */
  static int dim(NodeContext node, Value value, long dim) {
    node.require(dim >= 0, value, "dimension " + dim + " is negative");
    node.require(dim <= Integer.MAX_VALUE, value, "dimension " + dim + " is too large");
    return (int) dim;
  }

  /** Requires a rank of at most {@code most}. */
  static void rankAtMost(NodeContext node, Value value, int most) {
    node.require(value.rank() <= most, value, "rank " + value.rank() + " is over " + most);
  }
}
