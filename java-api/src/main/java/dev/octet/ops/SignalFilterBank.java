// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import java.nio.ByteBuffer;

/**
 * {@code SignalFilterBank}: energies of frequencies into {@code channels} overlapping bands. Inputs
 * are the energies (uint32), weights and unweights (int16), and for each of {@code channels + 1}
 * bands its first frequency, its first weight and how many it has (int16). Band i collects {@code
 * weight * energy} of its own frequencies and {@code unweight * energy} of the band before; the
 * first is dropped.
 */
record SignalFilterBank(int channels) implements HostOp {
  static final OpSpec SPEC =
      OpSpec.custom(
          "SignalFilterBank",
          "u32",
          SignalOps.options(
              "SignalFilterBank", map -> new SignalFilterBank(map.integer("num_channels"))));

  @Override
  public String name() {
    return "SignalFilterBank";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(6, 6, 1);
    node.type(node.input(0), TensorType.UINT32);
    for (int i = 1; i < 6; i++) {
      node.type(node.input(i), TensorType.INT16);
    }
    node.type(node.output(0), TensorType.UINT64);
    node.require(channels > 0 && channels < 1 << 16, null, channels + " channels");
  }

  @Override
  public int[][] infer(NodeContext node) {
    for (int i = 0; i < 6; i++) {
      node.rank(node.input(i), 1);
    }
    for (int i = 3; i < 6; i++) {
      node.require(
          node.input(i).dim(0) > channels,
          node.input(i),
          "has less than " + (channels + 1) + " elements");
    }
    return new int[][] {{channels}};
  }

  @Override
  public void run(HostCall call) {
    HostTensor energies = call.input(0);
    ByteBuffer weights = call.input(1).data();
    ByteBuffer unweights = call.input(2).data();
    int weightCount = Math.min(call.input(1).elements(), call.input(2).elements());
    ByteBuffer output = call.output(0, channels);
    long carried = 0;
    for (int i = 0; i <= channels; i++) {
      int frequency = call.input(3).data().getShort(2 * i);
      int weight = call.input(4).data().getShort(2 * i);
      int width = call.input(5).data().getShort(2 * i);
      if (width > 0
          && (frequency < 0
              || weight < 0
              || frequency + width > energies.elements()
              || weight + width > weightCount)) {
        throw call.failure("band " + i + " leaves the energies or the weights");
      }
      long sum = carried;
      carried = 0;
      for (int j = 0; j < width; j++) {
        long energy = energies.data().getInt(4 * (frequency + j)) & 0xffffffffL;
        sum += weights.getShort(2 * (weight + j)) * energy;
        carried += unweights.getShort(2 * (weight + j)) * energy;
      }
      if (i > 0) {
        output.putLong(sum);
      }
    }
  }
}
