// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.toolkit.edgetpu.Mapping.Operator;
import dev.octet.toolkit.edgetpu.Mapping.Place;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A {@link Mapping} for a person. */
public final class MappingText {
  /** Up to so many operators of one reason are named by number; of more their kinds are counted. */
  private static final int NAMED = 6;

  private static final double KIB = 1 << 10;
  private static final double MIB = 1 << 20;

  private MappingText() {}

  /** Prints; {@code file} is what the model is called. */
  public static void print(PrintWriter out, String file, Mapping mapping) {
    out.printf("%s is %s%n", file, mapping.form().words());
    String advice = advice(file, mapping);
    if (advice != null) {
      out.println(advice);
    }
    for (String refusal : mapping.refusals()) {
      out.println("refused: " + refusal);
    }
    out.println();
    out.println(split(mapping));
    list(out, "on the Edge TPU", mapping.at(Place.EDGE_TPU), false);
    list(out, "on the CPU", mapping.at(Place.CPU), true);
    list(out, "would map, but on the CPU all the same", mapping.at(Place.BEHIND), true);
    if (mapping.form() == ModelForm.COMPILED) {
      return;
    }
    out.println();
    if (!mapping.at(Place.BEHIND).isEmpty()) {
      out.println("edgetpu_compiler -a makes partitions of what stands behind, too");
    }
    if (mapping.since() > 0) {
      out.printf("needs Edge TPU runtime %d or newer by the table%n", mapping.since());
    }
    if (mapping.parameters().deviceBytes() > 0) {
      out.println(parameters(mapping.parameters()));
    }
    mapping.remarks().forEach(remark -> out.println("note: " + remark));
    out.println(
        "These are the published rules. Sizes that are too large for the chip only the compiler"
            + " tells: edgetpu_compiler -s");
  }

  /** What to do with a model that is of no use to the compiler as it is; null for one that is. */
  static String advice(String file, Mapping mapping) {
    String stem = file.replaceFirst("\\.[a-z]+$", "");
    String command =
        "octet quantize "
            + file
            + " -o "
            + stem
            + "_int8.tflite --mode int8 --io uint8 --per-tensor-dense --calibration DATA";
    return switch (mapping.form()) {
      case FLOAT -> "Quantize it first: " + command + " (or --io int8)";
      case WEIGHTS, WIDE ->
          "Quantize the float model it was made of to 8 bits instead: octet quantize FLOAT.tflite"
              + " -o "
              + stem
              + "_int8.tflite --mode int8 --io uint8 --per-tensor-dense --calibration DATA";
      case COMPILED -> "What is in it: octet inspect " + file;
      case QUANTIZED, OTHER -> null;
    };
  }

  private static String split(Mapping mapping) {
    int device = mapping.at(Place.EDGE_TPU).size();
    int all = mapping.operators().size();
    if (mapping.form() == ModelForm.COMPILED) {
      return String.format(
          "%s and %s on the CPU",
          Sentences.count(device, "compiled part"), Sentences.count(all - device, "operator"));
    }
    String once = mapping.refusals().isEmpty() ? "" : ", once it is not refused";
    return String.format(
        "%s on the Edge TPU, %d on the CPU%s",
        Sentences.count(device, "operator"), all - device, once);
  }

  private static void list(
      PrintWriter out, String title, List<Operator> operators, boolean reasons) {
    if (operators.isEmpty()) {
      return;
    }
    out.println();
    out.println(title);
    if (!reasons) {
      out.println("  " + Sentences.kinds(operators, Operator::name));
      return;
    }
    Map<String, List<Operator>> lines = new LinkedHashMap<>();
    for (Operator operator : operators) {
      lines.computeIfAbsent(operator.reason(), key -> new ArrayList<>()).add(operator);
    }
    lines.forEach(
        (reason, alike) ->
            out.printf(
                "  %s: %s%n",
                alike.size() > NAMED
                    ? Sentences.kinds(alike, Operator::name)
                    : alike.stream()
                        .map(operator -> operator.index() + " " + operator.name())
                        .collect(Collectors.joining(", ")),
                reason));
  }

  private static String parameters(ParameterEstimate estimate) {
    String takes =
        String.format(
            Locale.ROOT,
            "parameters: about %s on the Edge TPU (%s in the file) of 8 MiB, less what the"
                + " executable takes",
            size(estimate.deviceBytes()),
            size(estimate.fileBytes()));
    return estimate.streamedBytes() == 0
        ? takes
        : takes
            + String.format(
                Locale.ROOT,
                ": at least %s are sent with every inference",
                size(estimate.streamedBytes()));
  }

  private static String size(long bytes) {
    if (bytes < KIB) {
      return bytes + " bytes";
    }
    return bytes < MIB
        ? String.format(Locale.ROOT, "%.0f KiB", bytes / KIB)
        : String.format(Locale.ROOT, "%.2f MiB", bytes / MIB);
  }
}
