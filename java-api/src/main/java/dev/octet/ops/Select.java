// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import dev.octet.tflite.BuiltinOperator;
import java.util.Arrays;
import java.util.List;

/**
 * {@code y = condition ? a : b}; the condition is bool, the others of one type. SELECT_V2
 * broadcasts all three. SELECT takes a and b of one shape, and a condition of that shape, of rank
 * 0, or of one dimension, their first. Where all have a single element, the output has the shape
 * that the file gives it.
 */
record Select(boolean broadcasts) implements Op {
  private static final String TYPES = "f32 i8 u8 i16 i32 u32 i64 bool";
  private static final TensorType[] KINDS = TypeNames.types(List.of(TYPES.split(" ")));

  static final OpSpec SELECT = new OpSpec(BuiltinOperator.SELECT, 4, TYPES, o -> new Select(false));
  static final OpSpec SELECT_V2 =
      new OpSpec(BuiltinOperator.SELECT_V2, 2, TYPES, o -> new Select(true));

  @Override
  public String name() {
    return broadcasts ? "SELECT_V2" : "SELECT";
  }

  @Override
  public void check(NodeContext node) {
    node.arity(3, 3, 1);
    node.type(node.input(0), TensorType.BOOL);
    Value a = node.input(1);
    node.type(a, KINDS);
    node.type(node.input(2), a.type());
    node.type(node.output(0), a.type());
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value condition = node.input(0);
    Value a = node.input(1);
    Value b = node.input(2);
    int[] declared = node.output(0).declared().dims();
    boolean single = condition.elements() == 1 && a.elements() == 1 && b.elements() == 1;
    if (single && Arrays.stream(declared).allMatch(dim -> dim == 1) && declared.length <= 8) {
      return new int[][] {declared.clone()};
    }
    if (broadcasts) {
      return new int[][] {Broadcasting.shape(node, condition, a, b)};
    }
    node.require(Arrays.equals(a.shape(), b.shape()), b, "has not the shape of " + a);
    boolean first = condition.rank() == 1 && a.rank() > 0 && condition.dim(0) == a.dim(0);
    node.require(
        Arrays.equals(condition.shape(), a.shape()) || condition.rank() == 0 || first,
        condition,
        "has neither the shape of " + a + " nor its first dimension");
    return new int[][] {Broadcasting.shape(node, a)};
  }

  @Override
  public void emit(NodeContext node, Emitter emitter) {
    Value condition = node.input(0);
    Value a = node.input(1);
    Value b = node.input(2);
    Value y = node.output(0);
    InstructionBuilder instruction =
        emitter
            .instruction(Kernels.SELECT)
            .in("condition", condition)
            .in("a", a)
            .in("b", b)
            .out("y", y)
            .i32("alignment", alignment(condition, a, b, y));
    Broadcasting.inPlace(instruction, y, a, b);
    instruction.emit();
  }

  /** 0: at the last dimensions; 1: the condition's at the first; 2: one element each. */
  private int alignment(Value condition, Value a, Value b, Value y) {
    boolean single =
        condition.elements() == 1 && a.elements() == 1 && b.elements() == 1 && y.elements() == 1;
    return single ? 2 : broadcasts ? 0 : 1;
  }

  @Override
  public boolean decides(NodeContext node, int i) {
    return false;
  }
}
