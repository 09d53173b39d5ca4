// SPDX-License-Identifier: Apache-2.0
package dev.octet.graph;

import dev.octet.SignatureInfo;
import dev.octet.TensorInfo;
import dev.octet.ops.Op;
import dev.octet.ops.Ops;
import dev.octet.tflite.TfliteMetadata;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteSignature;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes graphs and descriptions of a checked file. */
public final class GraphReader {
  private GraphReader() {}

  /**
   * All subgraphs; value ids are tensor indices.
   *
   * @param customOperators gives the user's operator, or null
   */
  public static List<Graph> read(TfliteModel file, Function<TfliteOperator, Op> customOperators) {
    List<Graph> graphs = new ArrayList<>();
    for (int i = 0; i < file.subgraphs().size(); i++) {
      graphs.add(read(file, i, graphs, customOperators));
    }
    return graphs;
  }

  private static Graph read(
      TfliteModel file,
      int subgraph,
      List<Graph> all,
      Function<TfliteOperator, Op> customOperators) {
    TfliteSubgraph source = file.subgraphs().get(subgraph);
    Set<Integer> inputs = new HashSet<>();
    for (int input : source.inputs()) {
      inputs.add(input);
    }
    List<Value> values = new ArrayList<>();
    for (TfliteTensor tensor : source.tensors()) {
      values.add(
          new Value(
              tensor.index(),
              tensor.index(),
              tensor.name(),
              tensor.type(),
              tensor.shape(),
              tensor.quantization() == null ? null : tensor.quantization().affine(),
              // an input is the caller's, whatever the file holds for it
              inputs.contains(tensor.index()) ? null : DenseContents.of(file.source(), tensor),
              tensor.variable(),
              false,
              new DeclaredShape(tensor.shape(), tensor.shapeSignature()),
              false,
              BlockScales.of(tensor, source),
              tensor.sparsity() != null));
    }
    List<Node> nodes = new ArrayList<>();
    for (TfliteOperator operator : source.operators()) {
      Op users = customOperators.apply(operator);
      nodes.add(
          new Node(
              operator.index(),
              users == null ? Ops.read(operator) : users,
              operator.inputs(),
              operator.outputs()));
    }
    return new Graph(
        file.source(), subgraph, all, values, nodes, source.inputs(), source.outputs());
  }

  /** Descriptions of all tensors of a subgraph. */
  public static List<TensorInfo> tensors(TfliteModel file, int subgraph) {
    List<TensorInfo> result = new ArrayList<>();
    for (TfliteTensor tensor : file.subgraphs().get(subgraph).tensors()) {
      result.add(
          new TensorInfo(
              tensor.index(),
              tensor.name(),
              tensor.type(),
              tensor.shape(),
              tensor.shapeSignature(),
              Optional.ofNullable(
                  tensor.quantization() == null ? null : tensor.quantization().affine()),
              tensor.isConstant()));
    }
    return List.copyOf(result);
  }

  /** The file's signatures, or one without a name for the first subgraph. */
  public static List<SignatureInfo> signatures(TfliteModel file, List<List<TensorInfo>> tensors) {
    List<SignatureInfo> result = new ArrayList<>();
    for (TfliteSignature signature : file.signatures()) {
      List<TensorInfo> of = tensors.get(signature.subgraph());
      TfliteSubgraph subgraph = file.subgraphs().get(signature.subgraph());
      // some converters name neither inputs nor outputs: then they are the subgraph's
      boolean inputs = !signature.inputs().isEmpty();
      boolean outputs = !signature.outputs().isEmpty();
      result.add(
          new SignatureInfo(
              signature.key(),
              signature.subgraph(),
              inputs ? pick(of, signature.inputs()) : byName(of, subgraph.inputs()),
              outputs ? pick(of, signature.outputs()) : byName(of, subgraph.outputs())));
    }
    if (result.isEmpty()) {
      TfliteSubgraph main = file.subgraphs().get(0);
      result.add(
          new SignatureInfo(
              "",
              0,
              byName(tensors.get(0), main.inputs()),
              byName(tensors.get(0), main.outputs())));
    }
    return List.copyOf(result);
  }

  private static Map<String, TensorInfo> pick(List<TensorInfo> tensors, Map<String, Integer> map) {
    Map<String, TensorInfo> result = new LinkedHashMap<>();
    map.forEach((name, index) -> result.put(name, tensors.get(index)));
    return result;
  }

  /** By tensor name; a name that is empty or taken gets its tensor's index appended. */
  private static Map<String, TensorInfo> byName(List<TensorInfo> tensors, int[] indices) {
    Map<String, TensorInfo> result = new LinkedHashMap<>();
    for (int index : indices) {
      TensorInfo tensor = tensors.get(index);
      boolean unique = !tensor.name().isEmpty() && !result.containsKey(tensor.name());
      result.put(unique ? tensor.name() : tensor.name() + "#" + result.size(), tensor);
    }
    return result;
  }

  /** Metadata by name, read-only. */
  public static Map<String, ByteBuffer> metadata(TfliteModel file) {
    Map<String, ByteBuffer> result = new LinkedHashMap<>();
    for (TfliteMetadata metadata : file.metadata()) {
      result.put(metadata.name(), metadata.buffer().data());
    }
    return result;
  }
}
