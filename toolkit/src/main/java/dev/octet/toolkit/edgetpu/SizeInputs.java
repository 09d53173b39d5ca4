// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableOperator;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Which inputs of an operator hold sizes, axes and places: they give its output its size. */
final class SizeInputs {
  private static final int[] NONE = {};
  private static final Map<BuiltinOperator, int[]> INPUTS = sizes();

  private SizeInputs() {}

  private static Map<BuiltinOperator, int[]> sizes() {
    Map<BuiltinOperator, int[]> sizes = new EnumMap<>(BuiltinOperator.class);
    sizes.put(BuiltinOperator.RESHAPE, new int[] {1});
    sizes.put(BuiltinOperator.RESIZE_BILINEAR, new int[] {1});
    sizes.put(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, new int[] {1});
    sizes.put(BuiltinOperator.TILE, new int[] {1});
    sizes.put(BuiltinOperator.PAD, new int[] {1});
    sizes.put(BuiltinOperator.PADV2, new int[] {1});
    sizes.put(BuiltinOperator.MIRROR_PAD, new int[] {1});
    sizes.put(BuiltinOperator.EXPAND_DIMS, new int[] {1});
    sizes.put(BuiltinOperator.SLICE, new int[] {1, 2});
    sizes.put(BuiltinOperator.STRIDED_SLICE, new int[] {1, 2, 3});
    sizes.put(BuiltinOperator.MEAN, new int[] {1});
    sizes.put(BuiltinOperator.SUM, new int[] {1});
    sizes.put(BuiltinOperator.REDUCE_MAX, new int[] {1});
    sizes.put(BuiltinOperator.REDUCE_MIN, new int[] {1});
    sizes.put(BuiltinOperator.REDUCE_PROD, new int[] {1});
    sizes.put(BuiltinOperator.SPLIT, new int[] {0});
    sizes.put(BuiltinOperator.SPLIT_V, new int[] {1, 2});
    sizes.put(BuiltinOperator.TRANSPOSE, new int[] {1});
    sizes.put(BuiltinOperator.TRANSPOSE_CONV, new int[] {0});
    sizes.put(BuiltinOperator.FILL, new int[] {0});
    sizes.put(BuiltinOperator.BROADCAST_TO, new int[] {1});
    sizes.put(BuiltinOperator.RANGE, new int[] {0, 1, 2});
    sizes.put(BuiltinOperator.ONE_HOT, new int[] {1});
    sizes.put(BuiltinOperator.TOPK_V2, new int[] {1});
    return sizes;
  }

  static boolean contains(EditableOperator op, int input) {
    return Arrays.stream(INPUTS.getOrDefault(op.builtin(), NONE)).anyMatch(i -> i == input);
  }
}
