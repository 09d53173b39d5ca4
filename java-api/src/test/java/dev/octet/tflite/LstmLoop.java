// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A model of an LSTM as Keras exports it, a WHILE loop over the first axis of x [turns, batch,
 * inputs]. Its outputs are the loop's variables but x. Each field may be set before {@link #build};
 * the last ones make a loop that is no LSTM, or not all of it.
 */
public final class LstmLoop {
  public int turns = 5;
  public int batch = 2;
  public int inputs = 6;
  public int cells = 3;
  public boolean sequence;
  public boolean bias = true;
  public boolean integer;
  public boolean perRow;
  public boolean asymmetric;

  /** Which quarter of the sums is gate i, f, g, o. */
  public int[] parts = {0, 1, 2, 3};

  /** Operands of commutative operators change places. */
  public boolean swapped;

  public int limit = -1;
  public int start;
  public int step = 1;
  public int sequenceStart;
  public BuiltinOperator gateFunction = BuiltinOperator.LOGISTIC;
  public BuiltinOperator cellFunction = BuiltinOperator.TANH;
  public Activation activation = Activation.NONE;
  public boolean showsGate;
  public boolean changesX;
  public boolean sharesGate;
  public boolean cellFeedsBack;

  /** Elements that the list of every h has too many. */
  public int longer;

  /** An operator of the body reads another tensor of the same type and shape. */
  public boolean rewired;

  private final Random random;
  private final List<Integer> before = new ArrayList<>();
  private final List<Integer> after = new ArrayList<>();
  private TestModel.Graph body;

  /** Type and shape of tensors of the body, and inputs of its operators with their outputs. */
  private final List<String> kinds = new ArrayList<>();

  private final List<int[][]> operators = new ArrayList<>();

  public LstmLoop(long seed) {
    random = new Random(seed);
  }

  private ByteBuffer reals(int count, float greatest) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * greatest;
    }
    return TestModel.floats(values);
  }

  private int noted(int tensor, TensorType type, int... shape) {
    while (kinds.size() <= tensor) {
      kinds.add("");
    }
    kinds.set(tensor, type + Arrays.toString(shape));
    return tensor;
  }

  private int tensor(String name, TensorType type, int... shape) {
    return noted(body.tensor(name, type, shape), type, shape);
  }

  private int constant(String name, TensorType type, ByteBuffer data, int... shape) {
    return noted(body.constant(name, type, data, shape), type, shape);
  }

  private void operator(
      BuiltinOperator builtin, int version, Table options, int[] inputs, int[] outputs) {
    body.operator(builtin, version, options, inputs, outputs);
    operators.add(new int[][] {inputs, outputs});
  }

  /** One input of one operator becomes another tensor, made earlier, of its kind. */
  private void rewire() {
    for (int tries = 0; tries < 1000; tries++) {
      int operator = random.nextInt(operators.size());
      int[] inputs = operators.get(operator)[0].clone();
      int at = random.nextInt(inputs.length);
      int other = random.nextInt(operators.get(operator)[1][0]);
      boolean same = inputs[at] >= 0 && kinds.get(other).equals(kinds.get(inputs[at]));
      if (same && other != inputs[at]) {
        inputs[at] = other;
        body.operator(operator).set("inputs", inputs);
        return;
      }
    }
    throw new IllegalStateException("nothing to rewire");
  }

  /** Makes a variable; gives its value in the body before a turn. */
  private int variable(String name, TensorType type, int... shape) {
    before.add(noted(body.input(name, type, shape), type, shape));
    return before.get(before.size() - 1);
  }

  private int made(BuiltinOperator operator, Table options, TensorType type, int[] in, int... of) {
    int y = tensor(operator + " " + in[0], type, of);
    operator(operator, 1, options, in, new int[] {y});
    return y;
  }

  private int binary(BuiltinOperator operator, int a, int b, int... shape) {
    boolean add = operator == BuiltinOperator.ADD;
    Table options =
        Table.builder(add ? "AddOptions" : "MulOptions")
            .set("fused_activation_function", activation)
            .build();
    int[] in = swapped ? new int[] {b, a} : new int[] {a, b};
    return made(operator, options, TensorType.FLOAT32, in, shape);
  }

  private int product(int x, int k, int... of) {
    int rows = 4 * cells;
    int w;
    if (integer) {
      byte[] bytes = new byte[rows * k];
      random.nextBytes(bytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = bytes[i] == -128 ? 0 : bytes[i];
      }
      w = constant("w" + k, TensorType.INT8, ByteBuffer.wrap(bytes), rows, k);
      float[] scales = new float[perRow ? rows : 1];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = (1 + random.nextFloat()) / 256;
      }
      body.quantize(w, scales, new long[scales.length], 0);
    } else {
      w = constant("w" + k, TensorType.FLOAT32, reals(rows * k, 1), rows, k);
    }
    Table options =
        Table.builder("FullyConnectedOptions")
            .set("asymmetric_quantize_inputs", asymmetric)
            .build();
    int y = tensor("sums of " + k, TensorType.FLOAT32, of);
    operator(BuiltinOperator.FULLY_CONNECTED, 9, options, new int[] {x, w, -1}, new int[] {y});
    return y;
  }

  private int count(int variable, int by) {
    int one = constant("by", TensorType.INT32, TestModel.ints(by));
    int[] in = swapped ? new int[] {one, variable} : new int[] {variable, one};
    return made(BuiltinOperator.ADD, Table.of("AddOptions"), TensorType.INT32, in);
  }

  private int reshaped(int x, TensorType type, int... shape) {
    int to = constant("shape", TensorType.INT32, TestModel.ints(shape), shape.length);
    return made(
        BuiltinOperator.RESHAPE, Table.of("ReshapeOptions"), type, new int[] {x, to}, shape);
  }

  private int joined(int axis, TensorType type, int[] parts, int... shape) {
    Table options = Table.builder("ConcatenationOptions").set("axis", axis).build();
    return made(BuiltinOperator.CONCATENATION, options, type, parts, shape);
  }

  /** The elements of v but for those at index t of the first axis, where h is. */
  private int written(int v, int t, int next, int h) {
    int zeros = constant("zeros", TensorType.INT32, TestModel.ints(0, 0, 0), 3);
    int all = constant("all", TensorType.INT32, TestModel.ints(-1, -1, -1), 3);
    int rest = constant("rest", TensorType.INT32, TestModel.ints(-1, -1), 2);
    int none = constant("none", TensorType.INT32, TestModel.ints(0, 0), 2);
    int size = joined(0, TensorType.INT32, new int[] {reshaped(t, TensorType.INT32, 1), rest}, 3);
    int begin =
        joined(0, TensorType.INT32, new int[] {reshaped(next, TensorType.INT32, 1), none}, 3);
    Table slice = Table.of("SliceOptions");
    TensorType type = TensorType.FLOAT32;
    int front =
        made(BuiltinOperator.SLICE, slice, type, new int[] {v, zeros, size}, 1, batch, cells);
    int back = made(BuiltinOperator.SLICE, slice, type, new int[] {v, begin, all}, 1, batch, cells);
    int item = reshaped(h, type, 1, batch, cells);
    return joined(0, type, new int[] {front, item, back}, turns + longer, batch, cells);
  }

  /** The model; deterministic for one seed. */
  public TestModel build() {
    TestModel model = new TestModel();
    TestModel.Graph main = model.graph();
    TestModel.Graph test = model.graph();
    body = model.graph();
    int loop = variable("loop", TensorType.INT32);
    int t = variable("t", TensorType.INT32);
    int list = variable("list", TensorType.FLOAT32, sequence ? turns + longer : 1, batch, cells);
    int h = variable("h", TensorType.FLOAT32, batch, cells);
    int c = variable("c", TensorType.FLOAT32, batch, cells);
    int x = variable("x", TensorType.FLOAT32, turns, batch, inputs);
    if (showsGate) {
      variable("gate", TensorType.FLOAT32, batch, cells);
    }
    turn(loop, t, list, h, c, x);
    if (rewired) {
      rewire();
    }
    body.table().set("outputs", after.stream().mapToInt(Integer::intValue).toArray());
    condition(test);
    main(main);
    return model;
  }

  private void turn(int loop, int t, int list, int h, int c, int x) {
    int rows = 4 * cells;
    int[] wide = {batch, rows};
    int[] narrow = {batch, cells};
    Table gather = Table.of("GatherOptions");
    TensorType real = TensorType.FLOAT32;
    int now = made(BuiltinOperator.GATHER, gather, real, new int[] {x, t}, batch, inputs);
    int ofX = product(now, inputs, wide);
    int sums = binary(BuiltinOperator.ADD, ofX, product(cellFeedsBack ? c : h, cells, wide), wide);
    if (bias) {
      sums = binary(BuiltinOperator.ADD, sums, constant("b", real, reals(rows, 1), rows), wide);
    }
    int axis = constant("axis", TensorType.INT32, TestModel.ints(1));
    int[] quarters = new int[4];
    for (int i = 0; i < 4; i++) {
      quarters[i] = tensor("quarter " + i, real, narrow);
    }
    Table split = Table.builder("SplitOptions").set("num_splits", 4).build();
    operator(BuiltinOperator.SPLIT, 1, split, new int[] {axis, sums}, quarters);
    int[] gates = new int[4];
    for (int gate = 0; gate < 4; gate++) {
      int quarter = quarters[parts[sharesGate && gate == 1 ? 0 : gate]];
      boolean cell = gate == 2;
      BuiltinOperator function =
          cell ? cellFunction : gate == 1 ? gateFunction : BuiltinOperator.LOGISTIC;
      gates[gate] = made(function, null, real, new int[] {quarter}, narrow);
    }
    int kept = binary(BuiltinOperator.MUL, gates[1], c, narrow);
    int added = binary(BuiltinOperator.MUL, gates[0], gates[2], narrow);
    int nextC = binary(BuiltinOperator.ADD, kept, added, narrow);
    int squashed = made(BuiltinOperator.TANH, null, real, new int[] {nextC}, narrow);
    int nextH = binary(BuiltinOperator.MUL, gates[3], squashed, narrow);
    int nextT = count(t, step);
    after.add(count(loop, 1));
    after.add(nextT);
    after.add(sequence ? written(list, t, nextT, nextH) : reshaped(nextH, real, 1, batch, cells));
    after.add(nextH);
    after.add(nextC);
    after.add(changesX ? binary(BuiltinOperator.ADD, x, x, turns, batch, inputs) : x);
    if (showsGate) {
      after.add(gates[1]);
    }
  }

  private void condition(TestModel.Graph test) {
    int[] shape = {turns, batch, inputs};
    int loop = test.input("loop", TensorType.INT32);
    int t = test.input("t", TensorType.INT32);
    test.input("list", TensorType.FLOAT32, sequence ? turns + longer : 1, batch, cells);
    test.input("h", TensorType.FLOAT32, batch, cells);
    test.input("c", TensorType.FLOAT32, batch, cells);
    test.input("x", TensorType.FLOAT32, shape);
    if (showsGate) {
      test.input("gate", TensorType.FLOAT32, batch, cells);
    }
    int most = test.constant("most", TensorType.INT32, TestModel.ints(turns));
    int[] less = {test.tensor("less0", TensorType.BOOL), test.tensor("less1", TensorType.BOOL)};
    int end = test.constant("limit", TensorType.INT32, TestModel.ints(limit < 0 ? turns : limit));
    Table options = Table.of("LessOptions");
    test.operator(BuiltinOperator.LESS, 1, options, new int[] {loop, end}, new int[] {less[0]});
    test.operator(BuiltinOperator.LESS, 1, options, new int[] {t, most}, new int[] {less[1]});
    int both = test.output("both", TensorType.BOOL);
    test.operator(
        BuiltinOperator.LOGICAL_AND, 1, Table.of("LogicalAndOptions"), less, new int[] {both});
  }

  private void main(TestModel.Graph main) {
    int length = sequence ? turns + longer : 1;
    TensorType real = TensorType.FLOAT32;
    List<Integer> in = new ArrayList<>();
    in.add(main.constant("zero", TensorType.INT32, TestModel.ints(start)));
    in.add(main.constant("from", TensorType.INT32, TestModel.ints(sequenceStart)));
    in.add(main.constant("list", real, reals(length * batch * cells, 0), length, batch, cells));
    in.add(main.constant("h", real, reals(batch * cells, 1), batch, cells));
    in.add(main.constant("c", real, reals(batch * cells, 1), batch, cells));
    in.add(main.input("x", real, turns, batch, inputs));
    if (showsGate) {
      in.add(main.constant("gate", real, reals(batch * cells, 1), batch, cells));
    }
    List<Integer> out = new ArrayList<>();
    out.add(main.output("loop of", TensorType.INT32));
    out.add(main.output("t of", TensorType.INT32));
    out.add(main.output("list of", real, length, batch, cells));
    out.add(main.output("h of", real, batch, cells));
    out.add(main.output("c of", real, batch, cells));
    out.add(main.tensor("x of", real, turns, batch, inputs));
    if (showsGate) {
      out.add(main.output("gate of", real, batch, cells));
    }
    main.operator(
        BuiltinOperator.WHILE,
        1,
        Table.builder("WhileOptions")
            .set("cond_subgraph_index", 1)
            .set("body_subgraph_index", 2)
            .build(),
        in.stream().mapToInt(Integer::intValue).toArray(),
        out.stream().mapToInt(Integer::intValue).toArray());
  }
}
