// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.program.Strings;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * A gather of elements that the arena does not hold: strings, and int4 two to a byte.
 *
 * @param op the operator
 * @param sources the number of the element of the first input that each of the output's is
 */
record GatherHosted(Op op, Function<HostCall, int[]> sources) implements HostOp {
  @Override
  public String name() {
    return op.name();
  }

  @Override
  public void check(NodeContext node) {
    op.check(node);
  }

  @Override
  public int[][] infer(NodeContext node) {
    return op.infer(node);
  }

  @Override
  public void run(HostCall call) {
    int[] from = sources.apply(call);
    int[] shape = call.node().output(0).shape();
    HostTensor x = call.input(0);
    if (x.type() == TensorType.STRING) {
      byte[][] all = Strings.of(x);
      byte[][] picked = new byte[from.length][];
      for (int i = 0; i < from.length; i++) {
        picked[i] = all[from[i]];
      }
      call.output(0, Strings.tensor(shape, picked));
      return;
    }
    ByteBuffer y = ByteBuffer.allocate((from.length + 1) / 2);
    for (int i = 0; i < from.length; i++) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      int nibble = x.data().get(from[i] / 2) >> from[i] % 2 * 4 & 15;
      y.put(i / 2, (byte) (y.get(i / 2) | nibble << i % 2 * 4));
    }
    call.output(0, new HostTensor(x.type(), shape, y));
  }
}
