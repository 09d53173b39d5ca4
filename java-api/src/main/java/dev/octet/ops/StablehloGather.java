// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * StableHLO's gather: slices of the operand of {@code sliceSizes}, whose corners the second input
 * (int32, int64) gives along {@code vectorDim}, coordinate i for dimension {@code startMap[i]} of
 * the operand. Output dimensions {@code offsetDims} run within a slice, without its {@code
 * collapsed} dimensions; the others run over the corners. A corner is brought inside: to at least 0
 * and at most the operand's length less the slice's (TensorFlow Lite reads outside the operand for
 * a negative one).
 */
record StablehloGather(
    long[] offsetDims, long[] collapsed, long[] startMap, long vectorDim, long[] sliceSizes)
    implements HostOp {
  private static final String TYPES = "f32 f16 i8 u8 i16 u16 i32 u32 i64 u64 f64";
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.STABLEHLO_GATHER, 1, TYPES, o -> of(o.options()));

  private static StablehloGather of(Table options) {
    return new StablehloGather(
        options.longs("offset_dims"),
        options.longs("collapsed_slice_dims"),
        options.longs("start_index_map"),
        options.long_("index_vector_dim"),
        options.longs("slice_sizes"));
  }

  @Override
  public String name() {
    return "STABLEHLO_GATHER";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(2, 2, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    node.type(node.output(0), x.type());
  }

  /** The options for the shapes at hand. */
  private record Dims(int[] slice, int[] collapsed, int[] map, int vector, int[] offset) {}

  private Dims dims(NodeContext node) {
    Value x = node.input(0);
    Value starts = node.input(1);
    int[] collapsedDims = SliceDims.of(node, x, "collapsed_slice_dims", collapsed, x.rank());
    int[] map = SliceDims.of(node, x, "start_index_map", startMap, x.rank());
    node.require(sliceSizes.length == x.rank(), x, "rank is not that of slice_sizes");
    int[] slice = new int[x.rank()];
    for (int i = 0; i < slice.length; i++) {
      node.require(
          sliceSizes[i] >= 0 && sliceSizes[i] <= x.dim(i), x, "is smaller than slice_sizes");
      slice[i] = (int) sliceSizes[i];
      node.require(
          slice[i] == 1 || !SliceDims.contains(collapsedDims, i),
          x,
          "dimension " + i + " is collapsed and not 1 in slice_sizes");
    }
    node.require(
        vectorDim >= 0 && vectorDim <= starts.rank(),
        starts,
        "index_vector_dim " + vectorDim + " is out of range");
    int vector = (int) vectorDim;
    int size = vector == starts.rank() ? 1 : starts.dim(vector);
    node.require(size == map.length, starts, "has not an index for each of start_index_map");
    int corners = vector == starts.rank() ? starts.rank() : starts.rank() - 1;
    node.require(
        offsetDims.length == x.rank() - collapsedDims.length, x, "rank is not that of offset_dims");
    Axes.rank(node, node.output(0), corners + offsetDims.length);
    int[] offset = SliceDims.of(node, x, "offset_dims", offsetDims, corners + offsetDims.length);
    return new Dims(slice, collapsedDims, map, vector, offset);
  }

  @Override
  public int[][] infer(NodeContext node) {
    Dims dims = dims(node);
    int[] kept = SliceDims.others(dims.collapsed, dims.slice.length);
    int[] starts = node.input(1).shape();
    int corners = dims.vector == starts.length ? starts.length : starts.length - 1;
    int[] shape = new int[corners + kept.length];
    int inSlice = 0;
    int corner = 0;
    for (int dim = 0; dim < shape.length; dim++) {
      if (SliceDims.contains(dims.offset, dim)) {
        shape[dim] = dims.slice[kept[inSlice++]];
      } else {
        corner += corner == dims.vector ? 1 : 0;
        shape[dim] = starts[corner++];
      }
    }
    return new int[][] {shape};
  }

  @Override
  public void run(HostCall call) {
    Dims dims = dims(call.node());
    HostTensor x = call.input(0);
    HostTensor starts = call.input(1);
    int[] shape = call.node().output(0).shape();
    ByteBuffer y = call.output(0, shape);
    int size = x.type().bytes();
    if (Arrays.stream(shape).anyMatch(d -> d == 0)) {
      return;
    }
    int[] sorted = dims.offset.clone();
    Arrays.sort(sorted);
    int[] batchDims = SliceDims.others(sorted, shape.length);
    int[] kept = SliceDims.others(dims.collapsed, dims.slice.length);
    int[] xStrides = SliceDims.strides(x.shape());
    int[] yStrides = SliceDims.strides(shape);
    int[] startStrides = SliceDims.strides(starts.shape());
    int[] along = new int[shape.length];
    for (int i = 0; i < kept.length; i++) {
      along[sorted[i]] = xStrides[kept[i]];
    }
    int[] at = new int[shape.length];
    int done = 0;
    do {
      int first = 0;
      for (int i = 0; i < batchDims.length; i++) {
        first += at[batchDims[i]] * startStrides[i < dims.vector ? i : i + 1];
      }
      int corner = 0;
      for (int i = 0; i < dims.map.length; i++) {
        int stride = dims.vector == starts.shape().length ? 0 : startStrides[dims.vector];
        int start = starts.integer(first + i * stride);
        int axis = dims.map[i];
        int most = x.shape()[axis] - dims.slice[axis];
        corner += Math.max(0, Math.min(start, most)) * xStrides[axis];
      }
      do {
        if (done++ % HostCall.PAUSE == 0) {
          call.checkStopped();
        }
        int from = corner + SliceDims.dot(at, along);
        y.put(SliceDims.dot(at, yStrides) * size, x.data(), from * size, size);
      } while (SliceDims.next(at, shape, sorted));
    } while (SliceDims.next(at, shape, batchDims));
  }
}
