// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Operators that copy elements to other places. */
final class MovementModels {
  private static final List<String> KINDS = List.of("f32", "i8", "i16", "i32");

  private MovementModels() {}

  static List<OperatorModel> all() {
    List<OperatorModel> all = new ArrayList<>();
    for (String kind : KINDS) {
      for (int axis : new int[] {1, 3}) {
        all.add(
            new OperatorModel("CONCATENATION", kind)
                .named("4 of them, axis " + axis)
                .options("ConcatenationOptions", "axis", axis)
                .x(1, 28, 28, 64)
                .x(1, 28, 28, 64)
                .x(1, 28, 28, 64)
                .x(1, 28, 28, 64)
                .y());
      }
      all.add(
          new OperatorModel("TRANSPOSE", kind)
              .named("0213")
              .options("TransposeOptions")
              .x(1, 128, 12, 64)
              .ints(0, 2, 1, 3)
              .y());
      all.add(
          new OperatorModel("TRANSPOSE", kind)
              .named("0231")
              .options("TransposeOptions")
              .x(1, 128, 12, 64)
              .ints(0, 2, 3, 1)
              .y());
      all.add(
          new OperatorModel("TRANSPOSE", kind)
              .named("0312")
              .options("TransposeOptions")
              .x(1, 56, 56, 64)
              .ints(0, 3, 1, 2)
              .y());
      all.add(
          new OperatorModel("TRANSPOSE", kind)
              .named("10")
              .options("TransposeOptions")
              .x(768, 768)
              .ints(1, 0)
              .y());
      all.add(
          new OperatorModel("SLICE", kind)
              .options("SliceOptions")
              .x(1, 56, 56, 64)
              .ints(0, 8, 8, 0)
              .ints(1, 40, 40, 32)
              .y());
      all.add(
          new OperatorModel("STRIDED_SLICE", kind)
              .named("halves")
              .options("StridedSliceOptions")
              .x(1, 56, 56, 64)
              .ints(0, 0, 0, 0)
              .ints(1, 56, 56, 64)
              .ints(1, 2, 2, 1)
              .y());
      all.add(
          new OperatorModel("STRIDED_SLICE", kind)
              .named("first row")
              .options("StridedSliceOptions", "shrink_axis_mask", 2)
              .x(1, 128, 768)
              .ints(0, 0, 0)
              .ints(1, 1, 768)
              .ints(1, 1, 1)
              .y());
      all.add(
          new OperatorModel("SPLIT", kind)
              .named("in 4, axis 3")
              .options("SplitOptions", "num_splits", 4)
              .scalar(3)
              .x(1, 28, 28, 256)
              .y()
              .y()
              .y()
              .y());
      all.add(
          new OperatorModel("SPLIT_V", kind)
              .named("in 3, axis 2")
              .options("SplitVOptions", "num_splits", 3)
              .x(1, 128, 2304)
              .ints(768, 768, 768)
              .scalar(2)
              .y()
              .y()
              .y());
      all.add(
          new OperatorModel("PAD", kind)
              .options("PadOptions")
              .x(1, 56, 56, 64)
              .pairs(0, 0, 1, 1, 1, 1, 0, 0)
              .y());
      all.add(
          new OperatorModel("MIRROR_PAD", kind)
              .options("MirrorPadOptions")
              .x(1, 56, 56, 64)
              .pairs(0, 0, 1, 1, 1, 1, 0, 0)
              .y());
      all.add(
          new OperatorModel("PACK", kind)
              .named("axis 1")
              .options("PackOptions", "values_count", 3, "axis", 1)
              .x(128, 768)
              .x(128, 768)
              .x(128, 768)
              .y());
      all.add(
          new OperatorModel("UNPACK", kind)
              .named("axis 1")
              .options("UnpackOptions", "num", 3, "axis", 1)
              .x(128, 3, 768)
              .y()
              .y()
              .y());
      all.add(
          new OperatorModel("GATHER", kind)
              .named("64 rows")
              .options("GatherOptions")
              .x(1000, 512)
              .range(0, 1000)
              .x(TensorType.INT32, 64)
              .y());
      all.add(
          new OperatorModel("GATHER", kind)
              .named("axis 1, 100")
              .options("GatherOptions", "axis", 1)
              .x(1000, 512)
              .range(0, 512)
              .x(TensorType.INT32, 100)
              .y());
      all.add(
          new OperatorModel("GATHER_ND", kind)
              .named("100 rows")
              .options("GatherNdOptions")
              .x(50, 20, 64)
              .range(0, 20)
              .x(TensorType.INT32, 100, 2)
              .y());
      all.add(
          new OperatorModel("BROADCAST_TO", kind)
              .version(2)
              .options("BroadcastToOptions")
              .x(1, 1, 768)
              .ints(1, 128, 768)
              .y());
      all.add(
          new OperatorModel("REVERSE_V2", kind)
              .named("axis 1")
              .options("ReverseV2Options")
              .x(1, 128, 768)
              .ints(1)
              .y());
      all.add(
          new OperatorModel("FILL", kind)
              .options("FillOptions")
              .ints(1, 128, 768)
              .x(new int[0])
              .y());
    }
    for (String kind : List.of("f32", "i8", "i32")) {
      all.add(
          new OperatorModel("TILE", kind)
              .named("by 1,8,1")
              .options("TileOptions")
              .x(1, 16, 768)
              .ints(1, 8, 1)
              .y());
      all.add(
          new OperatorModel("SPACE_TO_DEPTH", kind)
              .options("SpaceToDepthOptions", "block_size", 2)
              .x(1, 56, 56, 64)
              .y());
      all.add(
          new OperatorModel("DEPTH_TO_SPACE", kind)
              .options("DepthToSpaceOptions", "block_size", 2)
              .x(1, 28, 28, 256)
              .y());
      all.add(
          new OperatorModel("SPACE_TO_BATCH_ND", kind)
              .options("SpaceToBatchNDOptions")
              .x(1, 56, 56, 64)
              .ints(2, 2)
              .pairs(0, 0, 0, 0)
              .y());
      all.add(
          new OperatorModel("BATCH_TO_SPACE_ND", kind)
              .options("BatchToSpaceNDOptions")
              .x(4, 28, 28, 64)
              .ints(2, 2)
              .pairs(0, 0, 0, 0)
              .y());
      all.add(
          new OperatorModel("ONE_HOT", kind)
              .named("of 1000")
              .options("OneHotOptions", "axis", -1)
              .range(0, 1000)
              .x(TensorType.INT32, 1, 128)
              .scalar(1000)
              .range(1, 2)
              .c(new int[0])
              .range(0, 0.5)
              .c(new int[0])
              .y());
      all.add(
          new OperatorModel("SCATTER_ND", kind)
              .named("64 rows")
              .options("ScatterNdOptions")
              .range(0, 128)
              .x(TensorType.INT32, 64, 1)
              .range(1, 100)
              .x(64, 768)
              .ints(128, 768)
              .y());
      all.add(
          new OperatorModel("REVERSE_SEQUENCE", kind.equals("i8") ? "u8" : kind)
              .options("ReverseSequenceOptions", "seq_dim", 1, "batch_dim", 0)
              .x(4, 128, 256)
              .range(1, 128)
              .x(TensorType.INT32, 4)
              .y());
      all.add(
          new OperatorModel("DYNAMIC_UPDATE_SLICE", kind)
              .options("DynamicUpdateSliceOptions")
              .x(1, 128, 768)
              .x(1, 1, 768)
              .range(0, 1)
              .x(TensorType.INT32, 3)
              .y());
    }
    for (String kind : List.of("f32", "i8", "hybrid")) {
      OperatorModel lookup =
          new OperatorModel("EMBEDDING_LOOKUP", kind)
              .range(0, 1000)
              .x(TensorType.INT32, 128)
              .range(-2, 2);
      if (kind.equals("hybrid")) {
        lookup.weights(TensorType.INT8, 1000, 512).y();
      } else {
        lookup.c(1000, 512).y();
      }
      all.add(lookup.named("of 1000x512"));
    }
    for (String kind : List.of("f32", "i8", "i16")) {
      all.add(
          new OperatorModel("RESIZE_BILINEAR", kind)
              .named("to 257x257")
              .options("ResizeBilinearOptions", "align_corners", true)
              .x(1, 33, 33, 21)
              .ints(257, 257)
              .y());
      all.add(
          new OperatorModel("RESIZE_BILINEAR", kind)
              .named("to 56x56")
              .options("ResizeBilinearOptions", "half_pixel_centers", true)
              .x(1, 28, 28, 64)
              .ints(56, 56)
              .y());
      all.add(
          new OperatorModel("RESIZE_NEAREST_NEIGHBOR", kind)
              .named("to 56x56")
              .options("ResizeNearestNeighborOptions", "half_pixel_centers", true)
              .x(1, 28, 28, 64)
              .ints(56, 56)
              .y());
    }
    return all;
  }
}
