// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.TestFlexBuffer;
import dev.octet.tflite.TestModel;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** tflite-micro's audio operators against calculations in float64 or big integers. */
final class SignalTest {
  private static Interpreter interpreter(
      String operator, ByteBuffer options, Consumer<Maker> make) {
    Maker maker = new Maker();
    make.accept(maker);
    maker.graph.custom(
        operator,
        options,
        maker.inputs.stream().mapToInt(Integer::intValue).toArray(),
        maker.outputs.stream().mapToInt(Integer::intValue).toArray());
    ByteBuffer file = maker.model.write();
    try (Model model = Model.load(file)) {
      return model.interpreter();
    }
  }

  private static final class Maker {
    final TestModel model = new TestModel();
    final TestModel.Graph graph = model.graph();
    final java.util.List<Integer> inputs = new java.util.ArrayList<>();
    final java.util.List<Integer> outputs = new java.util.ArrayList<>();

    Maker in(TensorType type, int... shape) {
      inputs.add(graph.input("x" + inputs.size(), type, shape));
      return this;
    }

    Maker out(TensorType type, int... shape) {
      outputs.add(graph.output("y" + outputs.size(), type, shape));
      return this;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 64, 128, 512, 1024})
  void theTransformIsThatOfFloat64(int n) {
    for (TensorType type : new TensorType[] {TensorType.INT16, TensorType.INT32}) {
      boolean wide = type == TensorType.INT32;
      Random random = new Random(n);
      int row = n - n / 8;
      try (Interpreter fft =
          interpreter(
              "SignalRfft",
              TestFlexBuffer.map(Map.of("fft_length", n)),
              m -> m.in(type, 2, row).out(type, 2, n + 2))) {
        double[] samples = new double[2 * row];
        ByteBuffer in = fft.input(0).buffer();
        for (int i = 0; i < samples.length; i++) {
          int sample = (int) ((wide ? 0x1p30 : 0x1p14) * random.nextGaussian() / 2);
          samples[i] = wide ? sample : (short) sample;
          if (wide) {
            in.putInt(sample);
          } else {
            in.putShort((short) sample);
          }
        }
        fft.run();
        ByteBuffer out = fft.output(0).buffer();
        double worst = 0;
        for (int r = 0; r < 2; r++) {
          for (int k = 0; k <= n / 2; k++) {
            double real = 0;
            double imaginary = 0;
            for (int i = 0; i < row; i++) {
              double phase = -2 * Math.PI * i * k / n;
              real += samples[r * row + i] * Math.cos(phase) / n;
              imaginary += samples[r * row + i] * Math.sin(phase) / n;
            }
            worst = Math.max(worst, Math.abs(real - (wide ? out.getInt() : out.getShort())));
            worst = Math.max(worst, Math.abs(imaginary - (wide ? out.getInt() : out.getShort())));
          }
        }
        // a few halves of a step from each of up to 6 stages, in 32 bits also from the twiddles
        assertTrue(worst <= 6, type + " of " + n + ": " + worst);
      }
    }
  }

  @Test
  void squareRootsAreRoundedToNearest() {
    int count = 1000;
    try (Interpreter root =
        interpreter(
            "SignalFilterBankSquareRoot",
            ByteBuffer.allocate(0),
            m ->
                m.in(TensorType.UINT64, count)
                    .in(TensorType.INT32)
                    .out(TensorType.UINT32, count))) {
      Random random = new Random(1);
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        values[i] = i < 300 ? i : random.nextLong() >>> random.nextInt(64);
      }
      values[300] = -1;
      values[301] = 0xffffffffL;
      values[302] = 1L << 32;
      root.input(0).set(values);
      root.input(1).set(new int[] {0});
      root.run();
      int[] roots = root.output(0).toInts();
      for (int i = 0; i < count; i++) {
        BigInteger x = new BigInteger(Long.toUnsignedString(values[i]));
        BigInteger floor = x.sqrt();
        boolean up = x.subtract(floor.multiply(floor)).compareTo(floor) > 0;
        long most = values[i] >>> 32 == 0 ? 0xffff : 0xffffffffL;
        long expected = Math.min(most, floor.longValue() + (up ? 1 : 0));
        assertEquals(expected, roots[i] & 0xffffffffL, x + "");
      }
    }
  }

  @Test
  void logarithmsAreWithinASegmentOfTheTable() {
    int count = 2000;
    try (Interpreter log =
        interpreter(
            "SignalFilterBankLog",
            TestFlexBuffer.map(Map.of("input_correction_bits", 3, "output_scale", 1600)),
            m -> m.in(TensorType.UINT32, count).out(TensorType.INT16, count))) {
      Random random = new Random(2);
      int[] values = new int[count];
      for (int i = 0; i < count; i++) {
        values[i] = i < 100 ? i : random.nextInt() >>> (3 + random.nextInt(29));
      }
      log.input(0).set(values);
      log.run();
      short[] logs = log.output(0).toShorts();
      for (int i = 0; i < count; i++) {
        double exact = values[i] == 0 ? 0 : Math.min(32767, 1600 * Math.log(8.0 * values[i]));
        // the table's 128 segments are steps: what tflite-micro interpolates in them is shifted
        // away
        assertEquals(exact, logs[i], 5, values[i] + "");
      }
    }
  }

  @Test
  void aScaleUsesTheBitsThatAreFree() {
    try (Interpreter scale =
        interpreter(
            "SignalFftAutoScale",
            ByteBuffer.allocate(0),
            m -> m.in(TensorType.INT16, 4).out(TensorType.INT16, 4).out(TensorType.INT32))) {
      short[][] inputs = {{0, 0, 0, 0}, {1, -1, 0, 0}, {255, -256, 3, 4}, {32767, 1, 2, 3}};
      int[] bits = {0, 14, 6, 0};
      for (int i = 0; i < inputs.length; i++) {
        scale.input(0).set(inputs[i]);
        scale.run();
        assertEquals(bits[i], scale.output(1).toInts()[0]);
        assertEquals(inputs[i][1] << bits[i], scale.output(0).toShorts()[1]);
      }
    }
  }

  @Test
  void theNoiseEstimateSurvivesRunsAndGoesWithAReset() {
    Map<String, Integer> options = new java.util.TreeMap<>();
    options.put("alternate_one_minus_smoothing", 8192);
    options.put("alternate_smoothing", 8192);
    options.put("clamping", 0);
    options.put("min_signal_remaining", 819);
    options.put("num_channels", 1);
    options.put("one_minus_smoothing", 8192);
    options.put("smoothing", 8192);
    options.put("smoothing_bits", 10);
    options.put("spectral_subtraction_bits", 14);
    try (Interpreter noise =
        interpreter(
            "SignalFilterBankSpectralSubtraction",
            TestFlexBuffer.map(options),
            m -> m.in(TensorType.UINT32, 1).out(TensorType.UINT32, 1).out(TensorType.UINT32, 1))) {
      double estimate = 0;
      for (int run = 0; run < 8; run++) {
        if (run == 5) {
          noise.resetVariables();
          estimate = 0;
        }
        noise.input(0).set(new int[] {1000});
        noise.run();
        estimate = (1000 * 1024 + estimate) / 2;
        assertEquals(estimate, noise.output(1).toInts()[0], 1);
        assertEquals(
            Math.max(1000 - estimate / 1024, 1000 * 819 / 16384.0), noise.output(0).toInts()[0], 1);
      }
    }
  }

  @Test
  void aBandBeyondTheEnergiesIsAnError() {
    try (Interpreter bank =
        interpreter(
            "SignalFilterBank",
            TestFlexBuffer.map(Map.of("num_channels", 1)),
            m ->
                m.in(TensorType.UINT32, 8)
                    .in(TensorType.INT16, 8)
                    .in(TensorType.INT16, 8)
                    .in(TensorType.INT16, 2)
                    .in(TensorType.INT16, 2)
                    .in(TensorType.INT16, 2)
                    .out(TensorType.UINT64, 1))) {
      bank.input(0).set(new int[] {1, 2, 3, 4, 5, 6, 7, 8});
      bank.input(1).set(new short[] {1, 1, 1, 1, 2, 2, 2, 2});
      bank.input(2).set(new short[] {10, 10, 10, 10, 0, 0, 0, 0});
      bank.input(3).set(new short[] {0, 4});
      bank.input(4).set(new short[] {0, 4});
      bank.input(5).set(new short[] {4, 4});
      bank.run();
      assertEquals(10 * (1 + 2 + 3 + 4) + 2 * (5 + 6 + 7 + 8), bank.output(0).toLongs()[0]);
      bank.input(3).set(new short[] {0, 5});
      InferenceException e =
          org.junit.jupiter.api.Assertions.assertThrows(InferenceException.class, bank::run);
      assertEquals(InferenceException.Kind.INDEX_OUT_OF_RANGE, e.kind());
      assertTrue(e.getMessage().contains("SignalFilterBank"), e.getMessage());
    }
  }
}
