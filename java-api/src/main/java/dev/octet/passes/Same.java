// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.graph.NodeContext;
import dev.octet.ops.Op;
import dev.octet.program.Emitter;

/** The input under another number: what a decomposition hands through. */
record Same() implements Op {
  @Override
  public String name() {
    return "SAME";
  }

  @Override
  public void check(NodeContext node) {
    node.type(node.output(0), node.input(0).type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[][] {node.input(0).shape()};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    emitter.alias(node.output(0), node.input(0));
  }
}
