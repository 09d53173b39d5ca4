// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.MalformedModelException;
import dev.octet.Model;
import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpCase;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EditableModelTest {
  @Test
  void writesWhatItRead() throws IOException {
    for (String name : List.of("digits_float.tflite", "digits_int8.tflite")) {
      byte[] bytes = ShippedFiles.bytes(name);
      assertEquals(words(TfliteReader.read(name, bytes)), words(rewritten(name, bytes)));
    }
  }

  @Test
  void writesEverySharedModelAsItReadIt() throws IOException {
    int same = 0;
    try (Stream<Path> files = Files.list(SharedFolder.file("models"))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
        byte[] bytes = Files.readAllBytes(file);
        TfliteModel model;
        try {
          model = TfliteReader.read(file.toString(), bytes);
        } catch (MalformedModelException e) {
          continue;
        }
        assertEquals(words(model), words(rewritten(file.toString(), bytes)), file.toString());
        same++;
      }
    }
    assertTrue(same > 50, same + " models");
  }

  /** A scale for each block is a tensor that only another tensor refers to. */
  @Test
  void operatorsWithScaleTensorsAndNewerOptionsRunAsBefore() {
    int tried = 0;
    for (OpGenerator generator : AllCases.generators()) {
      String kind = generator.toString();
      if (kind.contains("i4 blocks") || kind.startsWith("STABLEHLO_SHIFT_LEFT")) {
        OpCase one = generator.of(0);
        List<byte[]> inputs = one.runs().get(0);
        byte[] again = EditableModel.read(kind, one.model()).toBytes();
        assertArrayEquals(run(one.model(), inputs), run(again, inputs), kind);
        tried++;
      }
    }
    assertTrue(tried > 1);
  }

  private static byte[] run(byte[] model, List<byte[]> inputs) {
    try (Model loaded = Model.load(model);
        Interpreter interpreter = loaded.interpreter()) {
      for (int i = 0; i < inputs.size(); i++) {
        interpreter.input(i).buffer().put(inputs.get(i));
      }
      interpreter.run();
      byte[] output = new byte[interpreter.output(0).bytes()];
      interpreter.output(0).buffer().get(output);
      return output;
    }
  }

  @Test
  void anInsertedOperatorIsWritten() throws IOException {
    EditableModel model = EditableModel.read("digits", ShippedFiles.bytes("digits_float.tflite"));
    EditableGraph graph = model.graphs().get(0);
    EditableTensor output = graph.outputs().get(0);
    EditableTensor exact = output.copy(graph.freeName(output.name()));
    assertEquals(output.name() + "_1", exact.name());
    graph.outputs().set(0, exact);
    graph
        .operators()
        .add(new EditableOperator(BuiltinOperator.ABS, List.of(output), List.of(exact)));
    model.metadata().put("note", ByteBuffer.wrap(new byte[] {1, 2, 3}));
    model.signatures().clear();

    TfliteModel read = model.toModel();
    TfliteSubgraph main = read.subgraphs().get(0);
    TfliteOperator last = main.operators().get(main.operators().size() - 1);
    assertEquals("ABS", last.name());
    assertEquals(exact.name(), main.tensors().get(main.outputs()[0]).name());
    assertEquals("note", read.metadata().get(read.metadata().size() - 1).name());
    assertEquals(
        ByteBuffer.wrap(new byte[] {1, 2, 3}),
        read.metadata().get(read.metadata().size() - 1).buffer().data());
  }

  @Test
  void producersAndConsumersAreFound() throws IOException {
    EditableGraph graph =
        EditableModel.read("digits", ShippedFiles.bytes("digits_float.tflite")).graphs().get(0);
    EditableOperator first = graph.operators().get(0);
    EditableTensor between = first.output(0);
    assertSame(first, graph.producer(between));
    assertEquals(between, graph.consumers(between).get(0).input(0));
  }

  private static TfliteModel rewritten(String name, byte[] bytes) {
    return TfliteReader.read(name, EditableModel.read(name, bytes).toBytes());
  }

  /** All that a model says, tensors by name instead of number: unused ones are not written. */
  private static List<String> words(TfliteModel model) {
    List<String> words = new ArrayList<>();
    words.add(model.description());
    // of metadata of one name the last counts
    Map<String, Integer> metadata = new LinkedHashMap<>();
    model.metadata().forEach(m -> metadata.put(m.name(), m.buffer().data().hashCode()));
    words.add(metadata.toString());
    for (TfliteSubgraph graph : model.subgraphs()) {
      words.add("graph " + graph.name());
      for (int[] ends : List.of(graph.inputs(), graph.outputs())) {
        words.add(tensors(graph, ends));
      }
      for (TfliteOperator operator : graph.operators()) {
        words.add(operator.name() + " v" + operator.version() + " " + operator.options());
        words.add(operator.customOptions().toString() + operator.customOptions().hashCode());
        words.add(tensors(graph, operator.inputs()));
        words.add(tensors(graph, operator.outputs()));
        words.add(tensors(graph, operator.intermediates()));
      }
    }
    model
        .signatures()
        .forEach(
            s -> {
              TfliteSubgraph graph = model.subgraphs().get(s.subgraph());
              words.add(s.key() + " " + s.subgraph());
              s.inputs().forEach((k, t) -> words.add(k + tensors(graph, new int[] {t})));
              s.outputs().forEach((k, t) -> words.add(k + tensors(graph, new int[] {t})));
            });
    return words;
  }

  private static String tensors(TfliteSubgraph graph, int[] indices) {
    StringBuilder words = new StringBuilder();
    for (int index : indices) {
      if (index < 0) {
        words.append("none; ");
        continue;
      }
      TfliteTensor tensor = graph.tensors().get(index);
      words.append(tensor.toString().replaceFirst("tensor \\d+", ""));
      words.append(java.util.Arrays.toString(tensor.shapeSignature()));
      words.append(tensor.data() == null ? "" : " " + tensor.data().hashCode());
      words.append(tensor.quantization() == null ? "" : extremes(tensor)).append("; ");
    }
    return words.toString();
  }

  private static String extremes(TfliteTensor tensor) {
    return java.util.Arrays.toString(tensor.quantization().min())
        + java.util.Arrays.toString(tensor.quantization().max())
        + java.util.Arrays.toString(tensor.quantization().scales())
        + java.util.Arrays.toString(tensor.quantization().zeroPoints());
  }
}
