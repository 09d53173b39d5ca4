// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerKernels;
import dev.octet.tflite.BuiltinOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random models of one operator: with plain and with fast kernels, exact numerics give the integers
 * of TensorFlow Lite 2.20's built-in kernels, fast numerics stay within one step of them, and
 * floats within 1e-5 of the greatest.
 */
final class OperatorDifferentialTest {
  private static final int MODELS = 150;
  private static final double FLOAT_TOLERANCE = 1e-5;

  @ParameterizedTest
  @EnumSource(
      value = BuiltinOperator.class,
      names = {"QUANTIZE", "DEQUANTIZE"})
  void exactIsWhatTheBuiltInKernelGivesAndFastWithinOneStep(BuiltinOperator operator) {
    for (int seed = 0; seed < MODELS; seed++) {
      Random random = new Random(1000L * operator.code() + seed);
      ByteBuffer bytes = OperatorModels.of(operator, random);
      byte[] model = new byte[bytes.remaining()];
      bytes.get(model);
      try (Peer peer = Peer.load(model, PeerKernels.BUILT_IN, 1);
          Model octet = Model.load(model)) {
        InterpreterOptions exact = new InterpreterOptions().numerics(Numerics.EXACT);
        for (boolean reference : new boolean[] {true, false}) {
          try (Interpreter interpreter = octet.interpreter(exact.reference(reference))) {
            compare(interpreter, peer, random, 0, operator + ", seed " + seed);
          }
        }
        // floats have one arithmetic
        try (Interpreter interpreter = octet.interpreter()) {
          if (interpreter.output(0).type() != TensorType.FLOAT32) {
            compare(interpreter, peer, random, 1, "fast " + operator + ", seed " + seed);
          }
        }
      }
    }
  }

  private static void compare(
      Interpreter interpreter, Peer peer, Random random, int steps, String what) {
    List<byte[]> inputs = new ArrayList<>();
    for (int i = 0; i < interpreter.inputCount(); i++) {
      Tensor input = interpreter.input(i);
      byte[] contents = OperatorModels.contents(input.type(), input.bytes(), random);
      input.buffer().put(contents);
      inputs.add(contents);
    }
    interpreter.run();
    byte[] expected = peer.run(inputs).get(0);
    Tensor output = interpreter.output(0);
    byte[] actual = new byte[output.bytes()];
    output.buffer().get(actual);
    if (output.type() != TensorType.FLOAT32) {
      for (int i = 0; i < expected.length && steps > 0; i++) {
        boolean unsigned = output.type() == TensorType.UINT8;
        int difference =
            unsigned ? (expected[i] & 0xff) - (actual[i] & 0xff) : expected[i] - actual[i];
        if (output.type() != TensorType.INT16 && Math.abs(difference) <= steps) {
          actual[i] = expected[i];
        }
      }
      assertArrayEquals(expected, actual, what + " " + output.type());
      return;
    }
    assertEquals(expected.length, actual.length, what);
    ByteBuffer theirs = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer ours = ByteBuffer.wrap(actual).order(ByteOrder.LITTLE_ENDIAN);
    double greatest = 0;
    for (int i = 0; i < expected.length; i += 4) {
      greatest = Math.max(greatest, Math.abs(theirs.getFloat(i)));
    }
    for (int i = 0; i < expected.length; i += 4) {
      assertEquals(
          theirs.getFloat(i), ours.getFloat(i), FLOAT_TOLERANCE * greatest, what + " at " + i / 4);
    }
  }
}
