// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.UnsupportedOperatorException;
import dev.octet.differential.Shared;
import dev.octet.graph.Graph;
import dev.octet.graph.GraphReader;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.ops.EdgeTpuOp;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator in a graph, without a device: its shapes, its words, and what fits it. */
class EdgeTpuOpTest {
  private static CompiledModelWriter two() {
    return new CompiledModelWriter()
        .input("a", TensorType.UINT8, 2, 4, 4, 3)
        .input("b", TensorType.INT8, 2, 6)
        .output("y", TensorType.INT8, 2, 10);
  }

  private static Graph graph(TfliteModel model) {
    return GraphReader.read(model, operator -> null).get(0);
  }

  private static Graph graph(CompiledModelWriter writer) {
    return graph(TfliteReader.read("m", writer.write()));
  }

  /** The output's shape where the inputs have so many rows. */
  private static int[] rows(int... rows) {
    Graph graph = graph(two());
    List<Value> values = new ArrayList<>(graph.values());
    for (int i = 0; i < rows.length; i++) {
      int[] shape = values.get(i).shape().clone();
      shape[0] = rows[i];
      values.set(i, values.get(i).withShape(shape));
    }
    Graph resized = graph.withValues(values);
    Node node = resized.nodes().get(0);
    return node.op().infer(resized.context(node))[0];
  }

  @Test
  void theOutputHasAsManyTimesItsRowsAsTheInputs() {
    assertArrayEquals(new int[] {2, 10}, rows(2, 2));
    assertArrayEquals(new int[] {8, 10}, rows(8, 8));
    UnsupportedOperatorException e =
        assertThrows(UnsupportedOperatorException.class, () -> rows(3, 3));
    assertTrue(e.getMessage().contains("is not [2, 4, 4, 3] or whole times its rows"), e.rule());
    e = assertThrows(UnsupportedOperatorException.class, () -> rows(8, 4));
    assertEquals("has 2 times its rows, another input 4 times", e.rule());
    e = assertThrows(UnsupportedOperatorException.class, () -> rows(0, 0));
    assertTrue(e.rule().contains("whole times its rows"), e.rule());
  }

  @Test
  void withoutADeviceItIsNamedWithTheReason() {
    String rule = "was compiled for a Coral Edge TPU and runs on nothing else";
    try (Model model = Model.load(two().write())) {
      List<String> reasons = model.unsupported(model.signatures().get(0));
      assertEquals(1, reasons.size());
      assertTrue(reasons.get(0).contains("operator 0 edgetpu-custom-op: " + rule), reasons.get(0));
      UnsupportedOperatorException e =
          assertThrows(UnsupportedOperatorException.class, model::interpreter);
      assertEquals(CompiledPackage.OPERATOR, e.operator());
      assertTrue(e.rule().startsWith(rule), e.rule());
      assertTrue(e.rule().contains("--device"), e.rule());
      assertTrue(e.rule().contains("InterpreterOptions.delegate"), e.rule());
    }
  }

  /** What does not fit of a package in place of the one that the tensors were made with. */
  private static String fault(CompiledModelWriter tensors, CompiledModelWriter other) {
    Graph graph = graph(tensors);
    return fault(graph, graph.nodes().get(0), CompiledPackage.read("m", other.options()));
  }

  private static String fault(Graph graph, Node node, CompiledPackage compiled) {
    return PackageFit.fault(compiled, values(graph, node.inputs()), values(graph, node.outputs()));
  }

  private static List<Value> values(Graph graph, int[] ids) {
    return Arrays.stream(ids).mapToObj(graph::value).toList();
  }

  @Test
  void aPackageFitsItsTensorsOnly() {
    CompiledModelWriter one =
        new CompiledModelWriter()
            .input("a", TensorType.UINT8, 1, 4, 3)
            .output("y", TensorType.UINT8, 1, 10);
    assertNull(fault(one, one));
    CompiledModelWriter batch =
        new CompiledModelWriter()
            .input("a", TensorType.UINT8, 5, 4, 3)
            .output("y", TensorType.UINT8, 5, 10);
    assertNull(fault(batch, one));
    assertEquals("the operator has 1 input, the device takes 2", fault(one, two()));
    assertEquals(
        "input 0 'a' UINT8[1, 4, 3] is not what the device takes, a: INT8[1x4x3]",
        fault(
            one,
            new CompiledModelWriter()
                .input("a", TensorType.INT8, 1, 4, 3)
                .output("y", TensorType.UINT8, 1, 10)));
    assertEquals(
        "output 0 'y' UINT8[1, 10] is not what the device gives, y: INT8[1x10]",
        fault(
            one,
            new CompiledModelWriter()
                .input("a", TensorType.UINT8, 1, 4, 3)
                .output("y", TensorType.INT8, 1, 10)));
    assertTrue(
        fault(
                one,
                new CompiledModelWriter()
                    .input("a", TensorType.UINT8, 1, 4, 4)
                    .output("y", TensorType.UINT8, 1, 10))
            .startsWith("input 0 'a' UINT8[1, 4, 3] does not have the 16 bytes of the device's"));
    assertTrue(
        fault(
                batch,
                new CompiledModelWriter()
                    .input("a", TensorType.UINT8, 1, 4, 3)
                    .output("y", TensorType.UINT8, 1, 50))
            .startsWith("output 0 'y' UINT8[5, 10] does not have the 50 bytes"));
  }

  /** A classifier of wider elements gives bytes: the runtime converts them. */
  @Test
  void bytesOfAWiderClassifierFit() {
    CompiledModelWriter bytes =
        new CompiledModelWriter()
            .input("a", TensorType.UINT8, 1, 4, 3)
            .output("y", TensorType.UINT8, 1, 10);
    CompiledModelWriter floats =
        new CompiledModelWriter()
            .input("a", TensorType.UINT8, 1, 4, 3)
            .output("y", TensorType.FLOAT32, 1, 10);
    assertNull(fault(bytes, floats));
    CompiledModelWriter picture =
        new CompiledModelWriter()
            .input("a", TensorType.UINT8, 1, 4, 3)
            .output("y", TensorType.FLOAT32, 2, 5);
    assertTrue(fault(bytes, picture).contains("is not what the device gives"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keras_lstm_mnist_ptq",
        "mobilenet_v1_0.25_128_quant",
        "movenet_single_pose_lightning_ptq",
        "split_concat"
      })
  void publishedPackagesFitTheirOperators(String name) {
    Graph graph = graph(TfliteReader.map(Shared.require("models/" + name + "_edgetpu.tflite")));
    int found = 0;
    for (Node node : graph.nodes()) {
      if (node.op() instanceof EdgeTpuOp op) {
        assertNull(fault(graph, node, CompiledPackage.read(name, op.options())));
        found++;
      }
    }
    assertEquals(1, found);
  }
}
