// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.peer.Difference;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerKernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums, differences and products of all pairs of 8-bit values, for several quantizations. */
@DisabledIfSystemProperty(
    named = "octet.emulated",
    matches = "true",
    disabledReason = "TensorFlow Lite in this process is none of the emulated platform")
final class PairsTest {
  private static final int PAIRS = 1 << 16;
  private static final int QUANTIZATIONS = 12;

  @ParameterizedTest
  @CsvSource({"ADD, INT8", "ADD, UINT8", "SUB, INT8", "SUB, UINT8", "MUL, INT8", "MUL, UINT8"})
  void allPairs(BuiltinOperator operator, TensorType type) {
    Random random = new Random(type.code());
    Difference exact = new Difference();
    Difference fast = new Difference();
    byte[] a = new byte[PAIRS];
    byte[] b = new byte[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
      a[i] = (byte) (i >> 8);
      b[i] = (byte) i;
    }
    for (int i = 0; i < QUANTIZATIONS; i++) {
      byte[] model = model(operator, type, random);
      exact.add(type, octet(model, Numerics.EXACT, a, b), peer(model, PeerKernels.BUILT_IN, a, b));
      fast.add(type, octet(model, Numerics.FAST, a, b), peer(model, PeerKernels.XNNPACK, a, b));
    }
    System.out.println(operator + " " + type + " EXACT: " + exact);
    System.out.println(operator + " " + type + " FAST: " + fast);
    assertEquals(0, exact.differing(), exact.toString());
    assertEquals(0, fast.differing(), fast.toString());
  }

  private static byte[] octet(byte[] bytes, Numerics numerics, byte[] a, byte[] b) {
    try (Model model = Model.load(bytes);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().numerics(numerics))) {
      interpreter.input(0).set(a);
      interpreter.input(1).set(b);
      interpreter.run();
      return interpreter.output(0).toBytes();
    }
  }

  private static byte[] peer(byte[] model, PeerKernels kernels, byte[] a, byte[] b) {
    try (Peer peer = Peer.load(model, kernels, 1)) {
      return peer.run(List.of(a, b)).get(0);
    }
  }

  private static byte[] model(BuiltinOperator operator, TensorType type, Random random) {
    int least = type == TensorType.UINT8 ? 0 : -128;
    float scaleA = 0.01f + random.nextFloat();
    float scaleB = 0.01f + 2 * random.nextFloat();
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int a = graph.input("a", type, 1, PAIRS);
    int b = graph.input("b", type, 1, PAIRS);
    int y = graph.output("y", type, 1, PAIRS);
    graph.quantize(a, scaleA, least + random.nextInt(256));
    graph.quantize(b, scaleB, least + random.nextInt(256));
    float range = operator == BuiltinOperator.MUL ? 100 * scaleA * scaleB : scaleA + scaleB;
    graph.quantize(y, range * (0.3f + random.nextFloat()), least + random.nextInt(256));
    graph.operator(operator, 2, null, new int[] {a, b}, new int[] {y});
    ByteBuffer written = model.write();
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }
}
