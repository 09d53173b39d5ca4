// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.Node;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What Octet knows of one operator: which types and shapes it takes, what it gives, and which
 * instructions it becomes. An implementation is an immutable record of the operator's options; it
 * holds no values, so the same instance serves every shape.
 */
public interface Op {
  /** TensorFlow Lite's name, such as {@code CONV_2D}. */
  String name();

  /**
   * Checks arity, types and quantization, not shapes.
   *
   * @throws dev.octet.UnsupportedOperatorException naming the tensor and the rule
   */
  void check(NodeContext node);

  /**
   * As {@link #check}, where no delegate takes the operator: refuses also one that Octet's own
   * kernels do not compute.
   */
  default void checkComputed(NodeContext node) {
    check(node);
  }

  /**
   * The shape of each output for the inputs' shapes and, where they decide, constant contents; null
   * in place of one that needs contents which are not constant.
   *
   * @throws dev.octet.UnsupportedOperatorException where the shapes do not go together
   */
  int[][] infer(NodeContext node);

  /** Appends the instructions that compute the outputs. Shapes are known and checked. */
  void emit(NodeContext node, Emitter emitter);

  /**
   * The contents of the single output when every input is constant, or null for an operator that is
   * not folded at compile time. Little-endian, position 0.
   */
  default ByteBuffer fold(NodeContext node) {
    return null;
  }

  /** As {@link #fold}, for an operator of any number of outputs. */
  default List<ByteBuffer> foldAll(NodeContext node) {
    ByteBuffer folded = fold(node);
    return folded == null ? null : List.of(folded);
  }

  /** True when {@link #fold} looks at the inputs' shapes only: they need not be constant. */
  default boolean foldsByShape() {
    return false;
  }

  /** True when every kernel used takes 8-bit values stored flipped (see {@code Value.flip}). */
  default boolean acceptsFlip() {
    return false;
  }

  /**
   * True when the kernels are faster on values in the form that {@code Engine.prefersFlipped}
   * tells.
   */
  default boolean prefersFlip() {
    return false;
  }

  /**
   * Multiplications and additions of one run, for reports; 0 for an operator that has none to speak
   * of.
   */
  default long macs(NodeContext node) {
    return 0;
  }

  /**
   * True for an operator that must run in its place though nobody may read what it gives: it reads
   * or changes what an interpreter remembers.
   */
  default boolean stateful() {
    return false;
  }

  /**
   * Whether the contents of input {@code i} decide the shape of an output or the instructions.
   * Where they are not constant and {@link #infer} therefore gives null, the operator is compiled
   * when a run has the contents. All int32 and int64 inputs but the first, unless the operator says
   * otherwise.
   */
  default boolean decides(NodeContext node, int i) {
    TensorType type = node.input(i).type();
    return i > 0 && (type == TensorType.INT32 || type == TensorType.INT64);
  }

  /**
   * The zeros {top, bottom, left, right} that the operator puts around h and w of input 0
   * [n,h,w,c], where that is all that it does; null for any other.
   */
  default int[] zerosAround(NodeContext node) {
    return null;
  }

  /**
   * This operator on an input 0 without the zeros around it that it has now (see {@link
   * #zerosAround}), or null where it cannot do without.
   */
  default Op imagining(NodeContext node, int[] zeros) {
    return null;
  }

  /**
   * True when every element of the one output depends on nothing but the elements of the inputs at
   * its place, broadcast ones included, and no run can fail.
   */
  default boolean pointwise(NodeContext node) {
    return false;
  }

  /**
   * Operators that compute the same faster in this one's place, or null for none. What they need
   * besides the graph's values is appended to {@code values}, which hold those by id.
   */
  default List<Node> faster(NodeContext node, List<Value> values) {
    return null;
  }

  /** True when the output may be the input's memory under another shape. */
  default boolean reshapes() {
    return false;
  }
}
