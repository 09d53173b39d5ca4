// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.SignatureInfo;
import dev.octet.TensorType;
import dev.octet.UnsupportedOperatorException;
import dev.octet.graph.Graph;
import dev.octet.graph.GraphReader;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.program.Compiler;
import dev.octet.program.Plan;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a file holds and what Octet would do with it. Nothing is run, and the native library is not
 * needed.
 *
 * @param fileBytes size of the file
 * @param subgraphs in the file's order
 * @param weights constants by type
 * @param memory one plan for each signature
 * @param compiled what of it runs on an Edge TPU
 */
record Inspection(
    Path file,
    long fileBytes,
    String description,
    List<SignatureInfo> signatures,
    List<Subgraph> subgraphs,
    Map<TensorType, Weights> weights,
    List<Memory> memory,
    CompiledParts compiled) {

  /** Operators and tensors of one subgraph. */
  record Subgraph(int index, Graph graph, List<Operator> operators) {
    long macs() {
      return operators.stream().mapToLong(Operator::macs).sum();
    }
  }

  /**
   * One operator.
   *
   * @param inputs values; null for an optional input that is absent
   * @param macs multiplications and additions of one run at the shapes in the file
   * @param unsupported why Octet does not run it, or null
   */
  record Operator(
      int index,
      String name,
      List<Value> inputs,
      List<Value> outputs,
      long macs,
      String unsupported) {}

  /** How many constants, and their bytes in the file. */
  record Weights(int count, long bytes) {
    Weights plus(Weights other) {
      return new Weights(count + other.count, bytes + other.bytes);
    }
  }

  /**
   * The memory plan of a signature.
   *
   * @param plan null where the entry point cannot be compiled
   * @param reason why it cannot, or null
   */
  record Memory(String signature, Plan plan, String reason) {}

  static Inspection of(Path path) throws IOException {
    try (Model model = Model.load(path)) {
      TfliteModel file = TfliteReader.map(path);
      List<Graph> graphs = GraphReader.read(file, operator -> null);
      List<Subgraph> subgraphs = new ArrayList<>();
      for (int i = 0; i < model.subgraphs(); i++) {
        subgraphs.add(subgraph(i, graphs.get(i)));
      }
      List<Memory> memory = new ArrayList<>();
      for (SignatureInfo signature : model.signatures()) {
        memory.add(memory(signature, subgraphs.get(signature.subgraph()).graph()));
      }
      return new Inspection(
          path,
          Files.size(path),
          model.description(),
          model.signatures(),
          subgraphs,
          weights(subgraphs),
          memory,
          CompiledParts.of(graphs));
    }
  }

  private static Subgraph subgraph(int index, Graph graph) {
    List<Operator> operators = new ArrayList<>();
    for (Node node : graph.nodes()) {
      String unsupported = null;
      long macs = 0;
      try {
        node.op().checkComputed(graph.context(node));
        macs = node.op().macs(graph.context(node));
      } catch (UnsupportedOperatorException e) {
        unsupported = e.getMessage();
      }
      operators.add(
          new Operator(
              node.index(),
              node.op().name(),
              values(graph, node.inputs()),
              values(graph, node.outputs()),
              macs,
              unsupported));
    }
    return new Subgraph(index, graph, operators);
  }

  private static List<Value> values(Graph graph, int[] ids) {
    List<Value> values = new ArrayList<>();
    for (int id : ids) {
      values.add(id < 0 ? null : graph.value(id));
    }
    return values;
  }

  private static Map<TensorType, Weights> weights(List<Subgraph> subgraphs) {
    Map<TensorType, Weights> weights = new EnumMap<>(TensorType.class);
    for (Subgraph subgraph : subgraphs) {
      for (Value value : subgraph.graph().values()) {
        if (value.constant()) {
          weights.merge(value.type(), new Weights(1, value.contents().remaining()), Weights::plus);
        }
      }
    }
    return weights;
  }

  private static Memory memory(SignatureInfo signature, Graph graph) {
    Graph entry =
        graph.withEnds(
            signature.inputs().values().stream().mapToInt(info -> info.index()).toArray(),
            signature.outputs().values().stream().mapToInt(info -> info.index()).toArray());
    try {
      Plan plan = Compiler.plan(entry, new InterpreterOptions(), Set.of());
      return new Memory(signature.key(), plan, null);
    } catch (OctetException e) {
      return new Memory(signature.key(), null, e.getMessage());
    }
  }

  /** All sentences of {@link Operator#unsupported}, and of plans that fail for another reason. */
  List<String> unsupported() {
    List<String> reasons = new ArrayList<>();
    for (Subgraph subgraph : subgraphs) {
      for (Operator operator : subgraph.operators()) {
        if (operator.unsupported() != null) {
          reasons.add(operator.unsupported());
        }
      }
    }
    for (Memory each : memory) {
      if (each.reason() != null && !reasons.contains(each.reason())) {
        reasons.add(each.reason());
      }
    }
    return reasons;
  }
}
