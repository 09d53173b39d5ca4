// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.tflite.BuiltinOperator;

/**
 * SPACE_TO_BATCH_ND pads the one or two middle axes with zeros (zero points), cuts them in blocks,
 * and puts elements of the same place in their blocks together: {@code y[(i * block[1] + j) * n +
 * b, h, w, c] = padded[b, h * block[0] + i, w * block[1] + j, c]}. BATCH_TO_SPACE_ND is its inverse
 * and crops what the other pads. Inputs are x, block sizes, and [axes, 2] pads or crops.
 *
 * @param toBatch the operator is SPACE_TO_BATCH_ND
 */
record SpaceBatch(boolean toBatch) implements MoveOp {
  private static final String TYPES = "f32 i8 u8 i16 i32 i64";

  static final OpSpec TO_BATCH =
      new OpSpec(BuiltinOperator.SPACE_TO_BATCH_ND, 4, TYPES, o -> new SpaceBatch(true));
  static final OpSpec TO_SPACE =
      new OpSpec(BuiltinOperator.BATCH_TO_SPACE_ND, 4, TYPES, o -> new SpaceBatch(false));

  /** Places in a block up to which each has its copies. */
  private static final int MOST_PLANES = 36;

  @Override
  public String name() {
    return toBatch ? "SPACE_TO_BATCH_ND" : "BATCH_TO_SPACE_ND";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    Value x = node.input(0);
    node.type(x, Parameters.types(TYPES));
    Parameters.sameType(node, 0, 0);
    node.type(node.input(1), TensorType.INT32);
    node.type(node.input(2), TensorType.INT32);
    if (x.type() != TensorType.FLOAT32 && x.type().bytes() < 4) {
      Parameters.sameQuantization(node, x, node.output(0));
    }
    node.require(
        x.type() != TensorType.INT16 || Parameters.zeroPoint(x) == 0, x, "zero point is not 0");
  }

  private static int[] blocks(NodeContext node) {
    int axes = node.input(0).rank() - 2;
    node.rank(node.input(1), 1);
    int[] blocks = Parameters.ints(node, node.input(1), axes);
    for (int block : blocks) {
      node.require(block > 0, node.input(1), "block size " + block + " is not positive");
    }
    return blocks;
  }

  private static int[] edges(NodeContext node) {
    int axes = node.input(0).rank() - 2;
    node.rank(node.input(2), 2);
    node.require(node.input(2).dim(1) == 2, node.input(2), "has not two columns");
    int[] edges = Parameters.ints(node, node.input(2), 2 * axes);
    for (int edge : edges) {
      node.require(edge >= 0, node.input(2), edge + " is negative");
    }
    return edges;
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    node.require(x.rank() == 3 || x.rank() == 4, x, "rank is neither 3 nor 4");
    if (!node.input(1).constant() || !node.input(2).constant()) {
      return new int[1][];
    }
    int[] blocks = blocks(node);
    int[] edges = edges(node);
    int[] shape = x.shape().clone();
    long batch = x.dim(0);
    for (int i = 0; i < blocks.length; i++) {
      long edge = (long) edges[2 * i] + edges[2 * i + 1];
      if (toBatch) {
        long padded = x.dim(i + 1) + edge;
        node.require(
            padded % blocks[i] == 0, x, padded + " is not a multiple of block size " + blocks[i]);
        requireFit(node, padded);
        shape[i + 1] = Parameters.dim(node, x, padded / blocks[i]);
        batch = Parameters.dim(node, x, batch * blocks[i]);
      } else {
        node.require(
            batch % blocks[i] == 0, x, batch + " is not a multiple of block size " + blocks[i]);
        long whole = Parameters.dim(node, x, (long) x.dim(i + 1) * blocks[i]);
        shape[i + 1] = Parameters.dim(node, x, whole - edge);
        batch /= blocks[i];
      }
    }
    shape[0] = (int) batch;
    // the padded or uncropped tensor that lies between
    node.require(
        !toBatch || Value.fits(x.type(), spread(node, shape, blocks)),
        x,
        "is too large when padded");
    return new int[][] {shape};
  }

  private static void requireFit(NodeContext node, long dim) {
    Parameters.dim(node, node.input(0), dim);
  }

  /** The shape with all blocks side by side in space. */
  private int[] spread(NodeContext node, int[] y, int[] blocks) {
    int[] x = node.input(0).shape();
    int[] result = x.clone();
    result[0] = toBatch ? x[0] : y[0];
    for (int i = 0; i < blocks.length; i++) {
      result[i + 1] = (toBatch ? y : x)[i + 1] * blocks[i];
    }
    return result;
  }

  @Override
  public Moves moves(NodeContext node) {
    Moves moves = new Moves(node);
    int[] blocks = blocks(node);
    int[] edges = edges(node);
    int planes = 1;
    boolean edged = false;
    for (int block : blocks) {
      planes = Math.min(planes * Math.min(block, MOST_PLANES + 1), MOST_PLANES + 1);
    }
    for (int edge : edges) {
      edged |= edge > 0;
    }
    int[] spread = spread(node, node.output(0).shape(), blocks);
    if (edged && planes <= MOST_PLANES && node.output(0).elements() > 0) {
      planes(node, moves, spread, blocks, edges);
    } else {
      whole(node, moves, spread, blocks, edges, edged);
    }
    return moves;
  }

  /** All blocks at once, by way of a padded or uncropped tensor. */
  private void whole(
      NodeContext node, Moves moves, int[] spread, int[] blocks, int[] edges, boolean edged) {
    int axes = blocks.length;
    int[] low = new int[axes + 2];
    int[] high = new int[axes + 2];
    for (int i = 0; i < axes; i++) {
      low[i + 1] = edges[2 * i];
      high[i + 1] = edges[2 * i + 1];
    }
    View small = toBatch ? moves.input(0) : moves.output(0);
    View space = edged ? moves.temporary(spread) : small;
    View inside = Pad.inside(space, low, small.dims());
    View batch = toBatch ? moves.output(0) : moves.input(0);
    if (toBatch && edged) {
      moves.fillAround(space, low, high, Pad.zeroBits(node.output(0)));
      moves.copy(small, inside);
    }
    View cut = cut(space, spread, blocks);
    for (int i = 0; i < axes; i++) {
      batch = batch.split(i, blocks[i], batch.dims()[i] / blocks[i]);
    }
    if (toBatch) {
      moves.copy(cut, batch);
      return;
    }
    moves.copy(batch, cut);
    if (edged) {
      moves.copy(inside, small);
    }
  }

  /** The elements of one place in their blocks after those of another. */
  private void planes(NodeContext node, Moves moves, int[] spread, int[] blocks, int[] edges) {
    int axes = blocks.length;
    int n = spread[0];
    View small = toBatch ? moves.input(0) : moves.output(0);
    View batch = toBatch ? moves.output(0) : moves.input(0);
    View zero = toBatch ? moves.temporary() : null;
    if (toBatch) {
      moves.fill(zero, Pad.zeroBits(node.output(0)));
    }
    int second = axes == 2 ? blocks[1] : 1;
    for (int plane = 0; plane < blocks[0] * second; plane++) {
      int[] place = {plane / second, plane % second};
      View space = small;
      View part = batch.slice(0, plane * n, n);
      int[] low = new int[axes + 2];
      int[] count = part.dims().clone();
      for (int i = 0; i < axes; i++) {
        // indices of the plane whose elements lie inside x, or inside what is not cropped
        int shift = edges[2 * i] - place[i];
        int first = Math.max(0, -Math.floorDiv(-shift, blocks[i]));
        int last = -Math.floorDiv(-shift - small.dims()[i + 1], blocks[i]);
        low[i + 1] = first;
        count[i + 1] = Math.max(0, Math.min(last, part.dims()[i + 1]) - first);
        space = space.slice(i + 1, first * blocks[i] - shift, count[i + 1], blocks[i]);
      }
      View inside = Pad.inside(part, low, count);
      if (toBatch) {
        surround(moves, zero, part, low, count);
        moves.copy(space, inside);
      } else {
        moves.copy(inside, space);
      }
    }
  }

  /** Copies one element to all places outside the box of {@code count} from {@code low}. */
  private static void surround(Moves moves, View zero, View part, int[] low, int[] count) {
    for (int k = 0; k < low.length; k++) {
      int end = low[k] + count[k];
      splat(moves, zero, part.slice(k, 0, low[k]));
      splat(moves, zero, part.slice(k, end, part.dims()[k] - end));
      part = part.slice(k, low[k], count[k]);
    }
  }

  private static void splat(Moves moves, View zero, View to) {
    for (int i = 0; i < to.dims().length; i++) {
      zero = zero.repeat(i, to.dims()[i]);
    }
    moves.copy(zero, to);
  }

  /** The spread tensor as [blocks..., n, h, w, c]. */
  private static View cut(View space, int[] spread, int[] blocks) {
    int axes = blocks.length;
    for (int i = axes - 1; i >= 0; i--) {
      space = space.split(i + 1, spread[i + 1] / blocks[i], blocks[i]);
    }
    int[] order = new int[2 * axes + 2];
    for (int i = 0; i < axes; i++) {
      order[i] = 2 * i + 2;
      order[axes + 1 + i] = 2 * i + 1;
    }
    order[axes] = 0;
    order[2 * axes + 1] = 2 * axes + 1;
    return space.transpose(order);
  }
}
