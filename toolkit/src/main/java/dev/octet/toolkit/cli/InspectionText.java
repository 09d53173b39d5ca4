// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.SignatureInfo;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.graph.Value;
import dev.octet.program.Plan;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Prints an {@link Inspection} for a person. */
final class InspectionText {
  private final PrintWriter out;
  private final Inspection inspection;

  InspectionText(PrintWriter out, Inspection inspection) {
    this.out = out;
    this.inspection = inspection;
  }

  void print(boolean tensors) {
    out.printf(
        "%s: %,d bytes, %s%n",
        inspection.file(),
        inspection.fileBytes(),
        count(inspection.subgraphs().size(), "subgraph"));
    if (!inspection.description().isEmpty()) {
      out.printf("description: %s%n", inspection.description());
    }
    inspection.signatures().forEach(this::signature);
    for (Inspection.Subgraph subgraph : inspection.subgraphs()) {
      operators(subgraph);
      if (tensors) {
        tensors(subgraph);
      }
    }
    inspection.compiled().print(out);
    weights();
    inspection.memory().forEach(memory -> memory(memory, tensors));
    unsupported();
  }

  private static String count(int n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }

  private void signature(SignatureInfo signature) {
    out.println();
    out.println(
        signature.key().isEmpty()
            ? "entry point (no signature)"
            : "signature '" + signature.key() + "' (subgraph " + signature.subgraph() + ")");
    signature.inputs().forEach((name, info) -> out.printf("  input   %s: %s%n", name, info));
    signature.outputs().forEach((name, info) -> out.printf("  output  %s: %s%n", name, info));
  }

  private void operators(Inspection.Subgraph subgraph) {
    out.println();
    out.printf(
        "subgraph %d: %s, %,d MACs%n",
        subgraph.index(), count(subgraph.operators().size(), "operator"), subgraph.macs());
    for (Inspection.Operator operator : subgraph.operators()) {
      out.printf(
          "  %3d  %-24s %s -> %s%s%s%n",
          operator.index(),
          operator.name(),
          shapes(operator.inputs()),
          shapes(operator.outputs()),
          operator.macs() > 0 ? String.format("  %,d MACs", operator.macs()) : "",
          note(operator));
    }
  }

  private static String note(Inspection.Operator operator) {
    if (operator.unsupported() == null) {
      return "";
    }
    return operator.name().equals(CompiledPackage.OPERATOR)
        ? "  ON ITS DEVICE ONLY"
        : "  UNSUPPORTED";
  }

  private static String shapes(List<Value> values) {
    return values.stream()
        .map(v -> v == null ? "-" : v.type() + shape(v))
        .collect(Collectors.joining(" "));
  }

  private static String shape(Value value) {
    return Arrays.stream(value.shape())
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("x", "[", "]"));
  }

  private void tensors(Inspection.Subgraph subgraph) {
    out.println();
    out.printf(
        "subgraph %d: %s%n", subgraph.index(), count(subgraph.graph().values().size(), "tensor"));
    for (Value value : subgraph.graph().values()) {
      out.printf(
          "  %3d  %s %s%s%s%s%n",
          value.tensor(),
          value.name(),
          value.type(),
          shape(value),
          value.quantization() == null ? "" : " (" + value.quantization() + ")",
          value.constant()
              ? String.format(", constant, %,d bytes", value.contents().remaining())
              : value.variable() ? ", variable" : "");
    }
  }

  private void weights() {
    out.println();
    out.println("constants in the file");
    inspection
        .weights()
        .forEach(
            (type, weights) ->
                out.printf(
                    "  %-8s %12s  %,15d bytes%n",
                    type, count(weights.count(), "tensor"), weights.bytes()));
  }

  private void memory(Inspection.Memory memory, boolean placements) {
    out.println();
    String title =
        memory.signature().isEmpty() ? "memory" : "memory of '" + memory.signature() + "'";
    if (memory.plan() == null) {
      out.printf("%s: no plan, see below%n", title);
      return;
    }
    Plan plan = memory.plan();
    PeakMemory peak = PeakMemory.of(plan);
    out.printf(
        "%s: arena of %,d bytes; peak of %,d live bytes at instruction %d of %d%s%n",
        title,
        plan.arenaBytes(),
        peak.bytes(),
        peak.instruction(),
        plan.instructionCount(),
        plan.instructionCount() > 0 ? " (" + plan.kernel(peak.instruction()) + ")" : "");
    if (placements) {
      for (Plan.Placement each : plan.placements()) {
        out.printf(
            "  %10d + %-10d instructions %3d to %-3d  %s%n",
            each.offset(), each.bytes(), each.first(), each.last(), each.name());
      }
    }
  }

  private void unsupported() {
    List<String> reasons = inspection.unsupported();
    out.println();
    out.println(reasons.isEmpty() ? "Octet runs all of it." : "Octet does not run:");
    reasons.forEach(reason -> out.println("  " + reason));
  }
}
