// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.octet.SignatureInfo;
import dev.octet.TensorInfo;
import dev.octet.graph.Value;
import dev.octet.program.Plan;
import java.util.List;
import java.util.Map;

/** An {@link Inspection} as JSON. */
final class InspectionJson {
  private InspectionJson() {}

  static JsonObject of(Inspection inspection) {
    JsonObject report = new JsonObject();
    report.addProperty("model", inspection.file().toString());
    report.addProperty("file_bytes", inspection.fileBytes());
    report.addProperty("description", inspection.description());
    JsonArray signatures = new JsonArray();
    inspection.signatures().forEach(signature -> signatures.add(signature(signature)));
    report.add("signatures", signatures);
    JsonArray subgraphs = new JsonArray();
    inspection.subgraphs().forEach(subgraph -> subgraphs.add(subgraph(subgraph)));
    report.add("subgraphs", subgraphs);
    JsonArray weights = new JsonArray();
    inspection
        .weights()
        .forEach(
            (type, each) -> {
              JsonObject entry = new JsonObject();
              entry.addProperty("type", type.name());
              entry.addProperty("count", each.count());
              entry.addProperty("bytes", each.bytes());
              weights.add(entry);
            });
    report.add("weights", weights);
    JsonArray memory = new JsonArray();
    inspection.memory().forEach(each -> memory.add(memory(each)));
    report.add("memory", memory);
    if (!inspection.compiled().parts().isEmpty()) {
      report.add("edge_tpu", inspection.compiled().json());
    }
    JsonArray unsupported = new JsonArray();
    inspection.unsupported().forEach(unsupported::add);
    report.add("unsupported", unsupported);
    return report;
  }

  private static JsonObject signature(SignatureInfo signature) {
    JsonObject object = new JsonObject();
    object.addProperty("key", signature.key());
    object.addProperty("subgraph", signature.subgraph());
    object.add("inputs", tensors(signature.inputs()));
    object.add("outputs", tensors(signature.outputs()));
    return object;
  }

  private static JsonArray tensors(Map<String, TensorInfo> tensors) {
    JsonArray array = new JsonArray();
    tensors.forEach(
        (name, info) -> {
          JsonObject object = new JsonObject();
          object.addProperty("name", name);
          object.addProperty("tensor", info.name());
          object.addProperty("index", info.index());
          object.addProperty("type", info.type().name());
          object.add("shape", Json.array(info.shape()));
          object.add("shape_signature", Json.array(info.shapeSignature()));
          Json.addQuantization(object, info.quantization().orElse(null));
          array.add(object);
        });
    return array;
  }

  private static JsonObject subgraph(Inspection.Subgraph subgraph) {
    JsonObject object = new JsonObject();
    object.addProperty("index", subgraph.index());
    object.addProperty("macs", subgraph.macs());
    JsonArray operators = new JsonArray();
    subgraph.operators().forEach(operator -> operators.add(operator(operator)));
    object.add("operators", operators);
    JsonArray tensors = new JsonArray();
    subgraph.graph().values().forEach(value -> tensors.add(tensor(value)));
    object.add("tensors", tensors);
    return object;
  }

  private static JsonObject operator(Inspection.Operator operator) {
    JsonObject object = new JsonObject();
    object.addProperty("index", operator.index());
    object.addProperty("operator", operator.name());
    object.add("inputs", indices(operator.inputs()));
    object.add("outputs", indices(operator.outputs()));
    object.addProperty("macs", operator.macs());
    object.addProperty("unsupported", operator.unsupported());
    return object;
  }

  private static JsonArray indices(List<Value> values) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(value == null ? -1 : value.tensor()));
    return array;
  }

  private static JsonObject tensor(Value value) {
    JsonObject object = new JsonObject();
    object.addProperty("index", value.tensor());
    object.addProperty("name", value.name());
    object.addProperty("type", value.type().name());
    object.add("shape", Json.array(value.shape()));
    Json.addQuantization(object, value.quantization());
    object.addProperty("constant", value.constant());
    object.addProperty("variable", value.variable());
    object.addProperty("constant_bytes", value.constant() ? value.contents().remaining() : 0);
    return object;
  }

  private static JsonObject memory(Inspection.Memory memory) {
    JsonObject object = new JsonObject();
    object.addProperty("signature", memory.signature());
    object.addProperty("reason", memory.reason());
    Plan plan = memory.plan();
    if (plan == null) {
      object.add("arena_bytes", JsonNull.INSTANCE);
      return object;
    }
    PeakMemory peak = PeakMemory.of(plan);
    object.addProperty("arena_bytes", plan.arenaBytes());
    object.addProperty("peak_bytes", peak.bytes());
    object.addProperty("peak_instruction", peak.instruction());
    object.addProperty("instructions", plan.instructionCount());
    JsonArray placements = new JsonArray();
    for (Plan.Placement each : plan.placements()) {
      JsonObject placement = new JsonObject();
      placement.addProperty("name", each.name());
      placement.addProperty("offset", each.offset());
      placement.addProperty("bytes", each.bytes());
      placement.addProperty("first", each.first());
      placement.addProperty("last", each.last());
      placements.add(placement);
    }
    object.add("placements", placements);
    return object;
  }
}
