// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.octet.Octet;
import dev.octet.tflite.TfliteModel;
import dev.octet.toolkit.data.Sha256;
import dev.octet.toolkit.model.EditableModel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a quantized file comes from: JSON under the name {@value #NAME} with {@code octet} (the
 * version), {@code source_sha256} (of the float model's file), {@code options} and, where samples
 * were used, {@code calibration}. Nothing in it depends on time, place or machine.
 */
public final class QuantizationMetadata {
  /** The name among the file's metadata. */
  public static final String NAME = "octet.quantization";

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private QuantizationMetadata() {}

  /** What the file's metadata says, or empty where Octet did not make it. */
  public static Optional<JsonObject> of(TfliteModel model) {
    return model.metadata().stream()
        .filter(metadata -> metadata.name().equals(NAME))
        .reduce((first, second) -> second)
        .flatMap(metadata -> parse(metadata.buffer().data()));
  }

  private static Optional<JsonObject> parse(ByteBuffer data) {
    if (data == null) {
      return Optional.empty();
    }
    try {
      JsonElement json =
          JsonParser.parseString(StandardCharsets.UTF_8.decode(data.duplicate()).toString());
      return json.isJsonObject() ? Optional.of(json.getAsJsonObject()) : Optional.empty();
    } catch (JsonParseException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes it. What TensorFlow's converter noted about the conversion of the float model goes: it
   * is not true of this file, and the source's hash leads to it.
   */
  static void put(EditableModel model, byte[] source, JsonObject options, JsonElement calibration) {
    JsonObject json = new JsonObject();
    json.addProperty("octet", Octet.version());
    json.addProperty("source_sha256", Sha256.of(source));
    json.add("options", options);
    if (calibration != null) {
      json.add("calibration", calibration);
    }
    model.metadata().remove("CONVERSION_METADATA");
    model.metadata().put(NAME, ByteBuffer.wrap(GSON.toJson(json).getBytes(StandardCharsets.UTF_8)));
  }
}
