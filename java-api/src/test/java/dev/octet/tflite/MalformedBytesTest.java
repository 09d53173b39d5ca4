// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.MalformedModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Rules of the FlatBuffers format, on a model laid out byte by byte, without the writer. */
class MalformedBytesTest {
  /** Places in {@link #model}. */
  private static final int MODEL_VTABLE = 8;

  private static final int MODEL = 20;
  private static final int SUBGRAPHS = 36;
  private static final int GRAPH_VTABLE = 44;
  private static final int GRAPH = 60;
  private static final int TENSORS = 68;
  private static final int TENSOR_VTABLE = 76;
  private static final int TENSOR = 88;
  private static final int SHAPE = 104;
  private static final int NAME = 116;
  private static final int SIZE = 124;

  /** Version 3, one subgraph, one FLOAT32 tensor 'abc' of shape [2, 3]. */
  private static ByteBuffer model() {
    ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MODEL).put("TFL3".getBytes(StandardCharsets.US_ASCII));
    out.putShort((short) 10).putShort((short) 16); // vtable of Model: version 4, subgraphs 8
    out.putShort((short) 4).putShort((short) 0).putShort((short) 8).putShort((short) 0);
    out.putInt(MODEL - MODEL_VTABLE).putInt(3).putInt(SUBGRAPHS - 28).putInt(0);
    out.putInt(1).putInt(GRAPH - 40);
    out.putShort((short) 6).putShort((short) 8); // vtable of SubGraph: tensors 4
    out.putShort((short) 4).putShort((short) 0).putLong(0);
    out.putInt(GRAPH - GRAPH_VTABLE).putInt(TENSORS - 64);
    out.putInt(1).putInt(TENSOR - 72);
    out.putShort((short) 12).putShort((short) 16); // vtable of Tensor: shape 4, name 8, type 12
    out.putShort((short) 4).putShort((short) 12).putShort((short) 0).putShort((short) 8);
    out.putInt(TENSOR - TENSOR_VTABLE).putInt(SHAPE - 92).putInt(NAME - 96).putInt(0);
    out.putInt(2).putInt(2).putInt(3);
    out.putInt(3).put((byte) 'a').put((byte) 'b').put((byte) 'c').put((byte) 0);
    assertEquals(SIZE, out.position());
    return out.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void refused(ByteBuffer file, long at, String message) {
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> TfliteReader.read("bytes", file));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(at, e.byteOffset(), e.getMessage());
  }

  private static void refusedInt(int place, int value, long at, String message) {
    refused(model().putInt(place, value), at, message);
  }

  private static void refusedShort(int place, int value, long at, String message) {
    refused(model().putShort(place, (short) value), at, message);
  }

  @Test
  void isReadAsItStands() {
    TfliteModel model = TfliteReader.read("bytes", model());
    TfliteTensor tensor = model.subgraphs().get(0).tensors().get(0);
    assertEquals("tensor 0 'abc' FLOAT32[2, 3]", tensor.toString());
  }

  @Test
  void header() {
    refused(ByteBuffer.allocate(0), 0, "the file is empty");
    refused(ByteBuffer.allocate(7), 0, "the file has 7 bytes, too few for a model");
    refused(model().put(7, (byte) '2'), 4, "bytes 4 to 7 are not 'TFL3'");
    refusedInt(0, 0, 0, "Model: offset 0 leads outside the file");
    refusedInt(0, SIZE, 0, "Model: offset 124 leads outside the file");
    refusedInt(0, SIZE - 3, 0, "Model: offset 121 leads outside the file");
    refusedInt(0, -4, 0, "Model: offset 4294967292 leads outside the file");
    refusedInt(0, MODEL + 2, MODEL + 2, "Model: table is not aligned to 4 bytes");
  }

  @Test
  void vtables() {
    refusedInt(MODEL, 24, MODEL, "Model: vtable at byte -4 lies outside the file");
    refusedInt(MODEL, -200, MODEL, "Model: vtable at byte 220 lies outside the file");
    refusedInt(MODEL, Integer.MIN_VALUE, MODEL, "vtable at byte 2147483668 lies outside");
    refusedInt(MODEL, 11, MODEL, "Model: vtable at byte 9 is not aligned to 2 bytes");
    refusedShort(MODEL_VTABLE, 9, MODEL_VTABLE, "vtable of 9 bytes is odd, too small, or ends");
    refusedShort(MODEL_VTABLE, 2, MODEL_VTABLE, "vtable of 2 bytes is odd, too small, or ends");
    refusedShort(MODEL_VTABLE, 118, MODEL_VTABLE, "vtable of 118 bytes is odd, too small, or");
    refusedShort(MODEL_VTABLE + 2, 3, MODEL_VTABLE + 2, "table of 3 bytes is too small, or ends");
    refusedShort(MODEL_VTABLE + 2, 105, MODEL_VTABLE + 2, "table of 105 bytes is too small, or");
  }

  @Test
  void fields() {
    refusedShort(MODEL_VTABLE + 4, 13, MODEL_VTABLE + 4, "Model.version: field lies outside its");
    refusedShort(MODEL_VTABLE + 4, 3, MODEL_VTABLE + 4, "Model.version: field lies outside its");
    refusedShort(MODEL_VTABLE + 4, 6, MODEL + 6, "Model.version: field is not aligned to 4 bytes");
    refusedInt(MODEL + 4, -1, MODEL + 4, "Model.version: 4294967295 is above 2147483647");
    refused(
        model().put(TENSOR + 12, (byte) 19),
        TENSOR + 12,
        "Model.subgraphs[0].tensors[0].type: 19 is not a known TensorType");
    refused(model().put(TENSOR + 12, (byte) -1), TENSOR + 12, "type: -1 is not a known TensorType");
  }

  @Test
  void vectors() {
    refusedInt(MODEL + 8, 0, MODEL + 8, "Model.subgraphs: offset 0 leads outside the file");
    refusedInt(MODEL + 8, 93, MODEL + 8, "Model.subgraphs: offset 93 leads outside the file");
    refusedInt(MODEL + 8, 9, MODEL + 17, "Model.subgraphs: vector is not aligned to 4 bytes");
    refusedInt(SUBGRAPHS, 22, SUBGRAPHS, "Model.subgraphs: vector of 22 elements ends beyond");
    refusedInt(SUBGRAPHS, -1, SUBGRAPHS, "Model.subgraphs: vector of 4294967295 elements ends");
    refusedInt(SHAPE, 1 << 30, SHAPE, "tensors[0].shape: vector of 1073741824 elements ends");
    refusedInt(SUBGRAPHS + 4, 2, SUBGRAPHS + 4, "Model.subgraphs[0]: offset 2 leads outside");
    refusedInt(SUBGRAPHS + 4, 21, 61, "Model.subgraphs[0]: table is not aligned to 4 bytes");
  }

  @Test
  void strings() {
    refusedInt(NAME, 2, NAME, "tensors[0].name: text of 2 bytes does not end with a zero byte");
    refusedInt(NAME, 4, NAME, "tensors[0].name: text of 4 bytes does not end with a zero byte");
    refusedInt(NAME, 5, NAME, "tensors[0].name: vector of 5 elements ends beyond the file");
  }

  /** A table may stand for several: the work is bounded, not the sharing. */
  @Test
  void sharedTablesAreCounted() {
    int count = 10_000;
    int tensors = SIZE;
    int tensor = tensors + 4 + 4 * count + 4;
    ByteBuffer file = ByteBuffer.allocate(tensor + 4).order(ByteOrder.LITTLE_ENDIAN);
    file.put(model()).putInt(GRAPH + 4, tensors - GRAPH - 4).putInt(count);
    for (int i = 0; i < count; i++) {
      file.putInt(tensor - file.position());
    }
    file.putShort((short) 4).putShort((short) 4).putInt(4).flip().order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(count, TfliteReader.read("once", file).subgraphs().get(0).tensors().size());
    refused(subgraphsSharing(file, 20), tensor + 4 * 19, "more tables than a file of");
  }

  /** {@code count} subgraphs that are all the one in {@code file}: moved behind its references. */
  private static ByteBuffer subgraphsSharing(ByteBuffer file, int count) {
    int shift = 4 * (count - 1);
    ByteBuffer out = ByteBuffer.allocate(file.limit() + shift).order(ByteOrder.LITTLE_ENDIAN);
    out.put(file.slice(0, SUBGRAPHS)).putInt(count);
    for (int i = 0; i < count; i++) {
      out.putInt(GRAPH + shift - out.position());
    }
    out.put(file.slice(SUBGRAPHS + 8, file.limit() - SUBGRAPHS - 8));
    return out.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Many tensors share one long name: bytes are counted as often as they are read. */
  @Test
  void sharedStringsAreCounted() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    for (int i = 0; i < 100; i++) {
      graph.tensor(i == 99 ? "x".repeat(4000) : "y", dev.octet.TensorType.INT8, 1);
    }
    ByteBuffer file = model.write();
    java.util.List<Table> tensors =
        TfliteReader.read("names", file).table().tables("subgraphs").get(0).tables("tensors");
    int at = tensors.get(99).offset("name");
    int name = at + file.getInt(at);
    for (Table tensor : tensors) {
      file.putInt(tensor.offset("name"), name - tensor.offset("name"));
    }
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> TfliteReader.read("names", file));
    assertTrue(e.getMessage().contains("vectors overlap"), e.getMessage());
  }

  @Test
  void unknownUnionTypes() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", dev.octet.TensorType.FLOAT32, 1);
    int y = graph.output("y", dev.octet.TensorType.FLOAT32, 1);
    graph.operator(
        BuiltinOperator.SOFTMAX,
        1,
        Table.builder("SoftmaxOptions").set("beta", 2f).build(),
        new int[] {x},
        new int[] {y});
    ByteBuffer file = model.write();
    Table operator =
        TfliteReader.read("union", file)
            .table()
            .tables("subgraphs")
            .get(0)
            .tables("operators")
            .get(0);
    int table = operator.offset();
    int type = table + file.getShort(table - file.getInt(table) + 4 + 2 * 3);
    assertEquals(9, file.get(type));
    refused(file.put(type, (byte) 127), type, "builtin_options: union type 127 is unknown");
    TfliteModel without = TfliteReader.read("union", file.put(type, (byte) 0));
    assertEquals(0f, without.subgraphs().get(0).operators().get(0).options().float_("beta"));
  }
}
