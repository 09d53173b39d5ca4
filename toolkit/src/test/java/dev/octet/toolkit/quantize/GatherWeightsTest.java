// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables that GATHER looks up: TensorFlow's converter makes the rows float, not the table. */
class GatherWeightsTest {
  private static final int ROWS = 200;
  private static final int COLUMNS = 16;

  @ParameterizedTest
  @CsvSource({
    "DYNAMIC, 8, '[GATHER, DEQUANTIZE]'",
    "WEIGHT_ONLY, 8, '[GATHER, DEQUANTIZE]'",
    "WEIGHT_ONLY, 4, '[DEQUANTIZE, GATHER]'",
    "FLOAT16, 8, '[DEQUANTIZE, GATHER]'"
  })
  void rowsOfIntegersBecomeFloats(Mode mode, int bits, String operators) throws IOException {
    byte[] made = Quantizer.of("lookup", lookup()).mode(mode).weightBits(bits).quantize().bytes();
    EditableGraph graph = EditableModel.read("made", made).graphs().get(0);
    assertEquals(
        operators, graph.operators().stream().map(EditableOperator::name).toList().toString());
    assertEquals(TensorType.FLOAT32, graph.outputs().get(0).type());
    assertEquals("rows", graph.outputs().get(0).name());
    byte[] indices = new byte[3 * Integer.BYTES];
    ByteBuffer.wrap(indices).order(ByteOrder.LITTLE_ENDIAN).putInt(7).putInt(0).putInt(ROWS - 1);
    ProducedModels.assertSameAsPeer(made, List.of(List.of(indices)));
  }

  private static byte[] lookup() throws IOException {
    EditableModel model = EditableModel.read("lookup", ShippedFiles.bytes("digits_float.tflite"));
    EditableGraph graph = model.graphs().get(0);
    model.signatures().clear();
    graph.operators().clear();
    graph.inputs().clear();
    graph.outputs().clear();
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    EditableTensor table =
        new EditableTensor("table", TensorType.FLOAT32, ROWS, COLUMNS).floats(values);
    EditableTensor indices = new EditableTensor("indices", TensorType.INT32, 3);
    EditableTensor rows = new EditableTensor("rows", TensorType.FLOAT32, 3, COLUMNS);
    graph
        .operators()
        .add(new EditableOperator(BuiltinOperator.GATHER, List.of(table, indices), List.of(rows)));
    graph.inputs().add(indices);
    graph.outputs().add(rows);
    return model.toBytes();
  }
}
