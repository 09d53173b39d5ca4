// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.Tensor;
import dev.octet.toolkit.data.RawFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the outputs of a run: {@code <i>.bin} holds output i, raw and little-endian; {@code
 * outputs.json} is an array with an object for each: {@code name} (of the signature's result, or of
 * the tensor in a model without signatures), {@code tensor}, {@code type}, {@code shape}, {@code
 * scale}, {@code zero_point} (null where not quantized), {@code file}.
 */
final class OutputFiles {
  private OutputFiles() {}

  static void write(Interpreter interpreter, Path directory) throws IOException {
    Files.createDirectories(directory);
    List<String> names = List.copyOf(interpreter.signature().outputs().keySet());
    JsonArray outputs = new JsonArray();
    for (int i = 0; i < interpreter.outputCount(); i++) {
      Tensor tensor = interpreter.output(i);
      String file = i + ".bin";
      RawFile.write(directory.resolve(file), tensor.buffer());
      JsonObject output = describe(names.get(i), tensor);
      output.addProperty("file", file);
      outputs.add(output);
    }
    Files.writeString(directory.resolve("outputs.json"), Json.text(outputs) + "\n");
  }

  /** Name, tensor, type, shape, scale and zero point. */
  static JsonObject describe(String name, Tensor tensor) {
    JsonObject output = new JsonObject();
    output.addProperty("name", name);
    output.addProperty("tensor", tensor.name());
    output.addProperty("type", tensor.type().name());
    output.add("shape", Json.array(tensor.shape()));
    Json.addQuantization(output, tensor.info().quantization().orElse(null));
    return output;
  }
}
