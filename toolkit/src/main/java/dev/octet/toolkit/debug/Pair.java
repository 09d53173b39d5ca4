// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.octet.TensorType;
import dev.octet.toolkit.data.Sha256;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.QuantizationMetadata;
import dev.octet.toolkit.quantize.Quantizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A float model and the quantized model that was made of it.
 *
 * @param real as it was quantized: float16 constants made float32, equalized where the quantized
 *     file's metadata says so
 * @param realBytes its file
 * @param quantized as given
 * @param quantizedBytes its file
 * @param remarks what the reader should know
 */
record Pair(
    EditableModel real,
    byte[] realBytes,
    EditableModel quantized,
    byte[] quantizedBytes,
    List<String> remarks) {
  /**
   * Reads both.
   *
   * @throws IllegalArgumentException naming the model that is not of its kind
   */
  static Pair read(String realName, byte[] realFile, String quantizedName, byte[] quantizedFile) {
    EditableModel quantized = EditableModel.read(quantizedName, quantizedFile);
    List<String> remarks = new ArrayList<>();
    JsonObject origin = QuantizationMetadata.of(quantized.toModel()).orElse(new JsonObject());
    JsonElement options = origin.get("options");
    boolean equalized =
        options != null
            && options.isJsonObject()
            && new JsonPrimitive(true).equals(options.getAsJsonObject().get("equalize"));
    byte[] realBytes = Quantizer.of(realName, realFile).equalize(equalized).floatModel();
    if (!isQuantized(quantized)) {
      throw new IllegalArgumentException(
          quantizedName
              + " is not quantized: none of its tensors has a scale or is FLOAT16; the float model"
              + " comes first, then what was made of it");
    }
    JsonElement source = origin.get("source_sha256");
    if (source != null
        && source.isJsonPrimitive()
        && !source.getAsString().equals(Sha256.of(realFile))) {
      remarks.add(
          quantizedName
              + " says that it was made of another float model than "
              + realName
              + " (SHA-256 "
              + source.getAsString()
              + ")");
    }
    if (equalized) {
      remarks.add(
          "layers are compared with the float model after equalization, as it was quantized");
    }
    return new Pair(
        EditableModel.read(realName, realBytes), realBytes, quantized, quantizedFile, remarks);
  }

  private static boolean isQuantized(EditableModel model) {
    for (EditableGraph graph : model.graphs()) {
      for (EditableTensor tensor : graph.tensors()) {
        boolean scaled =
            tensor.type() != TensorType.FLOAT32
                && tensor.quantization() != null
                && (tensor.quantization().affine() != null
                    || tensor.quantization().details() != null);
        if (scaled || tensor.type() == TensorType.FLOAT16) {
          return true;
        }
      }
    }
    return false;
  }
}
