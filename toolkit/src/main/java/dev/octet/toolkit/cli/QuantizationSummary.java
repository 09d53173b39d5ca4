// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.evaluate.FileSize;
import dev.octet.toolkit.quantize.OperatorNote;
import dev.octet.toolkit.quantize.QuantizedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code octet quantize} tells of a model that it made.
 *
 * @param notRunning what of it Octet does not run
 * @param unsampled signatures that were given no samples where ranges were measured
 */
record QuantizationSummary(
    QuantizedModel made, Path file, List<String> notRunning, List<String> unsampled) {

  /** So many operators of a kind that were left alone are named. */
  private static final int NAMED = 5;

  void print(PrintWriter out) {
    int before = made.sourceBytes();
    int after = made.size();
    out.printf(
        Locale.ROOT,
        "%s: %,d bytes, %.1f %% of %s (%,d); %,d gzipped%n",
        file,
        after,
        100.0 * after / before,
        made.source(),
        before,
        FileSize.of(made.bytes()).gzipBytes());
    out.printf("%d of %d operators quantized%n", made.quantized().size(), made.operators().size());
    list(out, made.quantized(), false);
    if (!made.kept().isEmpty()) {
      out.println("as before");
      list(out, made.kept(), true);
    }
    remarks().forEach(remark -> out.println("note: " + remark));
    notRunning.forEach(reason -> out.println("Octet does not run it: " + reason));
  }

  /** A line for each kind of operator and what was done, with their number, or their outputs. */
  private static void list(PrintWriter out, List<OperatorNote> notes, boolean named) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    for (OperatorNote note : notes) {
      String line = String.format("%-20s %s", note.name(), note.words());
      lines.computeIfAbsent(line, key -> new ArrayList<>()).add(note.output());
    }
    lines.forEach(
        (line, outputs) -> {
          out.printf("  %4d %s%n", outputs.size(), line);
          if (named) {
            int more = outputs.size() - NAMED;
            out.println(
                "       "
                    + String.join(", ", outputs.subList(0, Math.min(NAMED, outputs.size())))
                    + (more > 0 ? " and " + more + " more" : ""));
          }
        });
  }

  private List<String> remarks() {
    List<String> remarks = new ArrayList<>(made.remarks());
    if (!unsampled.isEmpty()) {
      remarks.add(
          "no samples for the signatures "
              + unsampled
              + ": what only they compute stays float (--calibration \"KEY/NAME;KEY/NAME\")");
    }
    return remarks;
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("source", made.source());
    json.addProperty("source_bytes", made.sourceBytes());
    json.addProperty("file", file.toString());
    json.addProperty("bytes", made.size());
    json.addProperty("gzip_bytes", FileSize.of(made.bytes()).gzipBytes());
    JsonArray operators = new JsonArray();
    for (OperatorNote note : made.operators()) {
      JsonObject operator = new JsonObject();
      operator.addProperty("subgraph", note.graph());
      operator.addProperty("index", note.operator());
      operator.addProperty("name", note.name());
      operator.addProperty("output", note.output());
      operator.addProperty("compute", note.compute().name());
      operator.addProperty("words", note.words());
      operators.add(operator);
    }
    json.add("operators", operators);
    json.add("remarks", strings(remarks()));
    json.add("unsupported", strings(notRunning));
    return json;
  }

  private static JsonArray strings(List<String> list) {
    JsonArray array = new JsonArray();
    list.forEach(array::add);
    return array;
  }
}
