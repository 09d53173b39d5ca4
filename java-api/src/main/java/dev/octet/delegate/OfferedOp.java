// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.graph.DeclaredShape;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.ops.Op;
import dev.octet.program.Emitter;
import java.util.Arrays;

/**
 * An operator that Octet does not run, but a delegate may: its outputs have the shapes that the
 * file declares, for the inputs that it declares.
 *
 * @param refused whose check throws
 */
record OfferedOp(Op refused) implements Op {
  @Override
  public String name() {
    return refused.name();
  }

  @Override
  public void check(NodeContext node) {
    // whether anybody runs it is known once the delegate was asked
  }

  @Override
  public int[][] infer(NodeContext node) {
    for (int i = 0; i < node.inputCount(); i++) {
      if (node.has(i) && !asDeclared(node.input(i))) {
        refused.check(node);
        throw node.unsupported(node.input(i), "has another shape than in the file");
      }
    }
    int[][] shapes = new int[node.outputCount()][];
    for (int i = 0; i < shapes.length; i++) {
      DeclaredShape declared = node.output(i).declared();
      shapes[i] = declared == null ? node.output(i).shape() : declared.dims();
    }
    return shapes;
  }

  private static boolean asDeclared(Value value) {
    return value.declared() == null || Arrays.equals(value.declared().dims(), value.shape());
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return false;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    refused.check(node);
    throw node.unsupported(null, "the delegate did not claim it");
  }
}
