// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.OctetException;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.edgetpu.DeviceExecutable;
import dev.octet.edgetpu.DeviceLayer;
import dev.octet.edgetpu.PackageFit;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.ops.EdgeTpuOp;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What of a model was compiled for an Edge TPU.
 *
 * @param parts one for each operator that holds a package; empty for most models
 * @param left how many operators of each name are left to the CPU, in all subgraphs
 */
record CompiledParts(List<Part> parts, Map<String, Integer> left) {
  /**
   * One operator that holds a package.
   *
   * @param compiled null where the package is corrupt
   * @param fault why it is, or what of it does not fit the operator's tensors, or null
   */
  record Part(int subgraph, int operator, CompiledPackage compiled, String fault) {}

  static CompiledParts of(List<Graph> graphs) {
    List<Part> parts = new ArrayList<>();
    Map<String, Integer> left = new TreeMap<>();
    for (int i = 0; i < graphs.size(); i++) {
      for (Node node : graphs.get(i).nodes()) {
        if (node.op() instanceof EdgeTpuOp op) {
          parts.add(part(i, graphs.get(i), node, op));
        } else {
          left.merge(node.op().name(), 1, Integer::sum);
        }
      }
    }
    return new CompiledParts(parts, left);
  }

  private static Part part(int subgraph, Graph graph, Node node, EdgeTpuOp op) {
    try {
      String source = graph.source() + ", options of operator " + node.index();
      CompiledPackage compiled = CompiledPackage.read(source, op.options());
      String fault =
          PackageFit.fault(compiled, values(graph, node.inputs()), values(graph, node.outputs()));
      return new Part(subgraph, node.index(), compiled, fault);
    } catch (OctetException e) {
      return new Part(subgraph, node.index(), null, e.getMessage());
    }
  }

  private static List<Value> values(Graph graph, int[] ids) {
    List<Value> values = new ArrayList<>();
    for (int id : ids) {
      if (id >= 0) {
        values.add(graph.value(id));
      }
    }
    return values;
  }

  private int leftCount() {
    return left.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The names with their numbers, most first. */
  private String leftNames() {
    return left.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, Integer> each) -> -each.getValue())
                .thenComparing(Map.Entry::getKey))
        .map(each -> each.getKey() + (each.getValue() == 1 ? "" : " " + each.getValue()))
        .collect(Collectors.joining(", "));
  }

  void print(PrintWriter out) {
    for (Part part : parts) {
      out.println();
      out.printf(
          "compiled for a Coral Edge TPU: operator %d of subgraph %d%n",
          part.operator(), part.subgraph());
      if (part.compiled() != null) {
        print(out, part.compiled());
      }
      if (part.fault() != null) {
        out.printf(
            "  %s%s%n", part.compiled() == null ? "CORRUPT: " : "DOES NOT FIT: ", part.fault());
      }
    }
    if (!parts.isEmpty()) {
      out.println(
          leftCount() == 0
              ? "  left to the CPU   nothing"
              : "  left to the CPU   " + leftCount() + ": " + leftNames());
    }
  }

  private static void print(PrintWriter out, CompiledPackage compiled) {
    DeviceExecutable main = compiled.main();
    out.printf(
        "  runtime           version %d or newer%s%n",
        compiled.neededRuntimeVersion(),
        compiled.neededRuntimeVersion() == compiled.minRuntimeVersion()
            ? ""
            : " (the package says "
                + compiled.minRuntimeVersion()
                + ", but older ones refuse recurrent states)");
    out.printf(
        "  chip, compiler    %s, %s%n",
        main.chip().isEmpty() ? "not named" : main.chip(),
        compiled.compilerVersion().isEmpty()
            ? "not named"
            : "'" + compiled.compilerVersion() + "'");
    out.printf(
        "  parameters        %,d bytes cached (%.0f%% of the device's 8 MB), %,d bytes streamed in"
            + " each inference%n",
        compiled.cachedBytes(),
        100.0 * compiled.cachedBytes() / CompiledPackage.DEVICE_BYTES,
        compiled.streamedBytes());
    out.printf(
        "  caching token     %s%n",
        main.parameterCachingToken() == 0
            ? "none"
            : Long.toHexString(main.parameterCachingToken()));
    compiled.inputs().forEach(layer -> out.printf("  input             %s%n", layer));
    compiled.outputs().forEach(layer -> out.printf("  output            %s%n", layer));
    compiled.states().forEach(layer -> out.printf("  state             %s%n", layer));
  }

  JsonObject json() {
    JsonObject object = new JsonObject();
    JsonArray array = new JsonArray();
    parts.forEach(part -> array.add(json(part)));
    object.add("parts", array);
    JsonObject operators = new JsonObject();
    left.forEach(operators::addProperty);
    object.add("left_to_cpu", operators);
    return object;
  }

  private static JsonObject json(Part part) {
    JsonObject object = new JsonObject();
    object.addProperty("subgraph", part.subgraph());
    object.addProperty("operator", part.operator());
    object.addProperty("fault", part.fault());
    CompiledPackage compiled = part.compiled();
    if (compiled == null) {
      return object;
    }
    object.addProperty("compiler_version", compiled.compilerVersion());
    object.addProperty("min_runtime_version", compiled.minRuntimeVersion());
    object.addProperty("needed_runtime_version", compiled.neededRuntimeVersion());
    object.addProperty("chip", compiled.main().chip());
    object.addProperty("cached_bytes", compiled.cachedBytes());
    object.addProperty("streamed_bytes", compiled.streamedBytes());
    object.addProperty("caching_token", Long.toHexString(compiled.main().parameterCachingToken()));
    object.add("inputs", layers(compiled.inputs()));
    object.add("outputs", layers(compiled.outputs()));
    object.add("states", layers(compiled.states()));
    JsonArray executables = new JsonArray();
    for (DeviceExecutable each : compiled.executables()) {
      JsonObject executable = new JsonObject();
      executable.addProperty("type", each.type().name());
      executable.addProperty("name", each.name());
      executable.addProperty("batch", each.batch());
      executable.addProperty("instruction_bytes", each.instructionBytes());
      executable.addProperty("parameter_bytes", each.parameterBytes());
      executable.addProperty("scratch_bytes", each.scratchBytes());
      executables.add(executable);
    }
    object.add("executables", executables);
    return object;
  }

  private static JsonArray layers(List<DeviceLayer> layers) {
    JsonArray array = new JsonArray();
    for (DeviceLayer layer : layers) {
      JsonObject object = new JsonObject();
      object.addProperty("name", layer.name());
      object.addProperty("type", layer.type().tensorType().name());
      object.add("dims", Json.array(layer.dims()));
      object.addProperty("bytes", layer.bytes());
      object.addProperty("padded_bytes", layer.sizeBytes());
      array.add(object);
    }
    return array;
  }
}
