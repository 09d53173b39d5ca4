// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.MalformedModelException;
import dev.octet.OctetException;
import dev.octet.TensorType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TfliteReaderTest {
  @TempDir Path folder;

  private static TestModel.Graph addTo(TestModel model) {
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 2);
    int w = graph.constant("w", TensorType.FLOAT32, TestModel.floats(1.5f, -2), 2);
    int y = graph.output("y", TensorType.FLOAT32, 1, 2);
    Table options =
        Table.builder("AddOptions").set("fused_activation_function", Activation.RELU).build();
    graph.operator(BuiltinOperator.ADD, 2, options, new int[] {x, w}, new int[] {y});
    return graph;
  }

  private static byte[] bytes(ByteBuffer file) {
    byte[] bytes = new byte[file.remaining()];
    file.get(file.position(), bytes);
    return bytes;
  }

  private static void checkAdd(TfliteModel model) {
    TfliteSubgraph graph = model.subgraphs().get(0);
    assertEquals(3, graph.tensors().size());
    assertArrayEquals(new int[] {0}, graph.inputs());
    assertArrayEquals(new int[] {2}, graph.outputs());
    TfliteOperator add = graph.operators().get(0);
    assertEquals("ADD", add.name());
    assertEquals(2, add.version());
    assertArrayEquals(new int[] {0, 1}, add.inputs());
    assertEquals(
        Activation.RELU, add.options().enumeration("fused_activation_function", Activation.class));
    assertTrue(add.options().bool("pot_scale_int16"));
    TfliteTensor w = graph.tensors().get(1);
    assertArrayEquals(new int[] {2}, w.shapeSignature());
    assertEquals(-2f, w.data().getFloat(4));
    assertEquals(ByteOrder.LITTLE_ENDIAN, w.data().order());
    assertNull(graph.tensors().get(0).data());
  }

  @Test
  void everySource() throws IOException {
    TestModel model = new TestModel();
    addTo(model);
    ByteBuffer file = model.write();
    checkAdd(TfliteReader.read("buffer", file));
    assertEquals(0, file.position());
    checkAdd(TfliteReader.read("bytes", bytes(file)));
    checkAdd(TfliteReader.read("stream", new ByteArrayInputStream(bytes(file))));
    ByteBuffer shifted = ByteBuffer.allocateDirect(file.limit() + 3).position(3).put(file.slice());
    checkAdd(TfliteReader.read("slice", shifted.position(3)));
    Path path = Files.write(folder.resolve("add.tflite"), bytes(file));
    TfliteModel mapped = TfliteReader.map(path);
    checkAdd(mapped);
    assertEquals(path.toString(), mapped.source());
    assertTrue(mapped.subgraphs().get(0).tensors().get(1).data().isDirect());
  }

  @Test
  void filesThatAreNoModels() throws IOException {
    Path missing = folder.resolve("missing.tflite");
    OctetException e = assertThrows(OctetException.class, () -> TfliteReader.map(missing));
    assertEquals(missing + ": no such file", e.getMessage());
    e = assertThrows(OctetException.class, () -> TfliteReader.map(folder));
    assertEquals(folder + ": is a directory, not a model", e.getMessage());
    Path empty = Files.createFile(folder.resolve("empty.tflite"));
    e = assertThrows(MalformedModelException.class, () -> TfliteReader.map(empty));
    assertEquals(empty + ": the file is empty (at byte 0)", e.getMessage());
    Path huge = folder.resolve("huge.tflite");
    try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }
    e = assertThrows(MalformedModelException.class, () -> TfliteReader.map(huge));
    assertTrue(e.getMessage().startsWith(huge + ": models above 2 GiB"), e.getMessage());
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line is cut");
          }
        };
    e = assertThrows(OctetException.class, () -> TfliteReader.read("line", broken));
    assertTrue(e.getMessage().contains("line: cannot be read"), e.getMessage());
  }

  @Test
  void aMappedFileThatIsCutIsReported() throws IOException {
    TestModel model = new TestModel();
    addTo(model);
    Path path = Files.write(folder.resolve("cut.tflite"), bytes(model.write()));
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      channel.truncate(0);
      for (int i = 0; i < 4_000; i++) { // interpreted first, compiled in the end
        OctetException e =
            assertThrows(MalformedModelException.class, () -> TfliteReader.read("cut", mapped));
        assertEquals("cut: the file was cut while it was read (at byte 0)", e.getMessage());
      }
    }
  }

  @Test
  void everythingAModelSays() {
    TestModel test = new TestModel();
    TestModel.Graph graph = addTo(test);
    graph.table().set("name", "main");
    graph
        .tensor(0)
        .set("shape_signature", new int[] {-1, 2})
        .set("has_rank", true)
        .set(
            "quantization",
            Table.builder("QuantizationParameters")
                .set("min", new float[] {-1})
                .set("max", new float[] {3})
                .build());
    int state = graph.tensor("state", TensorType.INT16, 1, 8);
    graph.tensor(state).set("is_variable", true);
    graph.quantize(state, 0.5f, -7);
    int custom = graph.custom("Sinh", TestModel.bytes(7, 8, 9), new int[] {0, -1}, new int[0]);
    graph.operator(custom).set("intermediates", new int[] {state, -1});
    int buffer = test.buffer(TestModel.bytes('2', '.', '3'));
    Table in = Table.builder("TensorMap").set("name", "a").set("tensor_index", 0).build();
    Table out = Table.builder("TensorMap").set("name", "sum").set("tensor_index", 2).build();
    test.model()
        .set("description", "added")
        .set(
            "metadata",
            List.of(Table.builder("Metadata").set("name", "v").set("buffer", buffer).build()))
        .set(
            "signature_defs",
            List.of(
                Table.builder("SignatureDef")
                    .set("signature_key", "add")
                    .set("inputs", List.of(in))
                    .set("outputs", List.of(out))
                    .build()));
    TfliteModel model = test.read();
    assertEquals("added", model.description());
    assertEquals("v", model.metadata().get(0).name());
    assertEquals('2', model.metadata().get(0).buffer().data().get(0));
    assertEquals(
        List.of(new TfliteSignature("add", 0, Map.of("a", 0), Map.of("sum", 2))),
        model.signatures());
    TfliteSubgraph main = model.subgraphs().get(0);
    assertEquals("main", main.name());
    assertArrayEquals(new int[] {-1, 2}, main.tensors().get(0).shapeSignature());
    assertTrue(main.tensors().get(0).hasRank());
    assertArrayEquals(new float[] {3}, main.tensors().get(0).quantization().max());
    assertNull(main.tensors().get(0).quantization().affine());
    assertTrue(main.tensors().get(state).variable());
    assertEquals(-7, main.tensors().get(state).quantization().affine().zeroPoint());
    TfliteOperator sinh = main.operators().get(1);
    assertEquals("Sinh", sinh.name());
    assertEquals(BuiltinOperator.CUSTOM, sinh.builtin());
    assertEquals(9, sinh.customOptions().get(2));
    assertArrayEquals(new int[] {state, -1}, sinh.intermediates());
    assertArrayEquals(new int[] {0, -1}, sinh.inputs());
  }

  @Test
  void operatorsAboveAByteAndOldFilesWithoutTheWideCode() {
    TestModel test = new TestModel();
    TestModel.Graph graph = test.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1);
    int y = graph.output("y", TensorType.FLOAT32, 1);
    int z = graph.output("z", TensorType.FLOAT32, 1);
    graph.operator(BuiltinOperator.GELU, 1, null, new int[] {x}, new int[] {y});
    graph.operator(BuiltinOperator.SOFTMAX, 1, null, new int[] {x}, new int[] {z});
    test.codes().set(1, Table.builder("OperatorCode").set("deprecated_builtin_code", 25).build());
    List<TfliteOperator> operators = test.read().subgraphs().get(0).operators();
    assertEquals(BuiltinOperator.GELU, operators.get(0).builtin());
    assertEquals(BuiltinOperator.SOFTMAX, operators.get(1).builtin());
    assertEquals("SoftmaxOptions", operators.get(1).options().name());
  }

  @Test
  void dataBeyondTheFlatBuffer() {
    TestModel test = new TestModel();
    TestModel.Graph graph = test.graph();
    Table beyond = Table.builder("Buffer").set("offset", 4096L).set("size", 8L).build();
    int w = graph.tensor("w", TensorType.FLOAT32, 2);
    graph.tensor(w).set("buffer", test.buffer(beyond));
    int custom = graph.custom("Big", null, new int[] {w}, new int[0]);
    graph
        .operator(custom)
        .set("large_custom_options_offset", 4104L)
        .set("large_custom_options_size", 3L);
    ByteBuffer file = ByteBuffer.allocate(4107).order(ByteOrder.LITTLE_ENDIAN);
    file.put(test.write()).putFloat(4100, 2.5f).put(4106, (byte) 42).rewind();
    TfliteSubgraph read = TfliteReader.read("beyond", file).subgraphs().get(0);
    assertEquals(2.5f, read.tensors().get(w).data().getFloat(4));
    assertEquals(4096, read.tensors().get(w).constant().offset());
    assertEquals(42, read.operators().get(0).customOptions().get(2));
    assertThrows(MalformedModelException.class, () -> TfliteReader.read("cut", file.limit(4106)));
  }

  /** A bias whose quantized_dimension is its filter's, as a published model has it. */
  @Test
  void aBiasWithTheDimensionOfItsFilter() {
    TestModel test = new TestModel();
    TestModel.Graph graph = test.graph();
    int b = graph.constant("b", TensorType.INT32, TestModel.ints(1, 2, 3), 3);
    graph.quantize(b, new float[] {1, 2, 3}, new long[3], 3);
    TfliteQuantization read = test.read().subgraphs().get(0).tensors().get(b).quantization();
    assertEquals(0, read.dimension());
    assertArrayEquals(new float[] {1, 2, 3}, read.scales());
    graph.tensor(b).set("type", TensorType.FLOAT32);
    assertThrows(MalformedModelException.class, test::read);
    graph.tensor(b).set("type", TensorType.INT32).set("buffer", null);
    assertThrows(MalformedModelException.class, test::read);
  }

  @Test
  void quantizationThatIsLeftOut() {
    TestModel test = new TestModel();
    TestModel.Graph graph = test.graph();
    int a = graph.tensor("a", TensorType.INT8, 4);
    graph.quantize(a, new float[] {1, 2, 3, 4}, null, 0);
    int b = graph.tensor("b", TensorType.INT8, 4);
    graph.quantize(b, new float[] {1, 2, 3, 4}, new long[] {5}, 0);
    int c = graph.tensor("c", TensorType.INT8, 4);
    graph.quantize(c, new float[] {2}, null, 9);
    List<TfliteTensor> tensors = test.read().subgraphs().get(0).tensors();
    assertArrayEquals(new int[4], tensors.get(a).quantization().zeroPoints());
    assertArrayEquals(new int[] {5, 5, 5, 5}, tensors.get(b).quantization().zeroPoints());
    assertEquals(0, tensors.get(c).quantization().dimension());
    assertNotNull(tensors.get(c).quantization().affine());
  }

  @Test
  void contentsByType() {
    TestModel test = new TestModel();
    TestModel.Graph graph = test.graph();
    int nibbles = graph.constant("n", TensorType.INT4, TestModel.bytes(0x21, 3), 3);
    int text = graph.constant("t", TensorType.STRING, TestModel.strings("a", "bc"), 2);
    int none = graph.tensor("z", TensorType.FLOAT32, 0, 3);
    int scalar = graph.constant("s", TensorType.FLOAT32, TestModel.floats(9));
    List<TfliteTensor> tensors = test.read().subgraphs().get(0).tensors();
    assertEquals(2, tensors.get(nibbles).data().limit());
    assertEquals(2, tensors.get(text).elements());
    assertTrue(tensors.get(none).isConstant());
    assertEquals(0, tensors.get(none).data().limit());
    assertEquals(1, tensors.get(scalar).elements());
    assertEquals(0, tensors.get(scalar).rank());
  }
}
