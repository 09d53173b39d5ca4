// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.program.Emitter;
import dev.octet.program.HostCall;

/**
 * An operator that Java computes, between the native instructions around it: one that handles
 * strings or resources, whose output shapes only a run knows, or that is too rare for a kernel.
 *
 * <p>{@link #infer} gives null in place of a shape that only a run knows; {@link #run} then decides
 * it. An instance holds no state; what must survive a run is kept by {@link HostCall#state}.
 */
public interface HostOp extends Op {
  /**
   * Computes the outputs.
   *
   * @throws dev.octet.InferenceException for contents that break a rule, such as an index out of
   *     range; made by {@link HostCall#failure}
   */
  void run(HostCall call);

  /** What computes it, for profiles. */
  default String kernel() {
    return "java";
  }

  @Override
  default void emit(NodeContext node, Emitter emitter) {
    emitter.host(node, this);
  }
}
