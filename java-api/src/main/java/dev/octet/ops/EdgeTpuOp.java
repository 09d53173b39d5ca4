// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.edgetpu.CompiledPackage;
import dev.octet.graph.DeclaredShape;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * {@code edgetpu-custom-op}: what the Edge TPU's compiler made of a part of a model. Only the
 * device computes it; here it has shapes, so that a graph around it can be compiled and a delegate
 * can take it.
 *
 * @param options a {@link CompiledPackage}
 */
public record EdgeTpuOp(ByteBuffer options) implements Op {
  static final OpSpec SPEC =
      OpSpec.onDevice(
          CompiledPackage.OPERATOR, operator -> new EdgeTpuOp(operator.customOptions()));

  @Override
  public String name() {
    return CompiledPackage.OPERATOR;
  }

  /** A new little-endian view at position 0. */
  @Override
  public ByteBuffer options() {
    return options.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void check(NodeContext node) {
    for (int i = 0; i < node.inputCount(); i++) {
      node.require(node.has(i), null, "input " + i + " is absent");
      node.require(
          node.input(i).type().bytes() > 0, node.input(i), "has elements that no device takes");
    }
    for (int i = 0; i < node.outputCount(); i++) {
      node.require(
          node.output(i).type().bytes() > 0, node.output(i), "has elements that no device gives");
    }
  }

  @Override
  public void checkComputed(NodeContext node) {
    check(node);
    throw onlyOnDevice(node);
  }

  private static RuntimeException onlyOnDevice(NodeContext node) {
    return node.unsupported(
        null,
        "was compiled for a Coral Edge TPU and runs on nothing else: give it one with --device"
            + " (in Java InterpreterOptions.delegate), or take the model that was not compiled");
  }

  /**
   * The shapes that the file declares; with so many times the rows where all inputs that were
   * resized have so many times theirs: the device then runs once for each.
   */
  @Override
  public int[][] infer(NodeContext node) {
    int times = 1;
    for (int i = 0; i < node.inputCount(); i++) {
      times = Math.max(times, times(node, node.input(i)));
    }
    for (int i = 0; i < node.inputCount(); i++) {
      Value input = node.input(i);
      int own = times(node, input);
      node.require(
          own == times || own == 1 && (input.constant() || input.variable()),
          input,
          "has " + own + " times its rows, another input " + times + " times");
    }
    int[][] shapes = new int[node.outputCount()][];
    for (int i = 0; i < shapes.length; i++) {
      Value output = node.output(i);
      shapes[i] = (output.declared() == null ? output.shape() : output.declared().dims()).clone();
      node.require(times == 1 || shapes[i].length > 0, output, "has no rows to be multiplied");
      if (times > 1) {
        long rows = (long) shapes[i][0] * times;
        node.require(rows <= Integer.MAX_VALUE, output, "has over 2^31 - 1 rows");
        shapes[i][0] = (int) rows;
      }
    }
    return shapes;
  }

  /** By what an input's dimension 0 was multiplied; the device's library knows the rest. */
  private static int times(NodeContext node, Value input) {
    DeclaredShape declared = input.declared();
    int[] shape = input.shape();
    if (declared == null || Arrays.equals(shape, declared.dims())) {
      return 1;
    }
    int rows = declared.dims().length == 0 ? 0 : declared.dims()[0];
    node.require(
        declared.sameRows(shape) && rows > 0 && shape[0] > 0 && shape[0] % rows == 0,
        input,
        "is not "
            + Arrays.toString(declared.dims())
            + " or whole times its rows, which it was compiled for");
    return shape[0] / rows;
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    throw onlyOnDevice(node);
  }

  /** Recurrent states go from outputs to inputs where nobody here sees it. */
  @Override
  public boolean stateful() {
    return true;
  }
}
