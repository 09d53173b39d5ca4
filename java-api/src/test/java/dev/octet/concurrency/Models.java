// SPDX-License-Identifier: Apache-2.0
package dev.octet.concurrency;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;

/** Models whose operators wait, remember or are computed by Java. */
final class Models {
  private static final TensorType FLOAT = TensorType.FLOAT32;
  private static final int[] SCALAR = {};

  private Models() {}

  /**
   * {@code do while (y < limit) y += step}, float scalars, from {@code start}; endless for a step
   * of 0. Inputs start, step and limit.
   */
  static ByteBuffer loop() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int start = graph.input("start", FLOAT);
    int step = graph.input("step", FLOAT);
    int limit = graph.input("limit", FLOAT);
    int y = graph.output("y", FLOAT);
    int sameStep = graph.tensor("same step", FLOAT);
    int sameLimit = graph.tensor("same limit", FLOAT);
    loop(model, graph, in(start, step, limit), in(y, sameStep, sameLimit), SCALAR);
    return model.write();
  }

  /** WHILE over an accumulator, its step and its limit, the first two of that shape. */
  private static void loop(
      TestModel model, TestModel.Graph graph, int[] inputs, int[] outputs, int... shape) {
    TestModel.Graph test = model.graph();
    int sum = test.input("sum", FLOAT, shape);
    test.input("step", FLOAT, shape);
    int limit = test.input("limit", FLOAT);
    int greatest = sum;
    if (shape.length > 0) {
      greatest = test.tensor("greatest", FLOAT);
      int axis = test.constant("axis", TensorType.INT32, TestModel.ints(0), 1);
      test.operator(
          BuiltinOperator.REDUCE_MAX, 1, Table.of("ReducerOptions"), in(sum, axis), in(greatest));
    }
    int less = test.output("less", TensorType.BOOL);
    test.operator(BuiltinOperator.LESS, 1, Table.of("LessOptions"), in(greatest, limit), in(less));
    TestModel.Graph body = model.graph();
    int before = body.input("sum", FLOAT, shape);
    int step = body.input("step", FLOAT, shape);
    int same = body.input("limit", FLOAT);
    int after = body.tensor("after", FLOAT, shape);
    body.operator(BuiltinOperator.ADD, 1, Table.of("AddOptions"), in(before, step), in(after));
    body.table().set("outputs", in(after, step, same));
    Table options =
        Table.builder("WhileOptions")
            .set("cond_subgraph_index", 1)
            .set("body_subgraph_index", 2)
            .build();
    graph.operator(BuiltinOperator.WHILE, 1, options, inputs, outputs);
  }

  /**
   * Of everything that an interpreter keeps to itself. Inputs: x float[6], limit float, words
   * string[4], mask bool[6]. Outputs: sum = the sum of all x so far, which a variable remembers;
   * looped = multiples of x until the greatest is not below limit; where = indices of the mask's
   * trues, of a shape that only a run knows; picked = x there, twice; found = numbers of the words
   * in a hash table; turned = the words backwards.
   */
  static ByteBuffer everything() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", FLOAT, 6);
    int limit = graph.input("limit", FLOAT);
    int words = graph.input("words", TensorType.STRING, 4);
    int mask = graph.input("mask", TensorType.BOOL, 6);
    int sum = graph.output("sum", FLOAT, 6);
    int looped = graph.output("looped", FLOAT, 6);
    int sameStep = graph.tensor("same step", FLOAT, 6);
    int sameLimit = graph.tensor("same limit", FLOAT);
    loop(model, graph, in(x, x, limit), in(looped, sameStep, sameLimit), 6);
    initial(model);
    remember(graph, x, sum);
    pick(graph, x, mask);
    find(graph, words);
    return model.write();
  }

  /** Subgraph 3: sets the variable to zeros. */
  private static void initial(TestModel model) {
    TestModel.Graph first = model.graph();
    int zeros = first.constant("zeros", FLOAT, TestModel.floats(0, 0, 0, 0, 0, 0), 6);
    int handle = first.tensor("v", TensorType.RESOURCE);
    first.operator(BuiltinOperator.VAR_HANDLE, 1, variable(), in(), in(handle));
    first.operator(
        BuiltinOperator.ASSIGN_VARIABLE,
        1,
        Table.of("AssignVariableOptions"),
        in(handle, zeros),
        in());
  }

  private static Table variable() {
    return Table.builder("VarHandleOptions").set("shared_name", "v").build();
  }

  private static void remember(TestModel.Graph graph, int x, int sum) {
    graph.operator(
        BuiltinOperator.CALL_ONCE,
        1,
        Table.builder("CallOnceOptions").set("init_subgraph_index", 3).build(),
        in(),
        in());
    int handle = graph.tensor("v", TensorType.RESOURCE);
    graph.operator(BuiltinOperator.VAR_HANDLE, 1, variable(), in(), in(handle));
    int before = graph.tensor("before", FLOAT, 6);
    graph.operator(
        BuiltinOperator.READ_VARIABLE, 1, Table.of("ReadVariableOptions"), in(handle), in(before));
    graph.operator(BuiltinOperator.ADD, 1, Table.of("AddOptions"), in(before, x), in(sum));
    graph.operator(
        BuiltinOperator.ASSIGN_VARIABLE,
        1,
        Table.of("AssignVariableOptions"),
        in(handle, sum),
        in());
  }

  private static void pick(TestModel.Graph graph, int x, int mask) {
    int where = graph.output("where", TensorType.INT64, 1, 1);
    graph.operator(BuiltinOperator.WHERE, 1, Table.of("WhereOptions"), in(mask), in(where));
    int there = graph.tensor("there", FLOAT, 1);
    graph.operator(
        BuiltinOperator.GATHER_ND, 1, Table.of("GatherNdOptions"), in(x, where), in(there));
    int picked = graph.output("picked", FLOAT, 1);
    graph.operator(BuiltinOperator.ADD, 1, Table.of("AddOptions"), in(there, there), in(picked));
  }

  private static void find(TestModel.Graph graph, int words) {
    int table = graph.tensor("table", TensorType.RESOURCE);
    graph.operator(
        BuiltinOperator.HASHTABLE,
        1,
        Table.builder("HashtableOptions")
            .set("table_id", 1)
            .set("key_dtype", TensorType.STRING)
            .set("value_dtype", TensorType.INT64)
            .build(),
        in(),
        in(table));
    int keys = graph.constant("keys", TensorType.STRING, TestModel.strings("a", "b", "c", "d"), 4);
    int values =
        graph.constant("values", TensorType.INT64, TestModel.ints(1, 0, 2, 0, 3, 0, 4, 0), 4);
    graph.operator(
        BuiltinOperator.HASHTABLE_IMPORT,
        1,
        Table.of("HashtableImportOptions"),
        in(table, keys, values),
        in());
    int none = graph.constant("none", TensorType.INT64, TestModel.ints(-1, -1), 1);
    int found = graph.output("found", TensorType.INT64, 4);
    graph.operator(
        BuiltinOperator.HASHTABLE_FIND,
        1,
        Table.of("HashtableFindOptions"),
        in(table, words, none),
        in(found));
    int order = graph.constant("order", TensorType.INT32, TestModel.ints(3, 2, 1, 0), 4);
    int turned = graph.output("turned", TensorType.STRING, 4);
    graph.operator(
        BuiltinOperator.GATHER, 1, Table.of("GatherOptions"), in(words, order), in(turned));
  }

  private static int[] in(int... tensors) {
    return tensors;
  }
}
