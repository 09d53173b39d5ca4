// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InterpreterTest {
  @Test
  void theEngineIsThere() {
    assertNull(Octet.unavailabilityCause());
    assertTrue(Octet.isAvailable());
    assertNotNull(Octet.isa());
    assertTrue(Octet.version().matches("\\d+\\.\\d+\\.\\d+"));
  }

  @Test
  void computesAnAffineFunction() {
    try (Model model = Model.load(Fixtures.linear());
        Interpreter interpreter = model.interpreter()) {
      interpreter.input(0).set(new float[] {10, 100});
      interpreter.run();
      assertArrayEquals(new float[] {210.5f, 429}, interpreter.output("y").toFloats());
      assertArrayEquals(new float[] {10, 100}, interpreter.input("x").toFloats());
    }
  }

  @Test
  void viewsAreTheEnginesOwnMemory() {
    try (Model model = Model.load(Fixtures.linear());
        Interpreter interpreter = model.interpreter()) {
      ByteBuffer in = interpreter.input(0).buffer();
      ByteBuffer out = interpreter.output(0).buffer();
      assertTrue(in.isDirect() && out.isDirect());
      assertEquals(ByteOrder.LITTLE_ENDIAN, in.order());
      in.putFloat(0, 1).putFloat(4, 1);
      interpreter.run();
      assertEquals(3.5f, out.getFloat(0));
      interpreter.close();
      in.putFloat(0, 7);
      assertEquals(7f, in.getFloat(0));
      assertEquals(3.5f, out.getFloat(0));
    }
  }

  @Test
  void useAfterCloseThrows() {
    Model model = Model.load(Fixtures.linear());
    Interpreter interpreter = model.interpreter();
    interpreter.close();
    assertDoesNotThrow(interpreter::close);
    assertThrows(IllegalStateException.class, interpreter::run);
    assertThrows(IllegalStateException.class, () -> interpreter.input(0));
    assertThrows(IllegalStateException.class, () -> interpreter.output(0));
    assertThrows(IllegalStateException.class, () -> interpreter.resize(0, 2, 2));
    assertThrows(IllegalStateException.class, () -> interpreter.profile(1));
    assertDoesNotThrow(interpreter::cancel);
    model.close();
    assertDoesNotThrow(model::close);
    assertThrows(IllegalStateException.class, model::interpreter);
  }

  @Test
  void interpretersOutliveTheirModel() {
    Model model = Model.load(Fixtures.linear());
    Interpreter interpreter = model.interpreter();
    model.close();
    interpreter.input(0).set(new float[] {1, 1});
    interpreter.run();
    assertArrayEquals(new float[] {3.5f, 6}, interpreter.output(0).toFloats());
    interpreter.close();
  }

  @Test
  void resizeChangesTheBatchAndPacksNothing() {
    try (Model model = Model.load(Fixtures.linear());
        Interpreter interpreter = model.interpreter()) {
      long weights = interpreter.weightBytes();
      interpreter.resize("x", 3, 2);
      assertArrayEquals(new int[] {3, 2}, interpreter.output(0).shape());
      interpreter.input(0).set(new float[] {1, 0, 0, 1, 0, 0});
      interpreter.run();
      assertArrayEquals(new float[] {1.5f, 2, 2.5f, 3, 0.5f, -1}, interpreter.output(0).toFloats());
      assertEquals(weights, interpreter.weightBytes());
      assertThrows(IllegalArgumentException.class, () -> interpreter.resize(0, 3));
      assertThrows(IllegalArgumentException.class, () -> interpreter.resize(0, -1, 2));
      assertThrows(UnsupportedOperatorException.class, () -> interpreter.resize(0, 1, 3));
      assertArrayEquals(new int[] {3, 2}, interpreter.input(0).shape());
      assertThrows(
          UnsupportedOperatorException.class, () -> interpreter.resize(0, 1 << 20, 1 << 20));
      interpreter.run();
    }
  }

  @Test
  void tapsShowIntermediatesAndChangeNothing() {
    try (Model model = Model.load(Fixtures.chain());
        Interpreter plain = model.interpreter();
        Interpreter tapped = model.interpreter(new InterpreterOptions().taps("hidden"))) {
      plain.input(0).set(new float[] {5});
      tapped.input(0).set(new float[] {5});
      plain.run();
      tapped.run();
      assertArrayEquals(new float[] {10}, tapped.tap("hidden").toFloats());
      assertArrayEquals(plain.output(0).toFloats(), tapped.output(0).toFloats());
      assertThrows(NoSuchElementException.class, () -> plain.tap("hidden"));
      assertThrows(
          NoSuchElementException.class,
          () -> model.interpreter(new InterpreterOptions().taps("nothing")));
    }
  }

  @Test
  void tapsShowValuesThatWereComputedAtCompileTime() {
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 2);
    int packed = graph.constant("packed", TensorType.INT8, TestModel.bytes(2, 4), 1, 2);
    graph.quantize(packed, 0.5f, 0);
    int w = graph.tensor("w", TensorType.FLOAT32, 1, 2);
    int y = graph.output("y", TensorType.FLOAT32, 1, 1);
    graph.operator(BuiltinOperator.DEQUANTIZE, 2, null, new int[] {packed}, new int[] {w});
    graph.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        Table.builder("FullyConnectedOptions").build(),
        new int[] {x, w, -1},
        new int[] {y});
    try (Model model = Model.load(maker.write());
        Interpreter interpreter = model.interpreter(new InterpreterOptions().taps("w"))) {
      interpreter.input(0).set(new float[] {10, 100});
      interpreter.run();
      assertArrayEquals(new float[] {1, 2}, interpreter.tap("w").toFloats());
      assertArrayEquals(new float[] {210}, interpreter.output(0).toFloats());
    }
  }

  @Test
  void anInputIsTheCallersWhateverTheFileHoldsForIt() {
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 2);
    graph.tensor(x).set("buffer", maker.buffer(TestModel.floats(7, 7)));
    int shape = graph.constant("shape", TensorType.INT32, TestModel.ints(2, 1), 2);
    int y = graph.output("y", TensorType.FLOAT32, 2, 1);
    graph.operator(BuiltinOperator.RESHAPE, 1, null, new int[] {x, shape}, new int[] {y});
    try (Model model = Model.load(maker.write());
        Interpreter interpreter = model.interpreter()) {
      interpreter.input(0).set(new float[] {1, 2});
      interpreter.run();
      assertArrayEquals(new float[] {1, 2}, interpreter.output(0).toFloats());
    }
  }

  @Test
  void everyVariantGivesTheSameIntegers() {
    Random random = new Random(7);
    byte[] input = new byte[8 * 8 * 4];
    random.nextBytes(input);
    try (Model model = Model.load(Fixtures.convolutions(11))) {
      for (Numerics numerics : Numerics.values()) {
        InterpreterOptions options = new InterpreterOptions().numerics(numerics);
        byte[] expected = run(model, options.reference(true), input);
        assertArrayEquals(expected, run(model, options, input), numerics + " fast kernels");
        assertArrayEquals(expected, run(model, options.threads(2), input), numerics + " threads");
        assertArrayEquals(expected, run(model, options.poison(true), input), numerics + " poison");
        assertArrayEquals(
            expected,
            run(model, options.taps("hidden", "deep", "flat"), input),
            numerics + " taps");
        for (String isa : List.of("scalar", "avx2", "avx512", "avx512vnni", "neon", "neondot")) {
          try {
            assertArrayEquals(expected, run(model, options.isa(isa), input), numerics + " " + isa);
          } catch (IllegalArgumentException e) {
            System.out.println("not on this machine: " + e.getMessage());
          }
        }
      }
    }
  }

  private static byte[] run(Model model, InterpreterOptions options, byte[] input) {
    try (Interpreter interpreter = model.interpreter(options)) {
      interpreter.input(0).set(input);
      interpreter.run();
      return interpreter.output(0).toBytes();
    }
  }

  @Test
  void aSecondInterpreterCostsItsArenaAndNoWeights() {
    try (Model model = Model.load(Fixtures.convolutions(3));
        Interpreter first = model.interpreter();
        Interpreter second = model.interpreter()) {
      assertEquals(first.weightBytes(), second.weightBytes());
      assertEquals(first.memoryBytes(), second.memoryBytes());
      assertTrue(first.weightBytes() > 0);
    }
  }

  @Test
  void profileNamesEveryOperator() {
    try (Model model = Model.load(Fixtures.convolutions(3));
        Interpreter interpreter = model.interpreter()) {
      Profile profile = interpreter.profile(5);
      assertEquals(5, profile.runs());
      assertEquals(
          java.util.List.of("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"),
          profile.entries().stream().map(Profile.Entry::operator).toList());
      long sum = profile.entries().stream().mapToLong(Profile.Entry::nanos).sum();
      assertTrue(sum > 0 && sum <= profile.totalNanos(), sum + " of " + profile.totalNanos());
      Profile.Work work = profile.entries().get(0).work();
      assertEquals(8 * 8 * 8 * 36, work.macs());
      assertEquals(TensorType.INT8, work.factors());
      assertEquals(8 * 8 * 8, work.writtenBytes());
      assertTrue(work.weightBytes() >= 8 * 36, work.toString());
      assertTrue(work.readBytes() >= 8 * 8 * 4, work.toString());
      assertEquals(5, profile.entries().get(0).times());
      assertTrue(profile.clockNanos() > 0 && profile.clockNanos() < 1000, profile.toString());
      assertThrows(IllegalArgumentException.class, () -> interpreter.profile(0));
    }
  }

  @Test
  void optionsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new InterpreterOptions().threads(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new InterpreterOptions().deadline(Duration.ofMillis(-1)));
    try (Model model = Model.load(Fixtures.linear())) {
      assertThrows(
          NoSuchElementException.class,
          () -> model.interpreter(new InterpreterOptions().signature("none")));
      assertThrows(
          IllegalArgumentException.class,
          () -> model.interpreter(new InterpreterOptions().isa("mmx")));
    }
  }

  @Test
  void wrongArraysAreRefused() {
    try (Model model = Model.load(Fixtures.convolutions(3));
        Interpreter interpreter = model.interpreter()) {
      Tensor x = interpreter.input(0);
      assertThrows(IllegalStateException.class, () -> x.set(new float[256]));
      assertThrows(IllegalStateException.class, x::toFloats);
      assertThrows(IllegalArgumentException.class, () -> x.set(new byte[255]));
      float[] real = new float[256];
      real[0] = 1;
      real[1] = 1000;
      real[2] = -1000;
      real[3] = Float.NaN;
      x.quantize(real);
      assertArrayEquals(new byte[] {16, 127, -128, -4}, java.util.Arrays.copyOf(x.toBytes(), 4));
      assertEquals(1f, x.dequantize()[0], 1e-6f);
    }
  }
}
