// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import static dev.octet.differential.cases.SingleOp.in;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * IF, WHILE, CALL_ONCE, STABLEHLO_COMPOSITE, resource variables and hash tables, each in the
 * smallest model that shows what it does.
 */
final class ControlFlowCases implements OpCases {
  @Override
  public List<OpGenerator> generators() {
    return List.of(
        new OpGenerator("IF", "any", ControlFlowCases::branch),
        new OpGenerator("WHILE", "any", ControlFlowCases::loop),
        new OpGenerator("STABLEHLO_CASE", "any", ControlFlowCases::cases),
        new OpGenerator("CALL_ONCE", "any", ControlFlowCases::variable),
        new OpGenerator("VAR_HANDLE", "res", ControlFlowCases::variable),
        new OpGenerator("READ_VARIABLE", "res", ControlFlowCases::variable),
        new OpGenerator("ASSIGN_VARIABLE", "res", ControlFlowCases::variable),
        new OpGenerator("HASHTABLE", "i64", m -> table(m, TensorType.INT64)),
        new OpGenerator("HASHTABLE", "str", m -> table(m, TensorType.STRING)),
        new OpGenerator("HASHTABLE_IMPORT", "i64", m -> table(m, TensorType.INT64)),
        new OpGenerator("HASHTABLE_IMPORT", "str", m -> table(m, TensorType.STRING)),
        new OpGenerator("HASHTABLE_FIND", "i64", m -> table(m, TensorType.INT64)),
        new OpGenerator("HASHTABLE_FIND", "str", m -> table(m, TensorType.STRING)),
        new OpGenerator("HASHTABLE_SIZE", "i64", m -> table(m, TensorType.INT64)),
        new OpGenerator("HASHTABLE_SIZE", "str", m -> table(m, TensorType.STRING)),
        new OpGenerator("STABLEHLO_COMPOSITE", "any", ControlFlowCases::composite));
  }

  private static Table add() {
    return Table.of("AddOptions");
  }

  /** A subgraph of ADD, sometimes with the two inputs the other way round. */
  private static void binary(SingleOp m, TensorType type, int[] shape, boolean swap) {
    TestModel.Graph graph = m.model().graph();
    int a = graph.input("a", type, shape);
    int b = graph.input("b", type, shape);
    int y = graph.output("y", type, shape);
    graph.operator(
        BuiltinOperator.ADD, 1, add(), swap ? new int[] {b, a} : new int[] {a, a}, new int[] {y});
  }

  private static void branch(SingleOp m) {
    int[] shape = m.shape(m.number(0, 3), 6);
    int condition = m.input(TensorType.BOOL, m.chance(0.5) ? new int[0] : new int[] {1});
    int a = m.input(TensorType.FLOAT32, shape);
    int b = m.input(TensorType.FLOAT32, shape);
    binary(m, TensorType.FLOAT32, shape, true);
    binary(m, TensorType.FLOAT32, shape, false);
    m.runs(4);
    m.operator(
        BuiltinOperator.IF,
        1,
        Table.builder("IfOptions")
            .set("then_subgraph_index", 1)
            .set("else_subgraph_index", 2)
            .build(),
        in(condition, a, b),
        m.graph().output("y", TensorType.FLOAT32, shape));
  }

  private static void cases(SingleOp m) {
    int[] shape = m.shape(m.number(0, 3), 6);
    int index = m.input(TensorType.INT32, () -> m.integers(TensorType.INT32, 1, 0, 2));
    int a = m.input(TensorType.FLOAT32, shape);
    int b = m.input(TensorType.FLOAT32, shape);
    for (int i = 0; i < 3; i++) {
      binary(m, TensorType.FLOAT32, shape, i == 1);
    }
    m.runs(4);
    m.operator(
        BuiltinOperator.STABLEHLO_CASE,
        1,
        Table.builder("StablehloCaseOptions")
            .set("branch_subgraph_indices", new int[] {1, 2, 3})
            .build(),
        in(index, a, b),
        m.graph().output("y", TensorType.FLOAT32, shape));
  }

  /** {@code while (sum < limit) { sum += step; (a, b) = (b, a + b) }}. */
  private static void loop(SingleOp m) {
    int[] shape = m.shape(m.number(1, 3), 5);
    int[] scalar = new int[0];
    int sum = m.input(TensorType.FLOAT32, () -> m.floats(1, -3, 3), scalar);
    int a = m.input(TensorType.FLOAT32, shape);
    int b = m.input(TensorType.FLOAT32, shape);
    TestModel.Graph test = m.model().graph();
    int testSum = test.input("sum", TensorType.FLOAT32, scalar);
    test.input("a", TensorType.FLOAT32, shape);
    test.input("b", TensorType.FLOAT32, shape);
    int limit =
        test.constant("limit", TensorType.FLOAT32, TestModel.floats(m.number(0, 9)), scalar);
    int less = test.output("less", TensorType.BOOL, scalar);
    test.operator(
        BuiltinOperator.LESS, 1, Table.of("LessOptions"), in(testSum, limit), new int[] {less});
    TestModel.Graph body = m.model().graph();
    int bodySum = body.input("sum", TensorType.FLOAT32, scalar);
    int bodyA = body.input("a", TensorType.FLOAT32, shape);
    int bodyB = body.input("b", TensorType.FLOAT32, shape);
    int step = body.constant("step", TensorType.FLOAT32, TestModel.floats(1), scalar);
    int next = body.output("next", TensorType.FLOAT32, scalar);
    body.operator(BuiltinOperator.ADD, 1, add(), in(bodySum, step), new int[] {next});
    int total = body.tensor("total", TensorType.FLOAT32, shape);
    body.operator(BuiltinOperator.ADD, 1, add(), in(bodyA, bodyB), new int[] {total});
    body.table().set("outputs", new int[] {next, bodyB, total});
    m.runs(3);
    m.operator(
        BuiltinOperator.WHILE,
        1,
        Table.builder("WhileOptions")
            .set("cond_subgraph_index", 1)
            .set("body_subgraph_index", 2)
            .build(),
        in(sum, a, b),
        m.graph().output("y0", TensorType.FLOAT32, scalar),
        m.graph().output("y1", TensorType.FLOAT32, shape),
        m.graph().output("y2", TensorType.FLOAT32, shape));
  }

  /** A variable set once, then grown by the input in every run. */
  private static void variable(SingleOp m) {
    int[] shape = m.shape(m.number(1, 3), 5);
    int x = m.input(TensorType.FLOAT32, shape);
    Table handle = Table.builder("VarHandleOptions").set("shared_name", "v").build();
    TestModel.Graph first = m.model().graph();
    int initial =
        first.constant(
            "initial",
            TensorType.FLOAT32,
            ByteBuffer.wrap(m.contents(TensorType.FLOAT32, SingleOp.product(shape))),
            shape);
    int firstHandle = first.tensor("v", TensorType.RESOURCE);
    first.operator(BuiltinOperator.VAR_HANDLE, 1, handle, in(), new int[] {firstHandle});
    first.operator(
        BuiltinOperator.ASSIGN_VARIABLE,
        1,
        Table.of("AssignVariableOptions"),
        in(firstHandle, initial),
        in());
    m.operator(
        BuiltinOperator.CALL_ONCE,
        1,
        Table.builder("CallOnceOptions").set("init_subgraph_index", 1).build(),
        in());
    int v = m.graph().tensor("v", TensorType.RESOURCE);
    m.operator(BuiltinOperator.VAR_HANDLE, 1, handle, in(), v);
    int before = m.graph().tensor("before", TensorType.FLOAT32, shape);
    m.operator(BuiltinOperator.READ_VARIABLE, 1, Table.of("ReadVariableOptions"), in(v), before);
    int y = m.graph().output("y", TensorType.FLOAT32, shape);
    m.operator(BuiltinOperator.ADD, 1, add(), in(before, x), y);
    m.operator(BuiltinOperator.ASSIGN_VARIABLE, 1, Table.of("AssignVariableOptions"), in(v, y));
    m.runs(4);
  }

  /** A table of 8 entries that is imported in every run, its size, and a few finds. */
  private static void table(SingleOp m, TensorType keys) {
    TensorType values = keys == TensorType.INT64 ? TensorType.STRING : TensorType.INT64;
    int table = m.graph().tensor("table", TensorType.RESOURCE);
    m.operator(
        BuiltinOperator.HASHTABLE,
        1,
        Table.builder("HashtableOptions")
            .set("table_id", m.number(1, 9))
            .set("key_dtype", keys)
            .set("value_dtype", values)
            .build(),
        in(),
        table);
    m.operator(
        BuiltinOperator.HASHTABLE_IMPORT,
        1,
        Table.of("HashtableImportOptions"),
        in(table, elements(m, keys, 8), elements(m, values, 8)));
    m.operator(
        BuiltinOperator.HASHTABLE_SIZE,
        1,
        Table.of("HashtableSizeOptions"),
        in(table),
        m.output(TensorType.INT64));
    m.operator(
        BuiltinOperator.HASHTABLE_FIND,
        1,
        Table.of("HashtableFindOptions"),
        in(table, elements(m, keys, m.number(1, 12)), elements(m, values, 1)),
        m.output(values));
    m.runs(2);
  }

  private static int elements(SingleOp m, TensorType type, int count) {
    if (type == TensorType.INT64) {
      return m.constant(type, m.integers(type, count, -4, 4), count);
    }
    String[] strings = new String[count];
    for (int i = 0; i < count; i++) {
      strings[i] = "é".repeat(m.number(0, 2)) + m.number(0, 9);
    }
    return m.constant(type, SingleOp.bytes(TestModel.strings(strings)), count);
  }

  private static void composite(SingleOp m) {
    int[] shape = m.shape(m.number(1, 3), 6);
    int a = m.input(TensorType.FLOAT32, shape);
    int b = m.input(TensorType.FLOAT32, shape);
    binary(m, TensorType.FLOAT32, shape, m.chance(0.5));
    Table options =
        Table.builder("StableHLOCompositeOptions")
            .set("name", "test.add")
            .set("decomposition_subgraph_index", 1)
            .set("composite_attributes", TestModel.bytes(0, 0, 1))
            .build();
    int middle = m.graph().tensor("middle", TensorType.FLOAT32, shape);
    m.operator(BuiltinOperator.STABLEHLO_COMPOSITE, 1, options, in(a, b), middle);
    int y = m.graph().output("y", TensorType.FLOAT32, shape);
    m.operator(BuiltinOperator.STABLEHLO_COMPOSITE, 1, options, in(middle, a), y);
  }
}
