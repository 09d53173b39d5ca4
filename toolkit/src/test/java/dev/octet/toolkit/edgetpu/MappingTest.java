// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.edgetpu.Mapping.Place;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tensors, partitions, forms of models and refusals, on small graphs. */
class MappingTest {
  private static final int[] IMAGE = {1, 8, 6, 4};

  private final QuantizedGraph g = new QuantizedGraph();

  private static List<Place> places(Mapping mapping) {
    return mapping.operators().stream().map(Mapping.Operator::place).toList();
  }

  private static String reason(Mapping mapping, int operator) {
    return String.valueOf(mapping.operators().get(operator).reason());
  }

  private static void contains(String text, String part) {
    assertTrue(text.contains(part), part + " is not in: " + text);
  }

  private EditableTensor relu(EditableTensor input) {
    return g.op(BuiltinOperator.RELU, input.shape(), input);
  }

  @Test
  void aModelOfWhichEverythingMapsIsComplete() {
    Mapping mapping = Mapping.of(g.model(relu(relu(g.input(IMAGE)))));
    assertEquals(ModelForm.QUANTIZED, mapping.form());
    assertEquals(List.of(Place.EDGE_TPU, Place.EDGE_TPU), places(mapping));
    assertTrue(mapping.complete());
    assertEquals(0, mapping.since());
    assertNull(mapping.operators().get(0).reason());
  }

  @Test
  void whatDependsOnAnOperatorOfTheCpuStandsBehind() {
    EditableTensor a = relu(g.input(IMAGE));
    EditableTensor b = g.op(BuiltinOperator.HARD_SWISH, IMAGE, a);
    EditableTensor c = relu(b);
    EditableTensor branch = relu(a);
    EditableTensor both = g.op(BuiltinOperator.ADD, IMAGE, c, branch);
    Mapping mapping = Mapping.of(g.model(both, g.op(BuiltinOperator.TANH, IMAGE, branch)));
    assertEquals(
        List.of(
            Place.EDGE_TPU, Place.CPU, Place.BEHIND, Place.EDGE_TPU, Place.BEHIND, Place.EDGE_TPU),
        places(mapping));
    assertEquals("stands behind operator 1 HARD_SWISH", reason(mapping, 2));
    assertEquals("stands behind operator 1 HARD_SWISH", reason(mapping, 4));
    assertFalse(mapping.complete());
  }

  @Test
  void operatorsOfTheCpuInFrontKeepNothingOut() {
    EditableTensor picture = g.input(TensorType.UINT8, IMAGE);
    EditableTensor floats = g.tensor(TensorType.FLOAT32, IMAGE);
    g.add(BuiltinOperator.CAST, o -> o, List.of(floats), picture);
    EditableTensor a = relu(g.op(BuiltinOperator.QUANTIZE, IMAGE, floats));
    Mapping mapping = Mapping.of(g.model(g.op(BuiltinOperator.HARD_SWISH, IMAGE, relu(a))));
    assertEquals(
        List.of(Place.CPU, Place.CPU, Place.EDGE_TPU, Place.EDGE_TPU, Place.CPU), places(mapping));
    contains(reason(mapping, 1), "reads FLOAT32");
  }

  @Test
  void theFirstPartitionCountsThoughALaterOneIsLarger() {
    EditableTensor a = relu(g.input(IMAGE));
    EditableTensor b = g.op(BuiltinOperator.HARD_SWISH, IMAGE, a);
    Mapping mapping = Mapping.of(g.model(relu(relu(relu(b)))));
    assertEquals(
        List.of(Place.EDGE_TPU, Place.CPU, Place.BEHIND, Place.BEHIND, Place.BEHIND),
        places(mapping));
  }

  @Test
  void onlyTheThreeInnermostDimensionsMayBeLargerThanOne() {
    assertTrue(Mapping.of(g.model(relu(g.input(1, 1, 5, 6, 7)))).complete());
    Mapping batch = Mapping.of(new QuantizedGraphOf(3, 5, 6, 7).model());
    contains(reason(batch, 0), "3x5x6x7; only the three innermost");
    assertTrue(Mapping.of(new QuantizedGraphOf(5, 6, 7).model()).complete());
  }

  /** A graph of one RELU. */
  private static final class QuantizedGraphOf {
    private final QuantizedGraph graph = new QuantizedGraph();
    private final int[] shape;

    QuantizedGraphOf(int... shape) {
      this.shape = shape;
    }

    EditableModel model() {
      return graph.model(graph.op(BuiltinOperator.RELU, shape, graph.input(shape)));
    }
  }

  @Test
  void parametersAreConstants() {
    EditableTensor x = g.input(1, 8);
    EditableTensor weights = g.input(10, 8);
    EditableTensor y = g.op(BuiltinOperator.FULLY_CONNECTED, new int[] {1, 10}, x, weights);
    contains(reason(Mapping.of(g.model(y)), 0), "not a constant");
  }

  @Test
  void tensorsNeedAScale() {
    EditableTensor x = g.input(IMAGE).quantization(null);
    contains(reason(Mapping.of(g.model(relu(x))), 0), "has no scale");
  }

  @Test
  void sixteenBitActivationsStayOnTheCpu() {
    EditableTensor x = g.input(TensorType.INT16, IMAGE);
    EditableTensor y = g.tensor(TensorType.INT16, IMAGE);
    g.add(BuiltinOperator.RELU, o -> o, List.of(y), x);
    Mapping mapping = Mapping.of(g.model(y));
    assertEquals(ModelForm.WIDE, mapping.form());
    contains(reason(mapping, 0), "16-bit");
    contains(MappingText.advice("m.tflite", mapping), "--mode int8 --io uint8");
  }

  @Test
  void aFloatModelIsToldHowToBeQuantized() {
    EditableTensor x = g.input(TensorType.FLOAT32, IMAGE);
    EditableTensor y = g.tensor(TensorType.FLOAT32, IMAGE);
    g.add(BuiltinOperator.RELU, o -> o, List.of(y), x);
    Mapping mapping = Mapping.of(g.model(y));
    assertEquals(ModelForm.FLOAT, mapping.form());
    assertEquals(List.of(Place.CPU), places(mapping));
    contains(
        MappingText.advice("dir/m.tflite", mapping),
        "octet quantize dir/m.tflite -o dir/m_int8.tflite --mode int8 --io uint8");
    assertEquals(List.of(), mapping.remarks());
  }

  @Test
  void weightsAloneAreNoQuantizedModel() {
    EditableTensor x = g.input(TensorType.FLOAT32, 1, 8);
    EditableTensor y = g.tensor(TensorType.FLOAT32, 1, 10);
    g.add(BuiltinOperator.FULLY_CONNECTED, o -> o, List.of(y), x, g.constant(1, 10, 8));
    Mapping mapping = Mapping.of(g.model(y));
    assertEquals(ModelForm.WEIGHTS, mapping.form());
    contains(MappingText.advice("m.tflite", mapping), "octet quantize FLOAT.tflite");
  }

  @Test
  void floatEndsAreRemarkedUpon() {
    EditableTensor x = g.input(TensorType.FLOAT32, IMAGE);
    EditableTensor y = g.tensor(TensorType.FLOAT32, IMAGE);
    EditableTensor inner = relu(g.op(BuiltinOperator.QUANTIZE, IMAGE, x));
    g.add(BuiltinOperator.DEQUANTIZE, o -> o, List.of(y), inner);
    Mapping mapping = Mapping.of(g.model(y));
    assertEquals(List.of(Place.CPU, Place.EDGE_TPU, Place.CPU), places(mapping));
    contains(mapping.remarks().toString(), "--io uint8");
  }

  @Test
  void openSizesAreRemarkedUpon() {
    EditableTensor x = g.input(IMAGE).shape(IMAGE, new int[] {-1, 8, 6, 4});
    Mapping mapping = Mapping.of(g.model(relu(x)));
    contains(mapping.remarks().toString(), "(-1x8x6x4)");
    assertTrue(mapping.complete());
  }

  @Test
  void sizesThatARunComputesAreRefused() {
    EditableTensor x = relu(g.input(IMAGE));
    EditableTensor size = g.input(TensorType.INT32, 2);
    Mapping mapping =
        Mapping.of(g.model(g.op(BuiltinOperator.RESHAPE, new int[] {1, 192}, x, size)));
    assertEquals(1, mapping.refusals().size());
    contains(mapping.refusals().get(0), "operator 1 RESHAPE takes a size");
    contains(reason(mapping, 1), "must be constants");
    assertFalse(mapping.complete());
  }

  @Test
  void aConstantSizeIsNotRefused() {
    EditableTensor y = g.op(BuiltinOperator.RESHAPE, new int[] {1, 192}, g.input(IMAGE), g.ints(1));
    assertTrue(Mapping.of(g.model(y)).complete());
  }

  @Test
  void operatorsNewerThanTheCompilerAreRefused() {
    for (int version : new int[] {9, 12}) {
      QuantizedGraph dense = new QuantizedGraph();
      EditableTensor y = dense.tensor(TensorType.INT8, 1, 10);
      dense
          .add(
              BuiltinOperator.FULLY_CONNECTED,
              o -> o,
              List.of(y),
              dense.input(1, 8),
              dense.constant(1, 10, 8))
          .version(version);
      Mapping mapping = Mapping.of(dense.model(y));
      assertEquals(version == 9, mapping.refusals().isEmpty(), mapping.refusals().toString());
      assertEquals(version == 9, mapping.complete());
      if (version == 12) {
        contains(
            mapping.refusals().get(0),
            "FULLY_CONNECTED version 12, of TensorFlow 2.17.0, is newer");
      }
    }
  }

  @Test
  void operatorsThatLackWhatTheyMustHaveAreNamed() {
    g.add(BuiltinOperator.MEAN, o -> o, List.of(g.tensor(TensorType.INT8, 1, 4)), g.input(IMAGE));
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Mapping.of(g.model(g.input(IMAGE))));
    contains(e.getMessage(), "MEAN of 't0'");
    contains(e.getMessage(), "there is no input 1");
  }

  @Test
  void theRuntimeIsOneThatThereAreRulesFor() {
    EditableModel model = g.model(relu(g.input(IMAGE)));
    assertThrows(IllegalArgumentException.class, () -> Mapping.of(model, 9));
    assertThrows(IllegalArgumentException.class, () -> Mapping.of(model, 15));
    assertTrue(Mapping.of(model, 10).complete());
  }

  @Test
  void parametersAreCountedOnceAndOnlyOnTheEdgeTpu() {
    EditableTensor weights = g.constant(1, 20, 3, 3, 8);
    EditableTensor a =
        g.op(BuiltinOperator.CONV_2D, new int[] {1, 8, 6, 20}, g.input(IMAGE), weights);
    g.op(BuiltinOperator.CONV_2D, new int[] {1, 8, 6, 20}, g.input(IMAGE), weights);
    EditableTensor b = g.op(BuiltinOperator.HARD_SWISH, new int[] {1, 8, 6, 20}, a);
    EditableTensor c =
        g.op(
            BuiltinOperator.DEPTHWISE_CONV_2D,
            new int[] {1, 8, 6, 20},
            b,
            g.constant(1, 1, 3, 3, 20));
    ParameterEstimate estimate = Mapping.of(g.model(c)).parameters();
    assertEquals(20 * 3 * 3 * 8, estimate.fileBytes());
    assertEquals(32 * 9 * 16 + 16 * 32, estimate.deviceBytes());
    assertEquals(0, estimate.streamedBytes());
    assertEquals(1 << 20, new ParameterEstimate(0, 9 << 20).streamedBytes());
  }
}
