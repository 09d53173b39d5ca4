// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteReader;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.Sha256;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizerTest {
  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"DYNAMIC", "FLOAT16", "WEIGHT_ONLY"})
  void theDigitModelKeepsItsAnswers(Mode mode) throws IOException {
    byte[] source = ShippedFiles.bytes("digits_float.tflite");
    QuantizedModel made =
        Quantizer.of("digits", source).mode(mode).minWeightElements(100).quantize();
    assertTrue(made.size() < source.length, made.toString());
    assertFalse(made.quantized().isEmpty());
    float[] expected = run(source);
    float[] actual = run(made.bytes());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 0.15f, "output " + i);
    }
    assertArrayEquals(
        made.bytes(),
        Quantizer.of("digits", source).mode(mode).minWeightElements(100).quantize().bytes());
  }

  @Test
  void fourBitsHalveTheWeights() throws IOException {
    byte[] source = ShippedFiles.bytes("digits_float.tflite");
    Quantizer quantizer = Quantizer.of("digits", source).mode(Mode.WEIGHT_ONLY);
    int eight = quantizer.quantize().size();
    QuantizedModel four = quantizer.weightBits(4).quantize();
    int saved = four.quantized().stream().mapToInt(note -> weights(source, note) / 2).sum();
    assertEquals(eight - saved, four.size(), 64);
    assertEquals(10, run(four.bytes()).length);
  }

  private static int weights(byte[] source, OperatorNote note) {
    return EditableModel.read("digits", source)
        .graphs()
        .get(0)
        .operators()
        .get(note.operator())
        .input(1)
        .elements();
  }

  @Test
  void theFileTellsWhereItComesFrom() throws IOException {
    byte[] source = ShippedFiles.bytes("digits_float.tflite");
    QuantizedModel made = Quantizer.of("digits", source).mode(Mode.DYNAMIC).quantize();
    JsonObject json =
        QuantizationMetadata.of(TfliteReader.read("made", made.bytes())).orElseThrow();
    assertEquals(Sha256.of(source), json.get("source_sha256").getAsString());
    assertEquals(dev.octet.Octet.version(), json.get("octet").getAsString());
    assertEquals("dynamic", json.getAsJsonObject("options").get("mode").getAsString());
    assertTrue(QuantizationMetadata.of(TfliteReader.read("source", source)).isEmpty());
  }

  @Test
  void aQuantizedModelIsRefusedByName() throws IOException {
    byte[] source = ShippedFiles.bytes("digits_int8.tflite");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Quantizer.of("digits_int8", source).mode(Mode.DYNAMIC).quantize())
            .getMessage();
    assertTrue(message.startsWith("digits_int8: the model is quantized already: "), message);
    assertThrows(IllegalArgumentException.class, () -> Quantizer.of("digits", source).quantize());
  }

  @Test
  void aFloat16ModelIsASource() throws IOException {
    byte[] source = ShippedFiles.bytes("digits_float.tflite");
    byte[] half = Quantizer.of("digits", source).mode(Mode.FLOAT16).quantize().bytes();
    ModelComparison again =
        ModelComparison.of(
            TfliteReader.read("half", half),
            TfliteReader.read(
                "again", Quantizer.of("half", half).mode(Mode.FLOAT16).quantize().bytes()));
    assertTrue(again.same(), again.toString());
    assertTrue(
        Quantizer.of("half", half).mode(Mode.DYNAMIC).quantize().kept().stream()
            .noneMatch(note -> note.name().equals("DEQUANTIZE")));
  }

  /** y = x W + x W', where W' is W again, and W is an output too. */
  private static EditableModel twins(int rows, int columns) throws IOException {
    EditableModel model = EditableModel.read("twins", ShippedFiles.bytes("digits_float.tflite"));
    EditableGraph graph = model.graphs().get(0);
    model.signatures().clear();
    graph.operators().clear();
    graph.inputs().clear();
    graph.outputs().clear();
    Random random = new Random(5);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    EditableTensor weights =
        new EditableTensor("w", TensorType.FLOAT32, rows, columns).floats(values);
    EditableTensor x = new EditableTensor("x", TensorType.FLOAT32, 1, columns);
    EditableTensor a = new EditableTensor("a", TensorType.FLOAT32, 1, rows);
    EditableTensor b = new EditableTensor("b", TensorType.FLOAT32, 1, rows);
    EditableTensor y = new EditableTensor("y", TensorType.FLOAT32, 1, rows);
    java.util.ArrayList<EditableTensor> withoutBias = new java.util.ArrayList<>();
    withoutBias.add(x);
    withoutBias.add(weights);
    withoutBias.add(null);
    graph
        .operators()
        .add(new EditableOperator(BuiltinOperator.FULLY_CONNECTED, withoutBias, List.of(a)));
    graph
        .operators()
        .add(new EditableOperator(BuiltinOperator.FULLY_CONNECTED, withoutBias, List.of(b)));
    graph.operators().add(new EditableOperator(BuiltinOperator.ADD, List.of(a, b), List.of(y)));
    graph.inputs().add(x);
    graph.outputs().add(y);
    return model;
  }

  @Test
  void aSharedConstantIsMadeOnce() throws IOException {
    byte[] source = twins(32, 64).toBytes();
    for (Mode mode : List.of(Mode.DYNAMIC, Mode.FLOAT16, Mode.WEIGHT_ONLY)) {
      EditableGraph graph =
          EditableModel.read("made", Quantizer.of("twins", source).mode(mode).quantize().bytes())
              .graphs()
              .get(0);
      List<EditableOperator> products =
          graph.operators().stream().filter(o -> o.is(BuiltinOperator.FULLY_CONNECTED)).toList();
      assertSame(products.get(0).input(1), products.get(1).input(1), mode.words());
      assertEquals(mode == Mode.DYNAMIC ? 3 : 4, graph.operators().size(), mode.words());
      assertEquals("w", products.get(0).input(1).name());
    }
  }

  @Test
  void aConstantThatIsAnOutputStays() throws IOException {
    EditableModel model = twins(32, 64);
    EditableGraph graph = model.graphs().get(0);
    EditableTensor weights = graph.operators().get(0).input(1);
    graph.outputs().add(weights);
    float[] before = weights.floats();
    for (Mode mode : List.of(Mode.DYNAMIC, Mode.FLOAT16, Mode.WEIGHT_ONLY)) {
      EditableGraph made =
          EditableModel.read(
                  "made", Quantizer.of("twins", model.toBytes()).mode(mode).quantize().bytes())
              .graphs()
              .get(0);
      assertArrayEquals(before, made.outputs().get(1).floats(), mode.words());
      long ofThatName = made.tensors().stream().filter(t -> t.name().equals("w")).count();
      assertEquals(mode == Mode.DYNAMIC ? 1 : 2, ofThatName, mode.words());
    }
  }

  @Test
  void oneUserMayStayFloat() throws IOException {
    Recipe recipe = Recipe.parse("r", "[{\"scope\": \"^b;\", \"compute\": \"FLOAT\"}]");
    QuantizedModel made =
        Quantizer.of("twins", twins(32, 64).toBytes()).mode(Mode.DYNAMIC).recipe(recipe).quantize();
    List<EditableOperator> operators =
        EditableModel.read("made", made.bytes()).graphs().get(0).operators();
    assertEquals(TensorType.INT8, operators.get(0).input(1).type());
    assertTrue(operators.get(0).options().bool("asymmetric_quantize_inputs"));
    assertEquals(TensorType.FLOAT32, operators.get(1).input(1).type());
    assertFalse(operators.get(1).options().bool("asymmetric_quantize_inputs"));
    assertEquals(12, operators.get(1).version(), "one version for all of a kind");
    assertEquals(
        List.of(Compute.DYNAMIC, Compute.FLOAT, Compute.FLOAT),
        made.operators().stream().map(OperatorNote::compute).toList());
  }

  @Test
  void smallWeightsStayAndTheNoteSaysWhy() throws IOException {
    QuantizedModel made =
        Quantizer.of("twins", twins(31, 33).toBytes()).mode(Mode.DYNAMIC).quantize();
    assertEquals(
        "weights 'w' have 1023 elements, fewer than 1024", made.operators().get(0).words());
    assertTrue(made.quantized().isEmpty());
  }

  @Test
  void numbersBeyondFloat16AreLimited() throws IOException {
    EditableModel model = twins(2, 2);
    model.graphs().get(0).operators().get(0).input(1).floats(new float[] {1e6f, -1e6f, 1, 0});
    EditableGraph made =
        EditableModel.read(
                "made",
                Quantizer.of("twins", model.toBytes()).mode(Mode.FLOAT16).quantize().bytes())
            .graphs()
            .get(0);
    ByteBuffer halves = made.operators().get(0).input(0).data();
    assertEquals(0x7bff, halves.getShort(0) & 0xffff);
    assertEquals(0xfbff, halves.getShort(2) & 0xffff);
    assertEquals(0x3c00, halves.getShort(4));
  }

  @Test
  void aVariableIsNoConstant() throws IOException {
    EditableModel model = twins(32, 64);
    EditableTensor weights = model.graphs().get(0).operators().get(0).input(1);
    weights.data(null).variable(true);
    for (Mode mode : List.of(Mode.DYNAMIC, Mode.FLOAT16)) {
      assertTrue(
          Quantizer.of("twins", model.toBytes()).mode(mode).quantize().quantized().isEmpty());
    }
  }

  @Test
  void writesWholeFilesOnly(@TempDir Path folder) throws IOException {
    QuantizedModel made =
        Quantizer.of("twins", twins(32, 64).toBytes()).mode(Mode.DYNAMIC).quantize();
    Path file = folder.resolve("small.tflite");
    Files.writeString(file, "older");
    made.writeTo(file);
    assertArrayEquals(made.bytes(), Files.readAllBytes(file));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
    assertThrows(IOException.class, () -> made.writeTo(folder.resolve("no/small.tflite")));
  }

  private static float[] run(byte[] bytes) {
    try (Model model = Model.load(bytes);
        Interpreter interpreter = model.interpreter()) {
      ByteBuffer input = interpreter.input(0).buffer();
      Random random = new Random(1);
      for (int i = 0; i < input.limit(); i += 4) {
        input.putFloat(i, random.nextFloat());
      }
      interpreter.run();
      ByteBuffer output = interpreter.output(0).buffer();
      float[] values = new float[output.limit() / 4];
      for (int i = 0; i < values.length; i++) {
        values[i] = output.getFloat(4 * i);
      }
      return values;
    }
  }
}
