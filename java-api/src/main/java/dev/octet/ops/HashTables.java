// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.program.Strings;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * HASHTABLE, HASHTABLE_IMPORT, HASHTABLE_FIND and HASHTABLE_SIZE: tables from int64 to strings or
 * from strings to int64, which belong to the interpreter and are shared by its entry points. Only
 * the first import counts; what is not found takes the default.
 */
final class HashTables {
  static final OpSpec TABLE =
      new OpSpec(BuiltinOperator.HASHTABLE, 1, "i64 str", HashTables::table);
  static final OpSpec IMPORT =
      new OpSpec(BuiltinOperator.HASHTABLE_IMPORT, 1, "i64 str", o -> new Import());
  static final OpSpec FIND =
      new OpSpec(BuiltinOperator.HASHTABLE_FIND, 1, "i64 str", o -> new Find());
  static final OpSpec SIZE =
      new OpSpec(BuiltinOperator.HASHTABLE_SIZE, 1, "i64 str", o -> new Size());

  private HashTables() {}

  private static Op table(TfliteOperator operator) {
    return new Table(
        operator.options().integer("table_id"),
        operator.options().enumeration("key_dtype", TensorType.class),
        operator.options().enumeration("value_dtype", TensorType.class));
  }

  /** Where a table is kept: the contents of its handle. */
  private record Key(ByteBuffer handle) {}

  /** What it holds: Long or ByteBuffer to the same. */
  private static final class Contents {
    final Map<Object, Object> entries = new HashMap<>();
    boolean imported;
  }

  private static Contents contents(HostCall call) {
    return call.resources().get(new Key(call.input(0).data().duplicate()), Contents::new);
  }

  private static void keysAndValues(NodeContext node, Value keys, Value values) {
    node.type(keys, TensorType.INT64, TensorType.STRING);
    node.type(values, keys.type() == TensorType.INT64 ? TensorType.STRING : TensorType.INT64);
  }

  private static Object[] elements(HostTensor tensor) {
    Object[] elements = new Object[tensor.elements()];
    if (tensor.type() == TensorType.STRING) {
      byte[][] strings = Strings.of(tensor);
      for (int i = 0; i < elements.length; i++) {
        elements[i] = ByteBuffer.wrap(strings[i]);
      }
    } else {
      for (int i = 0; i < elements.length; i++) {
        elements[i] = tensor.data().getLong(8 * i);
      }
    }
    return elements;
  }

  private record Table(int id, TensorType keys, TensorType values) implements HostOp {
    @Override
    public String name() {
      return "HASHTABLE";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(0, 0, 1);
      node.type(node.output(0), TensorType.RESOURCE);
      boolean known =
          keys == TensorType.INT64 && values == TensorType.STRING
              || keys == TensorType.STRING && values == TensorType.INT64;
      node.require(known, node.output(0), "a table from " + keys + " to " + values);
    }

    @Override
    public int[][] infer(NodeContext node) {
      return new int[][] {{1}};
    }

    @Override
    public void run(HostCall call) {
      ByteBuffer handle = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, id);
      call.output(0, new HostTensor(TensorType.RESOURCE, new int[] {1}, handle));
    }
  }

  private record Import() implements HostOp {
    @Override
    public String name() {
      return "HASHTABLE_IMPORT";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(3, 3, 0);
      node.type(node.input(0), TensorType.RESOURCE);
      keysAndValues(node, node.input(1), node.input(2));
    }

    @Override
    public int[][] infer(NodeContext node) {
      node.require(
          node.input(1).elements() == node.input(2).elements(),
          node.input(2),
          "has not as many elements as the keys");
      return new int[0][];
    }

    @Override
    public void run(HostCall call) {
      Contents contents = contents(call);
      if (contents.imported) {
        return;
      }
      Object[] keys = elements(call.input(1));
      Object[] values = elements(call.input(2));
      for (int i = 0; i < keys.length; i++) {
        contents.entries.putIfAbsent(keys[i], values[i]);
      }
      contents.imported = true;
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }

  private record Find() implements HostOp {
    @Override
    public String name() {
      return "HASHTABLE_FIND";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(3, 3, 1);
      node.type(node.input(0), TensorType.RESOURCE);
      keysAndValues(node, node.input(1), node.input(2));
      node.type(node.output(0), node.input(2).type());
    }

    @Override
    public int[][] infer(NodeContext node) {
      node.require(node.input(2).elements() == 1, node.input(2), "is not one default");
      return new int[][] {node.input(1).shape()};
    }

    @Override
    public void run(HostCall call) {
      Map<Object, Object> entries = contents(call).entries;
      Object[] keys = elements(call.input(1));
      Object missing = elements(call.input(2))[0];
      int[] shape = call.input(1).shape();
      if (call.node().output(0).type() == TensorType.INT64) {
        ByteBuffer out = call.output(0, shape);
        for (Object key : keys) {
          out.putLong(entries.getOrDefault(key, missing) instanceof Long value ? value : 0);
        }
        return;
      }
      byte[][] strings = new byte[keys.length][];
      for (int i = 0; i < keys.length; i++) {
        Object value = entries.getOrDefault(keys[i], missing);
        strings[i] = value instanceof ByteBuffer bytes ? bytes.array() : new byte[0];
      }
      call.output(0, Strings.tensor(shape, strings));
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }

  private record Size() implements HostOp {
    @Override
    public String name() {
      return "HASHTABLE_SIZE";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(1, 1, 1);
      node.type(node.input(0), TensorType.RESOURCE);
      node.type(node.output(0), TensorType.INT64);
    }

    @Override
    public int[][] infer(NodeContext node) {
      return new int[][] {{1}};
    }

    @Override
    public void run(HostCall call) {
      call.output(0, 1).putLong(contents(call).entries.size());
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }
}
