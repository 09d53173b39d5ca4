// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code y[i] = x[begin + i * stride]} while before {@code end}, for each axis; all three count
 * axes and indices as Python's slices do. Bit k of a mask concerns the k-th of begin, end and
 * strides: begin and end masks leave the limit open, the ellipsis stands for all axes that are not
 * named, a new axis has dimension 1, a shrunk one has only the index {@code begin} and goes away.
 * With {@code offset}, end counts from begin.
 */
record StridedSlice(
    int beginMask, int endMask, int ellipsisMask, int newAxisMask, int shrinkMask, boolean offset)
    implements MoveOp {
  private static final String TYPES = "f32 f16 bf16 i8 u8 i16 i32 u32 i64 bool str";

  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.STRIDED_SLICE, 8, TYPES, o -> of(o.options()));

  /** Masks are of 32 bits. */
  private static final int MOST = 32;

  /** What is taken of an axis of x, or (x is -1) a new axis. */
  private record Axis(int x, int begin, int count, int stride, boolean shrunk) {}

  private static StridedSlice of(Table options) {
    return new StridedSlice(
        options.integer("begin_mask"),
        options.integer("end_mask"),
        options.integer("ellipsis_mask"),
        options.integer("new_axis_mask"),
        options.integer("shrink_axis_mask"),
        options.bool("offset"));
  }

  @Override
  public String name() {
    return "STRIDED_SLICE";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(4, 4, 1);
    node.type(node.input(0), Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    for (int i = 1; i < 4; i++) {
      node.type(node.input(i), TensorType.INT32);
    }
    node.require(Integer.bitCount(ellipsisMask) <= 1, null, "there is more than one ellipsis");
  }

  @Override
  public int[][] infer(NodeContext node) {
    for (int i = 1; i < 4; i++) {
      if (!node.input(i).constant()) {
        return new int[1][];
      }
    }
    List<Axis> axes = axes(node);
    for (Axis axis : axes) {
      if (axis.x == 0) {
        Rows.requireNoneLost(node, axis.begin, axis.stride, axis.count);
      }
    }
    int[] shape = axes.stream().filter(axis -> !axis.shrunk).mapToInt(axis -> axis.count).toArray();
    node.require(shape.length <= 8, node.output(0), "rank " + shape.length + " is over 8");
    return new int[][] {shape};
  }

  private static boolean bit(int mask, int i) {
    return (mask >>> i & 1) != 0;
  }

  private List<Axis> axes(NodeContext node) {
    Value x = node.input(0);
    node.rank(node.input(1), 1);
    int named = node.input(1).dim(0);
    node.require(named <= MOST, node.input(1), "names more than " + MOST + " axes");
    Parameters.rankAtMost(node, x, 8);
    int[] begin = Parameters.ints(node, node.input(1), named);
    int[] end = Parameters.ints(node, node.input(2), named);
    int[] stride = Parameters.ints(node, node.input(3), named);
    int taken = 0;
    boolean ellipsis = false;
    for (int i = 0; i < named; i++) {
      ellipsis |= bit(ellipsisMask, i);
      taken += bit(ellipsisMask, i) || bit(newAxisMask, i) ? 0 : 1;
    }
    int left = x.rank() - taken;
    // TensorFlow Lite lets an ellipsis stand for one axis even where none is left
    node.require(
        left > 0 || left == 0 && !ellipsis,
        x,
        "has "
            + x.rank()
            + " axes, "
            + taken
            + " are named"
            + (ellipsis ? " and an ellipsis" : ""));
    node.require(
        !offset || !ellipsis && newAxisMask == 0 && left == 0,
        x,
        "end is relative, but not all axes are named one by one");
    List<Axis> axes = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < named; i++) {
      if (bit(ellipsisMask, i)) {
        for (int k = 0; k < left; k++) {
          axes.add(new Axis(at, 0, x.dim(at++), 1, false));
        }
      } else if (bit(newAxisMask, i)) {
        axes.add(new Axis(-1, 0, 1, 1, false));
      } else {
        axes.add(axis(node, at++, i, begin[i], end[i], stride[i]));
      }
    }
    while (at < x.rank()) {
      axes.add(new Axis(at, 0, x.dim(at++), 1, false));
    }
    return axes;
  }

  private Axis axis(NodeContext node, int at, int i, int begin, int end, int stride) {
    Value x = node.input(0);
    int dim = x.dim(at);
    node.require(stride != 0, node.input(3), "the stride of axis " + at + " is 0");
    // forward, indices lie in [0, dim]; backward in [-1, dim - 1]
    int low = stride > 0 ? 0 : -1;
    int first = bit(beginMask, i) ? (stride > 0 ? 0 : dim - 1) : clamp(begin, dim, low);
    if (bit(shrinkMask, i)) {
      node.require(
          stride > 0 && first < dim, x, "axis " + at + " has no index " + begin + " to keep");
      return new Axis(at, first, 1, 1, true);
    }
    long relative = offset ? (long) first + end : end;
    node.require((int) relative == relative, node.input(2), "end " + end + " is out of range");
    int last = bit(endMask, i) ? (stride > 0 ? dim : -1) : clamp((int) relative, dim, low);
    int count = count((long) last - first, stride);
    node.require(
        !offset || count == count(end, stride), x, "has not " + end + " elements from " + first);
    return new Axis(at, first, count, stride, false);
  }

  private static int clamp(int index, int dim, int low) {
    long counted = index < 0 ? (long) index + dim : index;
    return (int) Math.max(low, Math.min(dim + low, counted));
  }

  private static int count(long length, int stride) {
    return (int) Math.max(0, -Math.floorDiv(-length, (long) stride));
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    View from = moves.input(0);
    int at = 0;
    for (Axis axis : axes(node)) {
      if (axis.x < 0) {
        from = from.repeat(at++, 1);
      } else {
        from = from.slice(at, axis.begin, axis.count, axis.stride);
        if (axis.shrunk) {
          from = from.drop(at);
        } else {
          at++;
        }
      }
    }
    return moves.copy(from, moves.output(0));
  }
}
