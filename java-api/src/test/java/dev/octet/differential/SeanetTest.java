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
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Single-operator models of the speech codec SEANet with int16 activations, their inputs and
 * expected outputs as comma-separated numbers, read out of the archive that holds them.
 */
final class SeanetTest {
  private static final int BLOCK = 512;

  /** Contents of the files by name, such as {@code conv/conv0.tflite}. */
  private static final Map<String, byte[]> FILES = new HashMap<>();

  @BeforeAll
  static void readArchive() throws IOException {
    try (InputStream in =
        new GZIPInputStream(
            Files.newInputStream(Shared.require("data/seanet/seanet.tar.gz")), 1 << 16)) {
      for (byte[] header = in.readNBytes(BLOCK);
          header.length == BLOCK && header[0] != 0;
          header = in.readNBytes(BLOCK)) {
        int size = Integer.parseInt(text(header, 124, 12), 8);
        byte[] contents = in.readNBytes(size);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        FILES.put(text(header, 0, 100).replaceFirst("^\\./", ""), contents);
      }
    }
  }

  private static String text(byte[] header, int at, int length) {
    String field = new String(header, at, length, StandardCharsets.US_ASCII);
    int end = field.indexOf(0);
    return (end < 0 ? field : field.substring(0, end)).trim();
  }

  @ParameterizedTest
  @CsvSource({
    "add,17",
    "conv,22",
    "leaky_relu,23",
    "pad,19",
    "quantize,2",
    "strided_slice,34",
    "sub,5",
    "transpose_conv,5"
  })
  void exactIsWhatTheFilesExpect(String operator, int count) {
    for (int i = 0; i < count; i++) {
      String name = operator + "/" + operator + i;
      byte[] model = FILES.get(name + ".tflite");
      for (boolean reference : new boolean[] {false, true}) {
        InterpreterOptions options =
            new InterpreterOptions().numerics(Numerics.EXACT).reference(reference);
        try (Model loaded = Model.load(model);
            Interpreter interpreter = loaded.interpreter(options)) {
          compare(name, interpreter);
        }
      }
    }
  }

  @Test
  void everyModelTakesPart() {
    Map<String, Integer> counts = new TreeMap<>();
    FILES.keySet().stream()
        .filter(name -> name.endsWith(".tflite"))
        .forEach(name -> counts.merge(name.substring(0, name.indexOf('/')), 1, Integer::sum));
    assertEquals(
        "{add=17, conv=22, leaky_relu=23, pad=19, quantize=2, strided_slice=34, sub=5,"
            + " transpose_conv=5}",
        counts.toString());
  }

  private static void compare(String name, Interpreter interpreter) {
    for (int i = 0; i < interpreter.inputCount(); i++) {
      Tensor input = interpreter.input(i);
      long[] numbers = numbers(name + "_input" + i, input.type());
      ByteBuffer to = input.buffer().order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(to.remaining() / input.type().bytes(), numbers.length, name);
      for (long number : numbers) {
        if (input.type() == TensorType.INT16) {
          to.putShort((short) number);
        } else {
          to.putInt((int) number);
        }
      }
    }
    interpreter.run();
    Tensor output = interpreter.output(0);
    long[] expected = numbers(name + "_golden", output.type());
    ByteBuffer from = output.buffer().order(ByteOrder.LITTLE_ENDIAN);
    long[] actual = new long[from.remaining() / output.type().bytes()];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = output.type() == TensorType.INT16 ? from.getShort() : from.getInt();
    }
    assertArrayEquals(expected, actual, name);
  }

  private static long[] numbers(String name, TensorType type) {
    String file = name + "_" + type.name().toLowerCase() + ".csv";
    String[] fields = new String(FILES.get(file), StandardCharsets.US_ASCII).trim().split(",");
    long[] numbers = new long[fields.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Long.parseLong(fields[i].trim());
    }
    return numbers;
  }
}
