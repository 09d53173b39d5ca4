// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.octet.CustomOperator;
import dev.octet.DelegateException;
import dev.octet.Emulation;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.ModelOptions;
import dev.octet.Numerics;
import dev.octet.PluginDelegate;
import dev.octet.Profile;
import dev.octet.TensorType;
import dev.octet.delegate.Simulators;
import dev.octet.peer.Difference;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerKernels;
import dev.octet.tflite.Activation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * XNNPACK's delegate, as TensorFlow Lite 2.20 has it, hosted by Octet: a delegate that nobody here
 * wrote.
 */
final class XnnpackDelegateTest {
  private static final int WIDTH = 9;
  private static final int CHANNELS = 4;
  private static final int FILTERS = 6;

  private static String plugin;
  private static String tensorFlowLite;

  @BeforeAll
  static void find() {
    assumeFalse(Emulation.ON, "TensorFlow Lite is the machine's own, not the emulated one's");
    plugin = Simulators.require("libxnnpack_plugin.so").toString();
    tensorFlowLite = Loader.load(tensorflowlite.class);
  }

  private static PluginDelegate xnnpack() {
    return PluginDelegate.load(plugin, Map.of("library", tensorFlowLite, "threads", "1"));
  }

  /** {@code 0.5 x + 1}, which Java computes in the middle of the graph. */
  private static final class HalfAndOne implements CustomOperator {
    @Override
    public int[][] shapes(Place place) {
      return new int[][] {place.inputShape(0)};
    }

    @Override
    public void run(Call call) {
      float[] x = call.input(0).toFloats();
      for (int i = 0; i < x.length; i++) {
        x[i] = 0.5f * x[i] + 1;
      }
      call.output(0).set(x);
    }
  }

  /** Weights and inputs of the float graph. */
  private record Numbers(float[] addend, float[] filter, float[] bias, float[] last) {
    static Numbers of(long seed) {
      Random random = new Random(seed);
      return new Numbers(
          floats(random, CHANNELS),
          floats(random, FILTERS * 9 * CHANNELS),
          floats(random, FILTERS),
          floats(random, FILTERS));
    }
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** ADD, the custom operator, CONV_2D 3x3 SAME with RELU, ADD. */
  private static byte[] floatGraph(Numbers numbers, int height) {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    TensorType type = TensorType.FLOAT32;
    int x = graph.input("x", type, 1, height, WIDTH, CHANNELS);
    graph.tensor(x).set("shape_signature", new int[] {1, -1, WIDTH, CHANNELS});
    int addend = graph.constant("addend", type, TestModel.floats(numbers.addend), CHANNELS);
    int filter =
        graph.constant("filter", type, TestModel.floats(numbers.filter), FILTERS, 3, 3, CHANNELS);
    int bias = graph.constant("bias", type, TestModel.floats(numbers.bias), FILTERS);
    int last = graph.constant("last", type, TestModel.floats(numbers.last), FILTERS);
    int sum = graph.tensor("sum", type, 1, height, WIDTH, CHANNELS);
    int half = graph.tensor("half", type, 1, height, WIDTH, CHANNELS);
    int conv = graph.tensor("conv", type, 1, height, WIDTH, FILTERS);
    int y = graph.output("y", type, 1, height, WIDTH, FILTERS);
    graph.operator(BuiltinOperator.ADD, 1, Table.of("AddOptions"), ints(x, addend), ints(sum));
    graph.custom("HalfAndOne", TestModel.bytes(), ints(sum), ints(half));
    graph.operator(BuiltinOperator.CONV_2D, 1, convOptions(), ints(half, filter, bias), ints(conv));
    graph.operator(BuiltinOperator.ADD, 1, Table.of("AddOptions"), ints(conv, last), ints(y));
    return bytes(model.write());
  }

  private static Table convOptions() {
    return Table.builder("Conv2DOptions")
        .set("padding", Padding.SAME)
        .set("stride_w", 1)
        .set("stride_h", 1)
        .set("fused_activation_function", Activation.RELU)
        .build();
  }

  /** The float graph in float64. */
  private static double[] expected(Numbers numbers, float[] x, int height) {
    double[] y = new double[height * WIDTH * FILTERS];
    for (int h = 0; h < height; h++) {
      for (int w = 0; w < WIDTH; w++) {
        for (int co = 0; co < FILTERS; co++) {
          double sum = numbers.bias[co];
          for (int kh = 0; kh < 3; kh++) {
            for (int kw = 0; kw < 3; kw++) {
              int row = h + kh - 1;
              int column = w + kw - 1;
              if (row < 0 || row >= height || column < 0 || column >= WIDTH) {
                continue;
              }
              for (int ci = 0; ci < CHANNELS; ci++) {
                double in = x[(row * WIDTH + column) * CHANNELS + ci] + (double) numbers.addend[ci];
                sum += (0.5 * in + 1) * numbers.filter[((co * 3 + kh) * 3 + kw) * CHANNELS + ci];
              }
            }
          }
          y[(h * WIDTH + w) * FILTERS + co] = Math.max(0, sum) + numbers.last[co];
        }
      }
    }
    return y;
  }

  private static void assertNear(double[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double greatest = 0;
    for (int i = 0; i < expected.length; i++) {
      greatest = Math.max(greatest, Math.abs(expected[i] - actual[i]));
    }
    assertTrue(greatest <= 1e-5, "greatest difference " + greatest);
  }

  private static List<String> instructions(Interpreter interpreter) {
    List<String> found = new ArrayList<>();
    for (Profile.Entry entry : interpreter.profile(1).entries()) {
      found.add(entry.operatorIndex() + " " + entry.operator() + " by " + entry.kernel());
    }
    return found;
  }

  private static final ModelOptions CUSTOM =
      new ModelOptions().customOperator("HalfAndOne", new HalfAndOne());

  @Test
  void twoPartitionsAroundAnOperatorInJavaGiveWhatFloat64Gives() {
    Numbers numbers = Numbers.of(1);
    try (PluginDelegate xnnpack = xnnpack();
        Model model = Model.load(floatGraph(numbers, 7), CUSTOM);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(xnnpack))) {
      float[] x = floats(new Random(2), 7 * WIDTH * CHANNELS);
      interpreter.input(0).set(x);
      interpreter.run();
      assertNear(expected(numbers, x, 7), interpreter.output(0).toFloats());
      assertEquals(
          List.of("0 ADD by delegate", "1 HalfAndOne by java", "2 CONV_2D..ADD (2) by delegate"),
          instructions(interpreter));
    }
  }

  @Test
  void aResizeAppliesANewDelegate() {
    Numbers numbers = Numbers.of(3);
    try (PluginDelegate xnnpack = xnnpack();
        Model model = Model.load(floatGraph(numbers, 7), CUSTOM);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(xnnpack))) {
      for (int height : new int[] {7, 21, 3, 7}) {
        interpreter.resize(0, 1, height, WIDTH, CHANNELS);
        float[] x = floats(new Random(height), height * WIDTH * CHANNELS);
        interpreter.input(0).set(x);
        interpreter.run();
        assertNear(expected(numbers, x, height), interpreter.output(0).toFloats());
      }
    }
  }

  @Test
  void aTapInsideAPartitionIsKept() {
    Numbers numbers = Numbers.of(4);
    InterpreterOptions options = new InterpreterOptions().taps("conv");
    float[] x = floats(new Random(5), 7 * WIDTH * CHANNELS);
    try (PluginDelegate xnnpack = xnnpack();
        Model model = Model.load(floatGraph(numbers, 7), CUSTOM);
        Interpreter delegated = model.interpreter(options.delegate(xnnpack));
        Interpreter plain = model.interpreter(options)) {
      for (Interpreter each : List.of(delegated, plain)) {
        each.input(0).set(x);
        each.run();
      }
      float[] conv = plain.tap("conv").toFloats();
      assertArrayEquals(conv, delegated.tap("conv").toFloats(), 1e-5f);
      assertTrue(conv[0] != conv[1], "the tap holds nothing");
    }
  }

  @Test
  void interpretersOutliveTheDelegateTheyWereMadeWith() {
    Numbers numbers = Numbers.of(6);
    float[] x = floats(new Random(7), 7 * WIDTH * CHANNELS);
    PluginDelegate xnnpack = xnnpack();
    InterpreterOptions options = new InterpreterOptions().delegate(xnnpack);
    try (Model model = Model.load(floatGraph(numbers, 7), CUSTOM);
        Interpreter interpreter = model.interpreter(options)) {
      xnnpack.close();
      xnnpack.close();
      assertThrows(IllegalStateException.class, () -> model.interpreter(options));
      interpreter.input(0).set(x);
      interpreter.run();
      assertNear(expected(numbers, x, 7), interpreter.output(0).toFloats());
    }
  }

  @Test
  void twoThreadsWithADelegateEachGetTheSameNumbersAlways() throws Exception {
    int threads = 2;
    int runs = 3000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<Integer>> wrong = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        long seed = 10 + i;
        Callable<Integer> task = () -> wrongRuns(seed, runs);
        wrong.add(pool.submit(task));
      }
      for (Future<Integer> each : wrong) {
        assertEquals(0, each.get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static int wrongRuns(long seed, int runs) {
    Numbers numbers = Numbers.of(seed);
    float[] x = floats(new Random(seed), 7 * WIDTH * CHANNELS);
    int wrong = 0;
    try (PluginDelegate xnnpack = xnnpack();
        Model model = Model.load(floatGraph(numbers, 7), CUSTOM);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(xnnpack))) {
      interpreter.input(0).set(x);
      interpreter.run();
      float[] first = interpreter.output(0).toFloats();
      assertNear(expected(numbers, x, 7), first);
      for (int run = 0; run < runs; run++) {
        interpreter.output(0).set(new float[first.length]);
        interpreter.run();
        wrong += java.util.Arrays.equals(first, interpreter.output(0).toFloats()) ? 0 : 1;
      }
    }
    return wrong;
  }

  /** ADD, CONV_2D 3x3 SAME with RELU and a scale for each filter, ADD. */
  private static byte[] int8Graph() {
    Random random = new Random(20);
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.INT8, 1, 7, WIDTH, CHANNELS);
    int addend = graph.input("addend", TensorType.INT8, 1, 7, WIDTH, CHANNELS);
    ByteBuffer weights = ByteBuffer.allocate(FILTERS * 9 * CHANNELS);
    while (weights.hasRemaining()) {
      weights.put((byte) (random.nextInt(255) - 127));
    }
    int filter = graph.constant("filter", TensorType.INT8, weights.flip(), FILTERS, 3, 3, CHANNELS);
    int[] biases = random.ints(FILTERS, -2000, 2000).toArray();
    int bias = graph.constant("bias", TensorType.INT32, TestModel.ints(biases), FILTERS);
    int sum = graph.tensor("sum", TensorType.INT8, 1, 7, WIDTH, CHANNELS);
    int conv = graph.tensor("conv", TensorType.INT8, 1, 7, WIDTH, FILTERS);
    int last = graph.input("last", TensorType.INT8, 1, 7, WIDTH, FILTERS);
    int y = graph.output("y", TensorType.INT8, 1, 7, WIDTH, FILTERS);
    graph.quantize(x, 0.05f, 3).quantize(addend, 0.03f, -7).quantize(sum, 0.06f, 5);
    graph.quantize(conv, 0.11f, -128).quantize(last, 0.08f, 11).quantize(y, 0.13f, -9);
    float[] scales = new float[FILTERS];
    float[] biasScales = new float[FILTERS];
    for (int i = 0; i < FILTERS; i++) {
      scales[i] = 0.004f + 0.001f * i;
      biasScales[i] = scales[i] * 0.06f;
    }
    graph.quantize(filter, scales, new long[FILTERS], 0);
    graph.quantize(bias, biasScales, new long[FILTERS], 0);
    graph.operator(BuiltinOperator.ADD, 2, Table.of("AddOptions"), ints(x, addend), ints(sum));
    graph.operator(BuiltinOperator.CONV_2D, 3, convOptions(), ints(sum, filter, bias), ints(conv));
    graph.operator(BuiltinOperator.ADD, 2, Table.of("AddOptions"), ints(conv, last), ints(y));
    return bytes(model.write());
  }

  @Test
  void anInt8GraphGivesThePeersBitsAndOctetsWithinAStep() {
    byte[] file = int8Graph();
    List<byte[]> inputs = new ArrayList<>();
    Random random = new Random(21);
    for (int channels : new int[] {CHANNELS, CHANNELS, FILTERS}) {
      byte[] input = new byte[7 * WIDTH * channels];
      random.nextBytes(input);
      inputs.add(input);
    }
    List<TensorType> types = List.of(TensorType.INT8);
    List<byte[]> peers;
    try (Peer peer = Peer.load(file, PeerKernels.XNNPACK, 1)) {
      peers = peer.run(inputs);
    }
    try (PluginDelegate xnnpack = xnnpack();
        Model model = Model.load(file)) {
      InterpreterOptions options = new InterpreterOptions();
      List<byte[]> delegated = run(model, options.delegate(xnnpack), inputs);
      assertArrayEquals(peers.get(0), delegated.get(0));
      for (Numerics numerics : Numerics.values()) {
        Difference difference = new Difference();
        difference.add(types, run(model, options.numerics(numerics), inputs), delegated);
        assertTrue(difference.greatestStep() <= 1, numerics + ": " + difference);
      }
    }
  }

  private static List<byte[]> run(Model model, InterpreterOptions options, List<byte[]> inputs) {
    try (Interpreter interpreter = model.interpreter(options)) {
      return run(interpreter, inputs);
    }
  }

  private static List<byte[]> run(Interpreter interpreter, List<byte[]> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      interpreter.input(i).buffer().put(inputs.get(i));
    }
    interpreter.run();
    List<byte[]> outputs = new ArrayList<>();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      ByteBuffer memory = interpreter.output(i).buffer();
      byte[] output = new byte[memory.remaining()];
      memory.get(output);
      outputs.add(output);
    }
    return outputs;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/vww_96_float.tflite",
        "models/pretrainedResnet.tflite",
        "models/ad01_fp32.tflite",
        "models/mobilenet_v1_0.25_128_quant.tflite",
        "models/mobilenet_v2_1.0_224_quant.tflite",
        "models/tf2_mobilenet_v2_1.0_224_ptq.tflite",
        "models/kws_ref_model.tflite",
        "models/kws_ref_model_float32.tflite"
      })
  void wholeModelsAreThePeers(String name) {
    PeerReference peer = PeerReference.of(Shared.require(name), PeerKernels.XNNPACK);
    boolean real = peer.types().contains(TensorType.FLOAT32);
    Difference difference = new Difference();
    List<String> instructions;
    try (PluginDelegate xnnpack = xnnpack();
        Model model = Model.load(Shared.require(name));
        Interpreter interpreter =
            model.interpreter(
                new InterpreterOptions().delegate(xnnpack).numerics(Numerics.EXACT))) {
      for (int i = 0; i < peer.inputs().size(); i++) {
        difference.add(peer.types(), run(interpreter, peer.inputs().get(i)), peer.outputs().get(i));
      }
      instructions = instructions(interpreter);
    }
    System.out.println(name + ": " + difference + " " + instructions);
    assertTrue(
        instructions.stream().anyMatch(each -> each.endsWith("by delegate")),
        () -> "XNNPACK claimed nothing: " + instructions);
    if (real) {
      assertTrue(difference.greatestRelative() <= 1e-5, difference.toString());
    } else {
      assertEquals(0, difference.differing(), difference.toString());
    }
  }

  @Test
  void wrongOptionsAreTheLibrarysWordsAndAPlainError() {
    DelegateException error =
        assertThrows(
            DelegateException.class,
            () -> PluginDelegate.load(plugin, Map.of("library", "/nowhere/libnone.so")));
    assertEquals(DelegateException.Reason.REFUSED, error.reason());
    assertTrue(error.getMessage().contains("/nowhere/libnone.so"), error.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> PluginDelegate.load(plugin, Map.of("a=b", "c")));
  }

  @Test
  void theReferenceBackendTakesNoDelegate() {
    try (PluginDelegate xnnpack = xnnpack();
        Model model = Model.load(int8Graph())) {
      InterpreterOptions options = new InterpreterOptions().delegate(xnnpack).isa("java");
      DelegateException error =
          assertThrows(DelegateException.class, () -> model.interpreter(options));
      assertEquals(DelegateException.Reason.PLATFORM, error.reason());
    }
  }

  private static int[] ints(int... values) {
    return values;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.order(ByteOrder.LITTLE_ENDIAN).get(bytes);
    return bytes;
  }
}
