// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.NumpyRandom;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyType;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.integer.IntegerOptions;
import dev.octet.toolkit.quantize.integer.IntegerQuantization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class BiasCorrectionTest {
  private static final IntegerOptions OPTIONS = IntegerOptions.of(IoType.FLOAT);

  private final EditableGraph graph = new EditableGraph("main");
  private final EditableModel model = new EditableModel("one layer", graph);

  private static EditableTensor drawn(int seed, int... shape) {
    EditableTensor tensor = new EditableTensor("constant" + seed, TensorType.FLOAT32, shape);
    return tensor.floats(new NumpyRandom(seed).uniform(-1, 1, tensor.elements()));
  }

  private EditableTensor input(String name, TensorType type, int... shape) {
    EditableTensor tensor = new EditableTensor(name, type, shape);
    graph.inputs().add(tensor);
    return tensor;
  }

  private void layer(BuiltinOperator builtin, int[] shape, EditableTensor... inputs) {
    EditableTensor y = new EditableTensor("y", TensorType.FLOAT32, shape);
    EditableOperator operator = new EditableOperator(builtin, List.of(inputs), List.of(y));
    if (builtin != BuiltinOperator.FULLY_CONNECTED) {
      operator.options(
          operator.options().toBuilder().set("stride_w", 1).set("stride_h", 1).build());
    }
    graph.operators().add(operator);
    graph.outputs().add(y);
  }

  /** Read from a file, so that operators know their places. */
  private EditableModel real() {
    return EditableModel.read("one layer", model.toBytes());
  }

  private EditableModel quantized(Compute compute, IntegerOptions options) {
    EditableModel integer = real();
    IntegerQuantization.apply(
        integer, (g, t) -> new Range(-8, 8), op -> OperatorConfig.of(compute), options);
    return integer;
  }

  private static EditableOperator quantizedLayer(EditableModel integer) {
    return integer.graphs().get(0).operators().stream()
        .filter(op -> op.sourceIndex() == 0)
        .findFirst()
        .orElseThrow();
  }

  private static NpyArray array(float[] values, int... shape) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new NpyArray(NpyType.FLOAT32, shape, data);
  }

  private static Sample sample(NpyArray... arrays) {
    return new Sample("drawn", List.of(arrays), -1, null);
  }

  private void dense() {
    EditableTensor x = input("x", TensorType.FLOAT32, 1, 5);
    layer(BuiltinOperator.FULLY_CONNECTED, new int[] {1, 3}, x, drawn(1, 3, 5), drawn(2, 3));
  }

  @Test
  void withoutSamplesItSaysSo() {
    dense();
    EditableModel integer = quantized(Compute.INT8, OPTIONS);
    IllegalArgumentException none =
        assertThrows(
            IllegalArgumentException.class, () -> BiasCorrection.apply(real(), integer, List.of()));
    assertEquals("one layer: there are no samples to correct biases with", none.getMessage());
  }

  @Test
  void biasesStayWhereTheFloatModelWasNotANumber() throws IOException {
    dense();
    EditableModel integer = quantized(Compute.INT8, OPTIONS);
    int[] before = bias(integer);
    float[] values = {1, Float.NaN, 1, 1, 1};
    BiasCorrection.apply(real(), integer, List.of(sample(array(values, 1, 5))));
    assertArrayEquals(before, bias(integer));
  }

  private static int[] bias(EditableModel integer) {
    int[] values = new int[3];
    quantizedLayer(integer).input(2).data().asIntBuffer().get(values);
    return values;
  }

  @Test
  void aTransposedConvolutionToAnySizeIsLeftAlone() throws IOException {
    EditableTensor size = input("size", TensorType.INT32, 4);
    EditableTensor x = input("x", TensorType.FLOAT32, 1, 4, 4, 5);
    EditableTensor weights = drawn(1, 3, 2, 2, 5);
    layer(BuiltinOperator.TRANSPOSE_CONV, new int[] {1, 4, 4, 3}, size, weights, x);
    EditableModel integer = quantized(Compute.INT8, OPTIONS);
    assertEquals(TensorType.INT8, quantizedLayer(integer).output(0).type());
    ByteBuffer shape = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    shape.putInt(1).putInt(4).putInt(4).putInt(3).flip();
    NpyArray four = new NpyArray(NpyType.INT32, new int[] {4}, shape);
    NpyArray data = array(new NumpyRandom(3).uniform(-1, 1, 80), 1, 4, 4, 5);
    assertEquals(List.of(), BiasCorrection.apply(real(), integer, List.of(sample(four, data))));
  }

  @Test
  void inputsMayBeLargerThanInTheFile() throws IOException {
    EditableTensor x = input("x", TensorType.FLOAT32, 1, 1, 1, 4);
    x.shape(new int[] {1, 1, 1, 4}, new int[] {1, -1, -1, 4});
    layer(BuiltinOperator.CONV_2D, new int[] {1, 1, 1, 3}, x, drawn(1, 3, 1, 1, 4), drawn(2, 3));
    EditableModel integer = quantized(Compute.INT8, OPTIONS);
    NpyArray data = array(new NumpyRandom(3).uniform(-1, 1, 120), 1, 6, 5, 4);
    List<BiasCorrection.Result> results =
        BiasCorrection.apply(real(), integer, List.of(sample(data)));
    assertEquals(1, results.size());
    assertTrue(results.get(0).greatestShift() < 1, "" + results);
  }

  @Test
  void aBiasThatIsMadeHasTheBitsOfOthers() throws IOException {
    EditableTensor x = input("x", TensorType.FLOAT32, 1, 5);
    layer(BuiltinOperator.FULLY_CONNECTED, new int[] {1, 3}, x, drawn(1, 3, 5));
    NpyArray data = array(new NumpyRandom(3).uniform(-1, 1, 5), 1, 5);
    for (int bits : new int[] {32, 64}) {
      EditableModel integer = quantized(Compute.INT16X8, OPTIONS.withInt16BiasBits(bits));
      BiasCorrection.apply(real(), integer, List.of(sample(data)));
      assertEquals(bits, quantizedLayer(integer).input(2).type().bits());
    }
  }
}
