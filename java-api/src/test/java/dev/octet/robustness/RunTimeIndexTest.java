// SPDX-License-Identifier: Apache-2.0
package dev.octet.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Indices and lengths that are run-time data and out of range end the run with a status that names
 * the operator; the interpreter then runs on sound ones.
 */
final class RunTimeIndexTest {
  /** An operator, its data, and contents of its last input that it takes and that it refuses. */
  private static final class Case {
    final BuiltinOperator operator;
    final TestModel model = new TestModel();
    final TestModel.Graph graph = model.graph();
    final List<Integer> inputs = new ArrayList<>();
    final List<Integer> outputs = new ArrayList<>();
    Table options;
    int given;
    int watched;
    TensorType type = TensorType.INT32;
    long[] good;
    final List<long[]> bad = new ArrayList<>();

    Case(BuiltinOperator operator) {
      this.operator = operator;
    }

    /** Zeros. */
    Case data(TensorType type, int... shape) {
      given++;
      inputs.add(graph.input("x" + inputs.size(), type, shape));
      return this;
    }

    Case ints(int... values) {
      return ints(new int[] {values.length}, values);
    }

    Case ints(int[] shape, int... values) {
      ByteBuffer contents = TestModel.ints(values);
      inputs.add(graph.constant("c" + inputs.size(), TensorType.INT32, contents, shape));
      return this;
    }

    Case floats(float... values) {
      ByteBuffer contents = TestModel.floats(values);
      inputs.add(graph.constant("c" + inputs.size(), TensorType.FLOAT32, contents, values.length));
      return this;
    }

    /** The input that is tried, and what it holds in a sound run. */
    Case watched(TensorType type, int[] shape, long... good) {
      this.watched = given;
      this.type = type;
      this.good = good;
      return data(type, shape);
    }

    Case bad(long... contents) {
      bad.add(contents);
      return this;
    }

    Case options(Table options) {
      this.options = options;
      return this;
    }

    Case gives(TensorType... types) {
      for (TensorType type : types) {
        outputs.add(graph.output("y" + outputs.size(), type));
      }
      return this;
    }

    Model build() {
      graph.operator(
          operator,
          1,
          options,
          inputs.stream().mapToInt(Integer::intValue).toArray(),
          outputs.stream().mapToInt(Integer::intValue).toArray());
      return Model.load(model.write());
    }

    @Override
    public String toString() {
      return operator + " " + type;
    }
  }

  private static int[] shape(int... dims) {
    return dims;
  }

  static List<Case> cases() {
    TensorType real = TensorType.FLOAT32;
    TensorType narrow = TensorType.INT32;
    TensorType wide = TensorType.INT64;
    List<Case> all = new ArrayList<>();
    for (TensorType type : new TensorType[] {TensorType.INT16, narrow, wide}) {
      all.add(
          new Case(BuiltinOperator.GATHER)
              .data(real, 4, 3)
              .watched(type, shape(2), 3, 0)
              .options(Table.of("GatherOptions"))
              .gives(real)
              .bad(0, 4)
              .bad(-1, 0));
      all.add(
          new Case(BuiltinOperator.GATHER_ND)
              .data(real, 4, 3)
              .watched(type, shape(1, 2), 3, 2)
              .gives(real)
              .bad(4, 0)
              .bad(0, 3) // TensorFlow Lite takes it for (1, 0)
              .bad(1, -1)
              .bad(-1, 2));
    }
    all.add(
        new Case(BuiltinOperator.GATHER)
            .data(real, 4, 3)
            .watched(wide, shape(1), 3)
            .options(Table.of("GatherOptions"))
            .gives(real)
            .bad(1L << 32)
            .bad(Long.MIN_VALUE)
            .bad(Long.MAX_VALUE));
    all.add(
        new Case(BuiltinOperator.SCATTER_ND)
            .watched(narrow, shape(1, 2), 3, 2)
            .data(real, 1)
            .ints(4, 3)
            .gives(real)
            .bad(4, 0)
            .bad(0, 3)
            .bad(1, -1));
    all.add(
        new Case(BuiltinOperator.SCATTER_ND)
            .ints(shape(1, 1), 3)
            .data(real, 1)
            .watched(narrow, shape(1), 4)
            .gives(real)
            .bad(-1)
            .bad(3)
            .bad(Integer.MAX_VALUE));
    for (boolean copy : new boolean[] {false, true}) {
      Case lookup =
          new Case(BuiltinOperator.EMBEDDING_LOOKUP)
              .watched(narrow, shape(2), 0, 3)
              .data(copy ? real : TensorType.INT8, 4, 3)
              .gives(real)
              .bad(0, 4)
              .bad(-1, 0)
              .bad(Integer.MIN_VALUE, Integer.MAX_VALUE);
      if (!copy) {
        lookup.graph.quantize(lookup.inputs.get(1), 1f, 0);
      }
      all.add(lookup);
    }
    all.add(
        new Case(BuiltinOperator.CUMSUM)
            .data(real, 2, 3)
            .watched(narrow, shape(), -2)
            .options(Table.of("CumsumOptions"))
            .gives(real)
            .bad(2)
            .bad(-3)
            .bad(Integer.MIN_VALUE));
    all.add(
        new Case(BuiltinOperator.ARG_MAX)
            .data(real, 2, 3)
            .watched(wide, shape(), 1)
            .options(Table.builder("ArgMaxOptions").set("output_type", TensorType.INT32).build())
            .gives(narrow)
            .bad(2)
            .bad(-3)
            .bad(1L << 32));
    all.add(
        new Case(BuiltinOperator.TOPK_V2)
            .data(real, 2, 3)
            .watched(narrow, shape(), 3)
            .gives(real, narrow)
            .bad(4)
            .bad(-1));
    all.add(
        new Case(BuiltinOperator.ONE_HOT)
            .ints(1, 2)
            .watched(narrow, shape(), 3)
            .ints(shape(), 1)
            .ints(shape(), 0)
            .options(Table.builder("OneHotOptions").set("axis", -1).build())
            .gives(narrow)
            .bad(-1)
            .bad(Integer.MAX_VALUE));
    all.add(
        new Case(BuiltinOperator.SEGMENT_SUM)
            .data(real, 3, 2)
            .watched(narrow, shape(3), 0, 0, 1)
            .gives(real)
            .bad(0, 2, 3)
            .bad(1, 1, 1)
            .bad(0, 1, 0)
            .bad(-1, 0, 1));
    all.add(
        new Case(BuiltinOperator.UNSORTED_SEGMENT_SUM)
            .data(real, 3, 2)
            .watched(narrow, shape(3), 3, -5, 0)
            .ints(4)
            .gives(real)
            .bad(4, 0, 0)
            .bad(0, Integer.MAX_VALUE, 0));
    all.add(
        new Case(BuiltinOperator.UNSORTED_SEGMENT_MAX)
            .data(real, 3, 2)
            .ints(0, 1, 2)
            .watched(narrow, shape(), 3)
            .gives(real)
            .bad(2)
            .bad(-1)
            .bad(Integer.MAX_VALUE));
    all.add(
        new Case(BuiltinOperator.SPARSE_TO_DENSE)
            .watched(wide, shape(1, 2), 3, 2)
            .ints(4, 3)
            .data(real, 1)
            .data(real)
            .options(Table.of("SparseToDenseOptions"))
            .gives(real)
            .bad(4, 0)
            .bad(0, 3)
            .bad(1L << 32, 0)
            .bad(0, -1));
    all.add(
        new Case(BuiltinOperator.SPARSE_TO_DENSE)
            .ints(shape(1, 2), 3, 2)
            .watched(narrow, shape(2), 4, 3)
            .data(real, 1)
            .data(real)
            .options(Table.of("SparseToDenseOptions"))
            .gives(real)
            .bad(3, 3)
            .bad(-4, -3)
            .bad(Integer.MAX_VALUE, Integer.MAX_VALUE));
    all.add(
        new Case(BuiltinOperator.EMBEDDING_LOOKUP_SPARSE)
            .watched(narrow, shape(2), 3, 0)
            .ints(shape(2, 2), 0, 0, 1, 0)
            .ints(2, 2)
            .floats(1, 1)
            .data(real, 4, 3)
            .options(Table.of("EmbeddingLookupSparseOptions"))
            .gives(real)
            .bad(4, 0)
            .bad(0, -1));
    all.add(
        new Case(BuiltinOperator.EMBEDDING_LOOKUP_SPARSE)
            .ints(3, 0)
            .watched(narrow, shape(2, 2), 0, 0, 1, 0)
            .ints(2, 2)
            .floats(1, 1)
            .data(real, 4, 3)
            .options(Table.of("EmbeddingLookupSparseOptions"))
            .gives(real)
            .bad(0, 0, 2, 0)
            .bad(-1, 0, 0, 0));
    all.add(
        new Case(BuiltinOperator.NON_MAX_SUPPRESSION_V4)
            .data(real, 5, 4)
            .data(real, 5)
            .watched(narrow, shape(), 3)
            .data(real)
            .data(real)
            .gives(narrow, narrow)
            .bad(-1)
            .bad(Integer.MAX_VALUE));
    all.add(
        new Case(BuiltinOperator.RANDOM_UNIFORM)
            .watched(narrow, shape(2), 3, 4)
            .options(Table.builder("RandomOptions").set("seed", 1L).build())
            .gives(real)
            .bad(-1, 4)
            .bad(Integer.MAX_VALUE, Integer.MAX_VALUE));
    all.add(
        new Case(BuiltinOperator.MULTINOMIAL)
            .data(real, 2, 3)
            .watched(narrow, shape(), 4)
            .options(Table.builder("RandomOptions").set("seed", 1L).build())
            .gives(wide)
            .bad(-1)
            .bad(Integer.MAX_VALUE));
    return all;
  }

  private static void fill(Interpreter interpreter, Case tried, long[] contents) {
    ByteBuffer bytes = interpreter.input(tried.watched).buffer().order(ByteOrder.LITTLE_ENDIAN);
    for (long value : contents) {
      switch (tried.type) {
        case INT16 -> bytes.putShort((short) value);
        case INT64 -> bytes.putLong(value);
        default -> bytes.putInt((int) value);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outOfRange(Case tried) {
    try (Model model = tried.build();
        Interpreter interpreter =
            model.interpreter(new InterpreterOptions().numerics(Numerics.EXACT))) {
      for (long[] bad : tried.bad) {
        fill(interpreter, tried, tried.good);
        interpreter.run();
        fill(interpreter, tried, bad);
        InferenceException e = assertThrows(InferenceException.class, interpreter::run);
        assertEquals(InferenceException.Kind.INDEX_OUT_OF_RANGE, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains(tried.operator.name()), e.getMessage());
      }
      fill(interpreter, tried, tried.good);
      interpreter.run();
    }
  }
}
