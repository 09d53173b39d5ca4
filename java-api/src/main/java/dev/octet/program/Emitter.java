// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.ops.HostOp;
import java.nio.ByteBuffer;

/** Where operators put their instructions. */
public interface Emitter {
  /** Rounding of quantized sums. */
  Numerics numerics();

  /** True when plain reference kernels are wanted instead of fast ones. */
  boolean reference();

  /** An instruction of this kernel, to be completed by the builder's {@code emit()}. */
  InstructionBuilder instruction(Kernel kernel);

  /**
   * Number of the weights entry {@code key} of this kernel, made when it is new. The key names what
   * is packed (the node and the role). What is packed may depend on the contents of constant inputs
   * and on the last dimensions of all inputs, on no other that a resize changes.
   */
  int weights(String key, Kernel kernel, WeightsBuilder.Filler filler);

  /**
   * A constant that is no tensor of the model (multipliers, tables), as an operand for {@link
   * InstructionBuilder#in}. The contents are little-endian.
   */
  Operand constant(String key, TensorType type, int[] shape, ByteBuffer contents);

  /** Memory that instructions of this operator pass among themselves. */
  Operand temporary(TensorType type, boolean flip, int... shape);

  /**
   * The output is the input's memory: no instruction, or a copy where the caller of the run sees
   * both.
   */
  void alias(Value output, Value input);

  /**
   * What a graph of one input and one output gives, computed now and in this emitter's arithmetic.
   *
   * @param withoutPasses the names of passes to leave out
   */
  ByteBuffer compute(Graph graph, ByteBuffer input, String... withoutPasses);

  /** Leaves the operator to Java. */
  void host(NodeContext node, HostOp op);

  /** Something that an instruction reads or writes. */
  interface Operand {}
}
