// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * StableHLO's scatter: the operand, into which every element of the updates (third input) goes at
 * the place that the indices (second input, int32 or int64) and its place in a window give; what
 * falls outside the operand is left out. Indices lie along {@code vectorDim}, index i for dimension
 * {@code scatterDims[i]} of the operand; updates run over a window along {@code windowDims}, which
 * has not the operand's {@code inserted} dimensions. The subgraph says how an update meets what is
 * there: none of its operators, it replaces; one of STABLEHLO_ADD, _MULTIPLY, _MAXIMUM, _MINIMUM.
 */
record StablehloScatter(
    long[] windowDims, long[] inserted, long[] scatterDims, long vectorDim, int subgraph)
    implements HostOp {
  private static final String TYPES = "f32 f16 i8 u8 i16 u16 i32 u32 i64 u64 bool f64";
  static final OpSpec SPEC =
      new OpSpec(BuiltinOperator.STABLEHLO_SCATTER, 1, TYPES, o -> of(o.options()));

  private static StablehloScatter of(Table options) {
    return new StablehloScatter(
        options.longs("update_window_dims"),
        options.longs("inserted_window_dims"),
        options.longs("scatter_dims_to_operand_dims"),
        options.long_("index_vector_dim"),
        options.integer("update_computation_subgraph_index"));
  }

  @Override
  public String name() {
    return "STABLEHLO_SCATTER";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    node.type(node.input(1), TensorType.INT32, TensorType.INT64);
    node.type(node.input(2), x.type());
    node.type(node.output(0), x.type());
    combination(node);
  }

  private Combination combination(NodeContext node) {
    node.require(
        subgraph >= 0 && subgraph < node.graph().subgraphs().size(),
        null,
        "there is no subgraph " + subgraph);
    Graph graph = node.graph().subgraphs().get(subgraph);
    if (graph.nodes().isEmpty()) {
      return Combination.REPLACE;
    }
    String name = graph.nodes().get(0).op().name();
    Combination combination = Combination.of(name);
    node.require(
        graph.nodes().size() == 1 && combination != null,
        null,
        "computes updates by more than one operator or by " + name);
    return combination;
  }

  /** The options for the shapes at hand. */
  private record Dims(int[] window, int[] inserted, int[] map, int vector) {}

  private Dims dims(NodeContext node) {
    Value x = node.input(0);
    Value indices = node.input(1);
    Value updates = node.input(2);
    int[] window = SliceDims.of(node, updates, "update_window_dims", windowDims, updates.rank());
    int[] insertedDims = SliceDims.of(node, x, "inserted_window_dims", inserted, x.rank());
    int[] map = SliceDims.of(node, x, "scatter_dims_to_operand_dims", scatterDims, x.rank());
    node.require(
        window.length + insertedDims.length == x.rank(),
        x,
        "rank is not that of update_window_dims and inserted_window_dims");
    node.require(
        vectorDim >= 0 && vectorDim <= indices.rank(),
        indices,
        "index_vector_dim " + vectorDim + " is out of range");
    int vector = (int) vectorDim;
    int size = vector == indices.rank() ? 1 : indices.dim(vector);
    node.require(
        size == map.length, indices, "has not an index for each of scatter_dims_to_operand_dims");
    int[] outer = SliceDims.others(window, updates.rank());
    int outerRank = vector == indices.rank() ? indices.rank() : indices.rank() - 1;
    boolean match = outer.length == outerRank;
    for (int i = 0; match && i < outerRank; i++) {
      match = updates.dim(outer[i]) == indices.dim(i < vector ? i : i + 1);
    }
    node.require(match, updates, "shape does not go with that of the indices");
    return new Dims(window, insertedDims, map, vector);
  }

  @Override
  public int[][] infer(NodeContext node) {
    dims(node);
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void run(HostCall call) {
    NodeContext node = call.node();
    Dims dims = dims(node);
    Combination combination = combination(node);
    HostTensor x = call.input(0);
    HostTensor indices = call.input(1);
    HostTensor updates = call.input(2);
    int[] shape = x.shape();
    ByteBuffer y = call.output(0, shape);
    y.put(0, x.data(), 0, x.elements() * x.type().bytes());
    int[] outer = SliceDims.others(dims.window, updates.shape().length);
    int[] operandOfWindow = SliceDims.others(dims.inserted, shape.length);
    int[] indexStrides = SliceDims.strides(indices.shape());
    int[] strides = SliceDims.strides(shape);
    int[] every = SliceDims.others(new int[0], updates.shape().length);
    int[] at = new int[updates.shape().length];
    int elements = updates.elements();
    int stride = dims.vector == indices.shape().length ? 0 : indexStrides[dims.vector];
    long[] place = new long[shape.length];
    for (int i = 0; i < elements; i++) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      int first = 0;
      for (int k = 0; k < outer.length; k++) {
        first += at[outer[k]] * indexStrides[k < dims.vector ? k : k + 1];
      }
      Arrays.fill(place, 0);
      for (int k = 0; k < dims.map.length; k++) {
        place[dims.map[k]] = indices.integer(first + k * stride);
      }
      for (int k = 0; k < dims.window.length; k++) {
        place[operandOfWindow[k]] += at[dims.window[k]];
      }
      int to = 0;
      boolean inside = true;
      for (int k = 0; inside && k < shape.length; k++) {
        inside = place[k] >= 0 && place[k] < shape[k];
        to += (int) place[k] * strides[k];
      }
      if (inside) {
        combination.put(x.type(), y, to, updates.data(), i);
      }
      SliceDims.next(at, updates.shape(), every);
    }
  }
}
