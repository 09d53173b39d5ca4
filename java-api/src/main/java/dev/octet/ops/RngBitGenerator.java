// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.RngAlgorithm;
import java.nio.ByteBuffer;

/**
 * STABLEHLO_RNG_BIT_GENERATOR: random bits from a state of uint64: the key, then the counter. The
 * first output is the state that follows, the second the bits, of the shape that the file gives it.
 * THREEFRY (Threefry2x32, 20 rounds) has a state of 2, PHILOX (Philox4x32, 10 rounds), which is
 * also the default, of 2 or 3; of 2 the key is also the counter's upper half.
 */
record RngBitGenerator(RngAlgorithm algorithm) implements HostOp {
  private static final String TYPES = "i32 u32 i64 u64";
  static final OpSpec SPEC =
      new OpSpec(
          BuiltinOperator.STABLEHLO_RNG_BIT_GENERATOR,
          1,
          TYPES,
          o -> new RngBitGenerator(o.options().enumeration("algorithm", RngAlgorithm.class)));

  private static final int PARITY = 0x1BD11BDA;
  private static final int[][] ROTATIONS = {{13, 15, 26, 6}, {17, 29, 16, 24}};

  @Override
  public String name() {
    return "STABLEHLO_RNG_BIT_GENERATOR";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(1, 1, 2);
    node.type(node.input(0), TensorType.UINT64);
    node.type(node.output(0), TensorType.UINT64);
    node.type(node.output(1), Parameters.types(TYPES));
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value state = node.input(0);
    node.rank(state, 1);
    int words = state.dim(0);
    node.require(
        words == 2 || words == 3 && algorithm != RngAlgorithm.THREEFRY,
        state,
        "has " + words + " elements");
    return new int[][] {{words}, node.output(1).shape()};
  }

  @Override
  public void run(HostCall call) {
    HostTensor state = call.input(0);
    ByteBuffer in = state.data();
    int words = 2 * state.elements();
    ByteBuffer after = call.output(0, state.shape());
    after.put(0, in, 0, 4 * words);
    Value y = call.node().output(1);
    ByteBuffer out = call.output(1, y.shape());
    int count = (int) (y.bytes() / 4);
    int upper = words == 6 ? 16 : 0;
    int[] counter = {in.getInt(8), in.getInt(12), in.getInt(upper), in.getInt(upper + 4)};
    Philox philox = new Philox(in.getInt(0), in.getInt(4), counter);
    for (int i = 0; i < count; ) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      int[] block =
          algorithm == RngAlgorithm.THREEFRY
              ? threefry(in.getInt(0), in.getInt(4), counter[0], counter[1])
              : philox.block();
      for (int k = 0; k < block.length && i < count; k++, i++) {
        out.putInt(4 * i, block[k]);
      }
      if (++counter[0] == 0) {
        counter[1]++;
      }
    }
    after.putInt(8, counter[0]);
    after.putInt(12, counter[1]);
  }

  private static int[] threefry(int key0, int key1, int c0, int c1) {
    int[] keys = {key0, key1, key0 ^ key1 ^ PARITY};
    int a = c0 + key0;
    int b = c1 + key1;
    for (int group = 0; group < 5; group++) {
      for (int rotation : ROTATIONS[group % 2]) {
        a += b;
        b = Integer.rotateLeft(b, rotation) ^ a;
      }
      a += keys[(group + 1) % 3];
      b += keys[(group + 2) % 3] + group + 1;
    }
    return new int[] {a, b};
  }
}
