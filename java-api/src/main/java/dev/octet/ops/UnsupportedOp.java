// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.graph.NodeContext;
import dev.octet.program.Emitter;

/**
 * An operator that Octet does not run. It lets the rest of a model be looked at; every use of it
 * throws.
 *
 * @param rule why
 */
record UnsupportedOp(String name, String rule) implements Op {
  @Override
  public void check(NodeContext node) {
    throw node.unsupported(null, rule);
  }

  @Override
  public int[][] infer(NodeContext node) {
    throw node.unsupported(null, rule);
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    throw node.unsupported(null, rule);
  }
}
