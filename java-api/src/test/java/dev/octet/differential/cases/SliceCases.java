// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** SLICE, STRIDED_SLICE, SPLIT, SPLIT_V, UNPACK. */
final class SliceCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    List<OpGenerator> all = new ArrayList<>();
    String slices = "f32 f16 bf16 i8 u8 i16 i32 u32 i64 bool str";
    Movement.each(all, "SLICE", slices, SliceCases::slice);
    Movement.each(all, "STRIDED_SLICE", slices, SliceCases::stridedSlice);
    Movement.each(all, "SPLIT", "f32 i8 u8 i16 i32 i64", SliceCases::split);
    Movement.each(all, "SPLIT_V", "f32 i8 u8 i16 i32 i64", SliceCases::splitV);
    Movement.each(all, "UNPACK", "f32 i8 u8 i16 i32 bool", SliceCases::unpack);
    return all;
  }

  private static void slice(Movement c) {
    int[] shape = c.shape(1, 5);
    int[] begin = new int[shape.length];
    int[] size = new int[shape.length];
    for (int i = 0; i < shape.length; i++) {
      begin[i] = c.m.number(0, shape[i]);
      size[i] = c.m.chance(0.3) ? -1 : c.m.number(0, shape[i] - begin[i]);
      if (c.m.chance(0.7) && shape[i] > 0) {
        begin[i] = c.m.number(0, shape[i] - 1);
        size[i] = c.m.number(1, shape[i] - begin[i]);
      }
    }
    TensorType index = c.index();
    int x = c.x(shape);
    int[] length = {shape.length};
    c.m.operator(
        BuiltinOperator.SLICE,
        6,
        Table.of("SliceOptions"),
        in(x, c.parameter(index, length, begin), c.parameter(index, length, size)),
        c.y());
  }

  private static void stridedSlice(Movement c) {
    SingleOp m = c.m;
    int[] shape = c.shape(1, 4);
    List<Integer> begin = new ArrayList<>();
    List<Integer> end = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    int ellipsis = 0;
    int newAxis = 0;
    int shrink = 0;
    boolean offset = m.chance(0.2);
    int named = offset ? shape.length : m.number(1, shape.length);
    int at = 0;
    int hole = !offset && named < shape.length && m.chance(0.5) ? m.number(0, named) : -1;
    for (int i = 0; i <= named; i++) {
      int bit = 1 << begin.size();
      if (i == hole) {
        ellipsis = bit;
        at += shape.length - named;
        begin.add(0);
        end.add(0);
        strides.add(1);
        bit = 1 << begin.size();
      }
      if (i == named) {
        break;
      }
      if (!offset && newAxis == 0 && m.chance(0.15)) {
        newAxis = bit;
        begin.add(0);
        end.add(1);
        strides.add(1);
        bit = 1 << begin.size();
      }
      int dim = shape[at++];
      if (offset) {
        int first = m.number(0, Math.max(0, dim - 1));
        begin.add(first);
        end.add(m.number(0, dim - first));
        strides.add(m.number(1, 3));
      } else if (dim > 0 && m.chance(0.15)) {
        shrink |= bit;
        begin.add(m.number(-dim, dim - 1));
        end.add(m.number(-9, 9));
        strides.add(1);
      } else {
        begin.add(m.number(-dim - 2, dim + 2));
        end.add(m.number(-dim - 2, dim + 2));
        strides.add(m.chance(0.5) ? 1 : m.any(2, 3, -1, -1, -2, 7));
      }
    }
    boolean masks = !offset && m.chance(0.7);
    Table options =
        Table.builder("StridedSliceOptions")
            .set("begin_mask", masks ? m.number(0, 31) : 0)
            .set("end_mask", masks ? m.number(0, 31) : 0)
            .set("ellipsis_mask", ellipsis)
            .set("new_axis_mask", newAxis)
            .set("shrink_axis_mask", shrink)
            .set("offset", offset)
            .build();
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.STRIDED_SLICE,
        8,
        options,
        in(x, c.vector(ints(begin)), c.vector(ints(end)), c.vector(ints(strides))),
        c.y());
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] outputs(Movement c, int count) {
    int[] outputs = new int[count];
    Arrays.setAll(outputs, i -> c.y());
    return outputs;
  }

  private static void split(Movement c) {
    int[] shape = c.shape(1, 5);
    int axis = c.m.number(0, shape.length - 1);
    int parts = c.m.number(1, 4);
    shape[axis] = parts * c.m.number(1, 3);
    int[] form = c.m.chance(0.5) ? new int[0] : new int[] {1};
    int place = c.parameter(form, c.signed(axis, shape.length));
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.SPLIT,
        4,
        Table.builder("SplitOptions").set("num_splits", parts).build(),
        in(place, x),
        outputs(c, parts));
  }

  private static void splitV(Movement c) {
    int[] shape = c.shape(1, 5);
    int axis = c.m.number(0, shape.length - 1);
    int[] sizes = new int[c.m.number(1, 4)];
    shape[axis] = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = c.m.number(c.m.chance(0.1) ? 0 : 1, 4);
      shape[axis] += sizes[i];
    }
    if (c.m.chance(0.3)) {
      sizes[c.m.number(0, sizes.length - 1)] = -1;
    }
    int x = c.x(shape);
    int parts = c.parameter(c.index(), new int[] {sizes.length}, sizes);
    c.m.operator(
        BuiltinOperator.SPLIT_V,
        2,
        Table.builder("SplitVOptions").set("num_splits", sizes.length).build(),
        in(x, parts, c.scalar(c.signed(axis, shape.length))),
        outputs(c, sizes.length));
  }

  private static void unpack(Movement c) {
    int[] shape = c.m.shape(c.m.number(1, 5), 5);
    int axis = c.m.number(0, shape.length - 1);
    int x = c.x(shape);
    c.m.operator(
        BuiltinOperator.UNPACK,
        4,
        Table.builder("UnpackOptions")
            .set("num", shape[axis])
            .set("axis", c.signed(axis, shape.length))
            .build(),
        in(x),
        outputs(c, shape[axis]));
  }
}
