// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.TensorType;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerException;
import dev.octet.peer.PeerKernels;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What divisions by zero and negative exponents give. */
@DisabledIfSystemProperty(
    named = "octet.emulated",
    matches = "true",
    disabledReason = "TensorFlow Lite in this process is none of the emulated platform")
final class DivisionTest {
  @ParameterizedTest
  @EnumSource(names = {"DIV", "FLOOR_DIV", "FLOOR_MOD", "POW"})
  void integersWithoutResultEndTheRunAndNameTheOperator(BuiltinOperator operator) {
    int[] wrong = operator == BuiltinOperator.POW ? new int[] {1, -1} : new int[] {2, 0};
    byte[] a = bytes(TestModel.ints(7, 8));
    byte[] b = bytes(TestModel.ints(wrong));
    byte[] model = model(operator, TensorType.INT32);
    InferenceException failure =
        assertThrows(InferenceException.class, () -> run(model, Numerics.EXACT, a, b));
    assertTrue(failure.getMessage().contains(operator.name()), failure.getMessage());
    try (Peer peer = Peer.load(model, PeerKernels.BUILT_IN, 1)) {
      assertThrows(PeerException.class, () -> peer.run(List.of(a, b)));
    }
  }

  @Test
  void aQuantizedDivisorEqualToItsZeroPointEndsTheRun() {
    byte[] model = model(BuiltinOperator.DIV, TensorType.INT8);
    byte[] a = {10, 20};
    assertThrows(InferenceException.class, () -> run(model, Numerics.FAST, a, new byte[] {9, 5}));
    assertEquals(2, run(model, Numerics.FAST, a, new byte[] {0, 6}).length);
  }

  @Test
  void floatsOverZeroAreTheGreatestInExactNumericsAndInfiniteInFast() {
    byte[] model = model(BuiltinOperator.DIV, TensorType.FLOAT32);
    byte[] a = bytes(TestModel.floats(1, -1));
    byte[] b = bytes(TestModel.floats(0, 0));
    float most = Float.MAX_VALUE;
    assertArrayEquals(bytes(TestModel.floats(most, -most)), run(model, Numerics.EXACT, a, b));
    float infinite = Float.POSITIVE_INFINITY;
    assertArrayEquals(
        bytes(TestModel.floats(infinite, -infinite)), run(model, Numerics.FAST, a, b));
    assertArrayEquals(run(model, Numerics.EXACT, a, b), peer(model, PeerKernels.BUILT_IN, a, b));
    assertArrayEquals(run(model, Numerics.FAST, a, b), peer(model, PeerKernels.XNNPACK, a, b));
  }

  private static byte[] peer(byte[] model, PeerKernels kernels, byte[] a, byte[] b) {
    try (Peer peer = Peer.load(model, kernels, 1)) {
      return peer.run(List.of(a, b)).get(0);
    }
  }

  private static byte[] run(byte[] bytes, Numerics numerics, byte[] a, byte[] b) {
    try (Model model = Model.load(bytes);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().numerics(numerics))) {
      interpreter.input(0).buffer().put(a);
      interpreter.input(1).buffer().put(b);
      interpreter.run();
      byte[] y = new byte[interpreter.output(0).buffer().remaining()];
      interpreter.output(0).buffer().get(y);
      return y;
    }
  }

  /** The operator on vectors of two, of 8 bits with zero point 5. */
  private static byte[] model(BuiltinOperator operator, TensorType type) {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int a = graph.input("a", type, 2);
    int b = graph.input("b", type, 2);
    int y = graph.output("y", type, 2);
    if (type == TensorType.INT8) {
      graph.quantize(a, 0.5f, 5).quantize(b, 0.5f, 5).quantize(y, 0.5f, 5);
    }
    graph.operator(operator, 1, null, new int[] {a, b}, new int[] {y});
    return bytes(model.write());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
